using System.Text.Json;

namespace Governance.Core.Events;

/// <summary>
/// The hash chain of a stream: each event's hash covers its own members and the predecessor's hash, so that nothing in between
/// can be changed, taken out or put in unseen.
/// </summary>
/// <remarks>The hash itself is <see cref="EventHash"/>'s; the first event's previous_hash is 64 zeros.</remarks>
public static class EventChain
{
    /// <summary>Event data in the form that is stored and hashed.</summary>
    /// <param name="data">A JSON object, UTF-8.</param>
    /// <exception cref="JsonException">Not an object, not canonical JSON, or with a number that is no integer below 2^53; the message names its path.</exception>
    public static byte[] Canonical(ReadOnlyMemory<byte> data)
    {
        using var document = JsonDocument.Parse(data, CanonicalJson.ParserOptions);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("Event data is a JSON object.");
        }

        return CanonicalJson.FirstInexactNumber(document.RootElement) is { } path
            ? throw new JsonException($"Event data holds a number at {path} that is no integer below 2^53.")
            : CanonicalJson.Canonicalize(document.RootElement);
    }

    /// <summary>What the hash of this event must be.</summary>
    /// <exception cref="JsonException">Its data cannot be written canonically.</exception>
    public static Digest HashOf(EventEnvelope happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        return EventHash.Of(
            happened.StreamId, happened.Sequence, happened.EventType, happened.Timestamp, happened.Actor, CanonicalJson.Canonicalize(happened.Data), happened.PreviousHash);
    }

    /// <summary>Recomputes a whole stream from its first event.</summary>
    /// <param name="stream">Whose events they must be.</param>
    /// <param name="events">As the log has them, in the order of their keys.</param>
    public static ChainVerdict Verify(CorrelationId stream, IEnumerable<EventEnvelope> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var (count, head, last) = (0L, Digest.Zero, DateTimeOffset.MinValue);
        foreach (var happened in events)
        {
            var expected = count + 1;
            if (FlawOf(happened, stream, expected, head, last) is { } flaw)
            {
                return new(count, head, expected, flaw);
            }

            (count, head, last) = (expected, happened.Hash, happened.Timestamp);
        }

        return new(count, head, null, null);
    }

    private static string? FlawOf(EventEnvelope happened, CorrelationId stream, long expected, Digest previous, DateTimeOffset last) => happened switch
    {
        _ when happened.StreamId != stream => $"belongs to stream {happened.StreamId}",
        _ when happened.Sequence != expected => $"has sequence {happened.Sequence}",
        _ when happened.PreviousHash != previous => "does not name its predecessor's hash",
        _ when happened.Timestamp < last => "is older than its predecessor",
        _ when happened.Data.ValueKind != JsonValueKind.Object => "has no data object",
        _ when CanonicalJson.FirstInexactNumber(happened.Data) is { } path => $"holds an inexact number at {path}",
        _ when HashOf(happened) != happened.Hash => "does not match its hash",
        _ => null,
    };
}

/// <summary>What the recomputation of a stream found.</summary>
/// <param name="Checked">How many events stand, from the first without a gap.</param>
/// <param name="HeadHash">The hash of the last one that stands; 64 zeros for none.</param>
/// <param name="FirstBadSequence">Where the chain breaks; null when it does not.</param>
/// <param name="Flaw">What is wrong there, as the end of a sentence that begins with "the event"; null when nothing is.</param>
public sealed record ChainVerdict(long Checked, Digest HeadHash, long? FirstBadSequence, string? Flaw)
{
    /// <summary>Every event stands.</summary>
    public bool Valid => FirstBadSequence is null;
}
