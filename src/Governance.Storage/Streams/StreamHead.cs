using System.Text.Json;
using Azure;
using Governance.Core;
using Governance.Core.Events;

namespace Governance.Storage.Streams;

/// <summary>A stream as it stood when it was read.</summary>
/// <typeparam name="TState">The snapshot.</typeparam>
/// <param name="Id">Which stream.</param>
/// <param name="Sequence">Of the last event, 1 or more.</param>
/// <param name="Hash">Of the last event.</param>
/// <param name="At">The last event's timestamp, UTC.</param>
/// <param name="State">The fold of all events.</param>
/// <param name="ETag">The concurrency token.</param>
public sealed record StreamHead<TState>(CorrelationId Id, long Sequence, Digest Hash, DateTimeOffset At, TState State, ETag ETag)
    where TState : class;

/// <summary>An event as its row holds it, its data in canonical form and not interpreted.</summary>
/// <param name="StreamId">Which stream.</param>
/// <param name="Sequence">1, 2, 3….</param>
/// <param name="EventType">UPPER_SNAKE.</param>
/// <param name="Timestamp">UTC.</param>
/// <param name="Actor">Who caused it.</param>
/// <param name="Data">Canonical UTF-8 JSON.</param>
/// <param name="PreviousHash">As stored; verification compares it.</param>
/// <param name="Hash">As stored; verification recomputes it.</param>
public sealed record StoredEvent(
    CorrelationId StreamId, long Sequence, string EventType, DateTimeOffset Timestamp, Actor Actor, byte[] Data, Digest PreviousHash, Digest Hash)
{
    /// <summary>The event as it is shown and verified.</summary>
    /// <exception cref="JsonException">The row's data is no JSON: somebody changed it.</exception>
    public EventEnvelope ToEnvelope() => new(StreamId, Sequence, EventType, Timestamp, Actor, JsonElement.Parse(Data), PreviousHash, Hash);
}

/// <summary>What became of a change.</summary>
/// <typeparam name="TState">The snapshot.</typeparam>
public abstract record ChangeResult<TState>
    where TState : class
{
    private ChangeResult()
    {
    }

    /// <summary>The change is stored.</summary>
    /// <param name="Head">As it stands now.</param>
    /// <param name="Events">How many events were appended, 1 or more.</param>
    public sealed record Changed(StreamHead<TState> Head, int Events) : ChangeResult<TState>;

    /// <summary>It was so already; nothing was written.</summary>
    public sealed record Unchanged(StreamHead<TState> Head) : ChangeResult<TState>;

    /// <summary>The decider said no; nothing was written.</summary>
    public sealed record Refused(Refusal Reason, StreamHead<TState> Head) : ChangeResult<TState>;

    /// <summary>There is no such stream.</summary>
    public sealed record Missing : ChangeResult<TState>;

    /// <summary>Others wrote first, again and again; nothing of ours was written.</summary>
    public sealed record Contended : ChangeResult<TState>;

    /// <summary>The stream as it stands after a change or a repeat; null otherwise.</summary>
    public StreamHead<TState>? Settled => this switch
    {
        Changed changed => changed.Head,
        Unchanged unchanged => unchanged.Head,
        _ => null,
    };
}

/// <summary>What became of a creation.</summary>
/// <typeparam name="TState">The snapshot.</typeparam>
public abstract record CreateResult<TState>
    where TState : class
{
    private CreateResult()
    {
    }

    /// <summary>The stream is new.</summary>
    public sealed record Created(StreamHead<TState> Head) : CreateResult<TState>;

    /// <summary>The id is taken; nothing was written.</summary>
    public sealed record Existing(StreamHead<TState> Head) : CreateResult<TState>;
}
