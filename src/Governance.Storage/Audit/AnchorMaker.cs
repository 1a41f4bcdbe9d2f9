using System.Collections.Concurrent;
using Governance.Core;
using Governance.Core.Audit;
using Governance.Storage.Streams;
using Microsoft.Extensions.Logging;

namespace Governance.Storage.Audit;

/// <summary>
/// Makes anchors. Everything it does can be done again: an anchor is claimed by its number, its streams are noted after it is written, and the notes that led to it are
/// taken off last. So a run that was cut anywhere is finished by the next one.
/// </summary>
/// <param name="log">Where anchors are.</param>
/// <param name="notes">Which streams moved.</param>
/// <param name="deployments">Their streams.</param>
/// <param name="exceptions">Their streams.</param>
/// <param name="clock">Dates the anchors.</param>
/// <param name="logger">Where a stream that went back is told.</param>
public sealed class AnchorMaker(
    AnchorLog log, AnchorNotes notes, IAuditedStreams deployments, IAuditedStreams exceptions, TimeProvider clock, ILogger<AnchorMaker> logger)
{
    // At most 100 streams a row: an anchor of at most 50,000.
    private const int RowsOfAnAnchor = 500;
    private const int SideBySide = 16;

    /// <summary>Finishes what an earlier run left, then makes at most one anchor.</summary>
    /// <returns>What was done; whether there is more to do.</returns>
    /// <exception cref="InvalidDataException">The last anchor is missing or was overwritten: nothing is built on it.</exception>
    public async Task<AnchorStep> Step(CancellationToken cancellation)
    {
        var last = await Finish(cancellation).ConfigureAwait(false);
        var noted = await notes.Read(RowsOfAnAnchor, cancellation).ConfigureAwait(false);
        var moved = await Moved(noted.SelectMany(note => note.Streams).Distinct(), cancellation).ConfigureAwait(false);
        Anchor? made = null;
        if (moved.Streams.Count > 0)
        {
            var (anchor, apart) = AnchorRules.Next(last, moved.Streams.Select(each => each.Leaf), moved.Streams.Where(each => each.IsNew).Select(each => each.Stream.Id), clock.GetUtcNow());
            if (!await log.Write(anchor, apart, cancellation).ConfigureAwait(false))
            {
                // Another process was first, or our own write got through at its second try: what lies there counts.
                return new(0, moved.Lost, More: true);
            }

            await Note(anchor.Number, moved.Streams.Select(each => (each.Stream, each.Leaf.Sequence)), cancellation).ConfigureAwait(false);
            made = anchor;
        }

        await notes.Remove(noted, cancellation).ConfigureAwait(false);
        return new(made is null ? 0 : moved.Streams.Count, moved.Lost, noted.Count == RowsOfAnAnchor);
    }

    // Anchors behind the last settled one were written by a run that was cut before it had noted all their streams.
    private async Task<(Anchor Anchor, Digest Sha256)?> Finish(CancellationToken cancellation)
    {
        var settled = await log.LastSettled(cancellation).ConfigureAwait(false);
        var last = await log.Read(settled, cancellation).ConfigureAwait(false);
        if (settled > 0 && last is null)
        {
            throw new InvalidDataException($"Anchor {settled} is not there any more.");
        }

        for (var number = settled + 1; await log.Read(number, cancellation).ConfigureAwait(false) is { } next; number++)
        {
            var leaves = await log.LeavesOf(next.Anchor, cancellation).ConfigureAwait(false);
            var streams = new ConcurrentBag<(MovedStream, long)>();
            await Parallel.ForEachAsync(leaves, With(cancellation), async (leaf, token) => streams.Add((new(await KindOf(leaf, token).ConfigureAwait(false), leaf.CorrelationId), leaf.Sequence))).ConfigureAwait(false);
            await Note(number, streams, cancellation).ConfigureAwait(false);
            last = next;
        }

        return last;
    }

    private async Task Note(long number, IEnumerable<(MovedStream Stream, long Sequence)> streams, CancellationToken cancellation)
    {
        await Parallel.ForEachAsync(
            streams, With(cancellation), async (each, token) => await log.Note(each.Stream, new(number, each.Sequence), token).ConfigureAwait(false)).ConfigureAwait(false);
        await log.Settle(number, cancellation).ConfigureAwait(false);
    }

    // A leaf does not say what its stream is; its event does.
    private async Task<char> KindOf(AnchorLeaf leaf, CancellationToken cancellation)
    {
        var rows = await exceptions.ReadRows(leaf.CorrelationId, leaf.Sequence, 1, cancellation).ConfigureAwait(false);
        return rows[0].Event?.Hash == leaf.HeadHash ? AnchorNotes.Exception : AnchorNotes.Deployment;
    }

    private async Task<(IReadOnlyList<MovedLeaf> Streams, int Lost)> Moved(IEnumerable<MovedStream> streams, CancellationToken cancellation)
    {
        var (moved, lost) = (new ConcurrentBag<MovedLeaf>(), 0);
        await Parallel.ForEachAsync(streams, With(cancellation), async (stream, token) =>
        {
            var known = await log.PointsOf(stream, token).ConfigureAwait(false);
            var anchored = known?.Points is [.., var point] ? point.Sequence : 0;
            var head = await Head(stream, token).ConfigureAwait(false);
            if (head is null || head.Sequence < anchored)
            {
                Interlocked.Increment(ref lost);
                logger.WentBack(stream.Id.ToString(), anchored, head?.Sequence ?? 0);
            }
            else if (head.Sequence > anchored)
            {
                moved.Add(new(stream, new(stream.Id, head.Sequence, head.Hash), known is null));
            }
        }).ConfigureAwait(false);
        return ([.. moved], lost);
    }

    private async Task<StreamPlace?> Head(MovedStream stream, CancellationToken cancellation)
    {
        try
        {
            return await (stream.Kind == AnchorNotes.Exception ? exceptions : deployments).ReadPlace(stream.Id, cancellation).ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            // A broken head is no place; the log says so as for a missing one.
            return null;
        }
    }

    private static ParallelOptions With(CancellationToken cancellation) => new() { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellation };

    private sealed record MovedLeaf(MovedStream Stream, AnchorLeaf Leaf, bool IsNew);
}

/// <summary>What one step of anchoring did.</summary>
/// <param name="Anchored">Streams in the new anchor; 0 where none was made.</param>
/// <param name="Lost">Streams that moved and stand behind where they were anchored, or are gone.</param>
/// <param name="More">Whether there is more to do now.</param>
public sealed record AnchorStep(int Anchored, int Lost, bool More);

/// <summary>Event ids 2300 to 2309.</summary>
internal static partial class AnchorWarnings
{
    [LoggerMessage(2300, LogLevel.Critical, "Stream {CorrelationId} was anchored up to event {Anchored} and stands at event {Found}: events were taken out, or its head was changed.")]
    public static partial void WentBack(this ILogger log, string correlationId, long anchored, long found);
}
