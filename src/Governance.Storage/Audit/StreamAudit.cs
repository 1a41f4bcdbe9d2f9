using System.Globalization;
using System.Text.Json;
using Governance.Core;
using Governance.Core.Events;
using Governance.Storage.Streams;

namespace Governance.Storage.Audit;

/// <summary>What the recomputation of a stream from its rows found.</summary>
/// <param name="Id">Which stream.</param>
/// <param name="Chain">The events that stand, recomputed.</param>
/// <param name="Events">The same events as they are stored.</param>
/// <param name="Head">The head; null where it is missing or cannot be read.</param>
/// <param name="FirstBadSequence">The first event that does not stand, or the event that the head is wrong about; null where all is well.</param>
/// <param name="Flaws">What is wrong, sentences.</param>
public sealed record StreamVerdict(
    CorrelationId Id, ChainWalk Chain, IReadOnlyList<StoredEvent> Events, StreamPlace? Head, long? FirstBadSequence, IReadOnlyList<string> Flaws)
{
    /// <summary>Everything stands.</summary>
    public bool Valid => Flaws.Count == 0;
}

/// <summary>Recomputes a stream from its rows, read by key: the chain, where the head says it ends, and the state that the head holds.</summary>
public static class StreamAudit
{
    private const int AtOnce = 500;

    /// <summary>Reads and recomputes. One point read an event, and two or three more.</summary>
    /// <returns>Null where there is neither a head nor a first event.</returns>
    public static async Task<StreamVerdict?> Of(IAuditedStreams streams, CorrelationId id, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(streams);
        var (walk, events, flaws) = (new ChainWalk(id), new List<StoredEvent>(), new List<string>());
        var (head, broken) = await Head(streams, id, cancellation).ConfigureAwait(false);
        if (broken is not null)
        {
            flaws.Add(broken);
        }

        // Up to where the head says; then one further, for a head that was set back leaves events behind it.
        long? bad = null;
        while (bad is null)
        {
            var end = await Walk(streams, id, walk, events, head?.Sequence, cancellation).ConfigureAwait(false);
            if (end is { Flaw: { } flaw })
            {
                bad = end.Sequence;
                flaws.Add(Sentence(end.Sequence, flaw));
            }
            else if (end is null)
            {
                break;
            }
            else if (await Head(streams, id, cancellation).ConfigureAwait(false) is ({ } now, _) && now.Sequence >= end.Sequence)
            {
                // Appended while we read.
                head = now;
            }
            else
            {
                bad = end.Sequence;
                flaws.Add(string.Create(CultureInfo.InvariantCulture, $"The head stands before event {end.Sequence}, which is in the log."));
            }
        }

        if (head is null && walk.Checked == 0 && flaws.Count <= 1 && broken is null)
        {
            return null;
        }

        if (head is null && broken is null)
        {
            flaws.Insert(0, "The head is missing.");
        }

        if (bad is null && head is not null)
        {
            var flaw = head.Hash != walk.HeadHash ? "The head names another hash than its last event has." : streams.FlawOfState(id, events, head.State);
            flaws.AddRange(flaw is null ? [] : [flaw]);
        }

        return new(id, walk, events, head, flaws.Count == 0 ? null : bad ?? walk.Checked, flaws);
    }

    private static async Task<(StreamPlace? Head, string? Broken)> Head(IAuditedStreams streams, CorrelationId id, CancellationToken cancellation)
    {
        try
        {
            return (await streams.ReadPlace(id, cancellation).ConfigureAwait(false), null);
        }
        catch (InvalidDataException broken)
        {
            return (null, broken.Message);
        }
    }

    /// <returns>Null at the end; the row that is wrong; or, without a flaw, a row behind where the head says that the log ends.</returns>
    private static async Task<AuditedRow?> Walk(
        IAuditedStreams streams, CorrelationId id, ChainWalk walk, List<StoredEvent> events, long? last, CancellationToken cancellation)
    {
        while (true)
        {
            var count = last is { } known ? (int)Math.Clamp(known - walk.Checked + 1, 1, AtOnce) : AtOnce;
            foreach (var row in await streams.ReadRows(id, walk.Checked + 1, count, cancellation).ConfigureAwait(false))
            {
                if (row.Sequence > last)
                {
                    return row is { Event: null, Flaw: "is missing" } ? null : row with { Flaw = null };
                }

                if (row.Event is null)
                {
                    // Without a head nobody says where the log ends: where its rows do.
                    return last is null && row.Flaw == "is missing" ? null : row;
                }

                if (FlawOf(walk, row.Event) is { } flaw)
                {
                    return row with { Flaw = flaw };
                }

                events.Add(row.Event);
            }
        }
    }

    private static string? FlawOf(ChainWalk walk, StoredEvent stored)
    {
        try
        {
            return walk.Step(stored.ToEnvelope());
        }
        catch (JsonException)
        {
            return "has data that is no JSON";
        }
    }

    private static string Sentence(long sequence, string flaw) => string.Create(CultureInfo.InvariantCulture, $"Event {sequence} {flaw}.");
}
