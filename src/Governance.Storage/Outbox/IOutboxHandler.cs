using Governance.Core;
using Governance.Core.Events;

namespace Governance.Storage.Outbox;

/// <summary>Carries out one kind of follow-up work.</summary>
public interface IOutboxHandler
{
    /// <summary>The kind of a handler that is told of every change once, whatever follow-up work it asks for; the message is empty.</summary>
    const string EveryChange = "*";

    /// <summary>The kind it takes.</summary>
    string Kind { get; }

    /// <summary>How many deliveries one call may get; with 1, calls run side by side, with more they run one after the other and take what has gathered.</summary>
    int BatchSize { get; }

    /// <summary>Carries out all of them. Safe to repeat: after a fault or a crash the same deliveries come again, perhaps in other company and order.</summary>
    Task Handle(IReadOnlyList<OutboxDelivery> batch, CancellationToken cancellation);
}

/// <summary>One piece of follow-up work.</summary>
/// <param name="Id">The stream whose change asks for it.</param>
/// <param name="Sequence">The change's last event.</param>
/// <param name="Message">What to do.</param>
/// <param name="TraceParent">The W3C trace context of the change; null where none was active.</param>
/// <param name="Table">The table that holds the stream.</param>
public sealed record OutboxDelivery(CorrelationId Id, long Sequence, OutboxMessage Message, string? TraceParent, string Table)
{
    /// <summary>How often it is delivered with this, as far as the deliverer knows; <see cref="int.MaxValue"/> from a sweep.</summary>
    public int Attempt { get; init; } = 1;
}
