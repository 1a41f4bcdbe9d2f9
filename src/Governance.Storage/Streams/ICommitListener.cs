using Governance.Core;

namespace Governance.Storage.Streams;

/// <summary>Told of every change right after its commit, on the committing thread: must be quick and must not throw.</summary>
public interface ICommitListener
{
    /// <summary>A change is stored, and with it an outbox row that nobody has dispatched yet.</summary>
    void Committed(CommittedChange change);

    /// <summary>A change was sent and never clearly answered, or its sender gave up: its outbox row may be there, or come yet, and nobody else is told of it.</summary>
    void Unclear(CommittedChange change)
    {
    }
}

/// <summary>A change that was just stored.</summary>
/// <param name="Table">The table that holds the stream.</param>
/// <param name="Shard">Its partition.</param>
/// <param name="OutboxKey">The row that holds the follow-up work.</param>
/// <param name="Id">The stream.</param>
/// <param name="Sequence">Of its last event.</param>
/// <param name="Messages">The follow-up work.</param>
/// <param name="TraceParent">The W3C trace context of whoever made the change; null where none was active.</param>
public sealed record CommittedChange(
    string Table, string Shard, string OutboxKey, CorrelationId Id, long Sequence, IReadOnlyList<Core.Events.OutboxMessage> Messages, string? TraceParent)
{
    /// <summary>The types of its events, in order; empty where the change was found again by its row.</summary>
    public IReadOnlyList<string> EventTypes { get; init; } = [];
}
