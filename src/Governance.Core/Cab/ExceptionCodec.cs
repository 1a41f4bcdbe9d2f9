using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Governance.Core.Events;

namespace Governance.Core.Cab;

/// <summary>How exception streams are written, read and folded.</summary>
public sealed class ExceptionCodec : IStreamCodec<ExceptionState, ExceptionEvent>
{
    private static readonly ExceptionJson Json = ExceptionJson.Default;

    private static readonly FrozenDictionary<string, JsonTypeInfo> Types = new Dictionary<string, JsonTypeInfo>
    {
        [ExceptionRequested.Name] = Json.ExceptionRequested,
        [ExceptionVoteRecorded.Name] = Json.ExceptionVoteRecorded,
        [ExceptionApproved.Name] = Json.ExceptionApproved,
        [ExceptionDenied.Name] = Json.ExceptionDenied,
        [ExceptionExpired.Name] = Json.ExceptionExpired,
    }.ToFrozenDictionary();

    /// <summary>Every event type that an exception's log may hold, sorted.</summary>
    public static IReadOnlyList<string> EventTypes { get; } = [.. Types.Keys.Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public string TypeOf(ExceptionEvent happened) => happened.EventType;

    /// <inheritdoc/>
    public byte[] WriteEvent(ExceptionEvent happened) => JsonSerializer.SerializeToUtf8Bytes(happened, Types[happened.EventType]);

    /// <inheritdoc/>
    public ExceptionEvent ReadEvent(string eventType, ReadOnlySpan<byte> data) =>
        Types.TryGetValue(eventType, out var type)
            ? (ExceptionEvent?)JsonSerializer.Deserialize(data, type) ?? throw new JsonException($"The data of {eventType} is null.")
            : throw new JsonException($"{eventType} is not an event of an exception.");

    /// <inheritdoc/>
    public byte[] WriteState(ExceptionState state) => JsonSerializer.SerializeToUtf8Bytes(state, Json.ExceptionState);

    /// <inheritdoc/>
    public ExceptionState ReadState(ReadOnlySpan<byte> state) =>
        JsonSerializer.Deserialize(state, Json.ExceptionState) ?? throw new JsonException("An exception's state is null.");

    /// <inheritdoc/>
    public ExceptionState Evolve(ExceptionState? state, Recorded<ExceptionEvent> happened) => ExceptionFold.Evolve(state, happened);

    /// <inheritdoc/>
    public IReadOnlyList<OutboxMessage> Consequences(
        CorrelationId id, ExceptionState? before, ExceptionState after, IReadOnlyList<Recorded<ExceptionEvent>> happened) =>
        ExceptionConsequences.Of(after, happened);
}

/// <summary>How an exception's events, state and follow-up work are written. Absent members are null; unknown ones are ignored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcTimestampConverter)])]
[JsonSerializable(typeof(ExceptionState))]
[JsonSerializable(typeof(ExceptionSummary))]
[JsonSerializable(typeof(ExceptionChange))]
[JsonSerializable(typeof(ExceptionWatchRequest))]
[JsonSerializable(typeof(ExceptionRequested))]
[JsonSerializable(typeof(ExceptionVoteRecorded))]
[JsonSerializable(typeof(ExceptionApproved))]
[JsonSerializable(typeof(ExceptionDenied))]
[JsonSerializable(typeof(ExceptionExpired))]
// Items of lists: the generator does not look through EquatableArray.
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(PersonId))]
[JsonSerializable(typeof(ExceptionVote))]
public sealed partial class ExceptionJson : JsonSerializerContext;
