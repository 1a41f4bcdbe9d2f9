using System.Text.Json;

namespace Governance.Core.Events;

/// <summary>One event as the log holds it and as its hash covers it.</summary>
/// <param name="StreamId">The correlation id of the stream.</param>
/// <param name="Sequence">1, 2, 3… without gaps.</param>
/// <param name="EventType">UPPER_SNAKE.</param>
/// <param name="Timestamp">UTC, never before the predecessor's.</param>
/// <param name="Actor">Who caused it.</param>
/// <param name="Data">A JSON object of strings, booleans, nulls, integers below 2^53, arrays and objects; no fractions.</param>
/// <param name="PreviousHash">The predecessor's hash; 64 zeros for the first.</param>
/// <param name="Hash">SHA-256 over the RFC 8785 form of all other members.</param>
public sealed record EventEnvelope(
    CorrelationId StreamId, long Sequence, string EventType, DateTimeOffset Timestamp, Actor Actor, JsonElement Data, Digest PreviousHash, Digest Hash);

/// <summary>An event with its place in the stream, as deciders' folds see it.</summary>
/// <typeparam name="TEvent">The stream's event type.</typeparam>
/// <param name="Sequence">1, 2, 3….</param>
/// <param name="At">UTC, never before the predecessor's.</param>
/// <param name="Actor">Who caused it.</param>
/// <param name="Event">What happened.</param>
public sealed record Recorded<TEvent>(long Sequence, DateTimeOffset At, Actor Actor, TEvent Event);

/// <summary>What storage must know of a kind of stream: how its events and state are written, read and folded.</summary>
/// <typeparam name="TState">An immutable snapshot.</typeparam>
/// <typeparam name="TEvent">The stream's events.</typeparam>
public interface IStreamCodec<TState, TEvent>
    where TState : class
{
    /// <summary>The event's name on the wire, UPPER_SNAKE.</summary>
    string TypeOf(TEvent happened);

    /// <summary>The event's data as UTF-8 JSON, an object.</summary>
    byte[] WriteEvent(TEvent happened);

    /// <summary>Reads an event back, of any version that was ever written.</summary>
    /// <exception cref="JsonException">The type is unknown or its data cannot be read.</exception>
    TEvent ReadEvent(string eventType, ReadOnlySpan<byte> data);

    /// <summary>The snapshot as UTF-8 JSON.</summary>
    byte[] WriteState(TState state);

    /// <summary>Reads a snapshot back.</summary>
    TState ReadState(ReadOnlySpan<byte> state);

    /// <summary>Folds one event; the state is null before the first.</summary>
    TState Evolve(TState? state, Recorded<TEvent> happened);

    /// <summary>What must happen outside because of this change, in order; opaque to storage, dispatched at least once.</summary>
    /// <param name="id">The stream.</param>
    /// <param name="before">Null for a new stream.</param>
    /// <param name="after">The state after the change.</param>
    /// <param name="happened">The events of the change, one or more.</param>
    IReadOnlyList<OutboxMessage> Consequences(CorrelationId id, TState? before, TState after, IReadOnlyList<Recorded<TEvent>> happened);
}

/// <summary>Follow-up work of a change, stored with it and carried out after it, at least once and possibly again: whoever carries it out is idempotent.</summary>
/// <param name="Kind">Which handler takes it, for example <c>start_orchestration</c>.</param>
/// <param name="Payload">UTF-8 JSON that the handler understands.</param>
public sealed record OutboxMessage(string Kind, ReadOnlyMemory<byte> Payload);
