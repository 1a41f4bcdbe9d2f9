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
        var walk = new ChainWalk(stream);
        foreach (var happened in events)
        {
            if (walk.Step(happened) is { } flaw)
            {
                return new(walk.Checked, walk.HeadHash, walk.Checked + 1, flaw);
            }
        }

        return new(walk.Checked, walk.HeadHash, null, null);
    }
}

/// <summary>The recomputation of a stream, event by event, for whoever reads it in pieces.</summary>
/// <param name="stream">Whose events they must be.</param>
public sealed class ChainWalk(CorrelationId stream)
{
    private readonly List<Digest> _hashes = [];
    private DateTimeOffset _last = DateTimeOffset.MinValue;

    /// <summary>How many events stand, from the first without a gap.</summary>
    public long Checked => _hashes.Count;

    /// <summary>The hash of the last one that stands; 64 zeros for none.</summary>
    public Digest HeadHash => _hashes is [.., var last] ? last : Digest.Zero;

    /// <summary>The recomputed hash of an event.</summary>
    /// <param name="sequence">1 or more.</param>
    /// <returns>Null where it does not stand.</returns>
    public Digest? HashAt(long sequence) => sequence >= 1 && sequence <= _hashes.Count ? _hashes[(int)sequence - 1] : null;

    /// <summary>Takes the next event.</summary>
    /// <returns>What is wrong with it, as the end of a sentence that begins with "the event"; null where it stands.</returns>
    public string? Step(EventEnvelope happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        if (FlawOf(happened) is { } flaw)
        {
            return flaw;
        }

        _hashes.Add(happened.Hash);
        _last = happened.Timestamp;
        return null;
    }

    private string? FlawOf(EventEnvelope happened) => happened switch
    {
        _ when happened.StreamId != stream => $"belongs to stream {happened.StreamId}",
        _ when happened.Sequence != Checked + 1 => $"has sequence {happened.Sequence}",
        _ when happened.PreviousHash != HeadHash => "does not name its predecessor's hash",
        _ when happened.Timestamp < _last => "is older than its predecessor",
        _ when happened.Data.ValueKind != JsonValueKind.Object => "has no data object",
        _ when CanonicalJson.FirstInexactNumber(happened.Data) is { } path => $"holds an inexact number at {path}",
        _ => Recomputed(happened) is not { } hash ? "has data that no hash can cover" : hash != happened.Hash ? "does not match its hash" : null,
    };

    private static Digest? Recomputed(EventEnvelope happened)
    {
        try
        {
            return EventChain.HashOf(happened);
        }
        catch (JsonException)
        {
            // A name twice, half a character: nothing that was ever stored here.
            return null;
        }
    }
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
