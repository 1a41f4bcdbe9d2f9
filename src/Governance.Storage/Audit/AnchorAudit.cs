using System.Globalization;
using System.Text.Json;
using Governance.Core;
using Governance.Core.Audit;

namespace Governance.Storage.Audit;

/// <summary>What the anchors say about a stream.</summary>
/// <param name="Anchor">The last anchor that names it; null where that one cannot be read.</param>
/// <param name="Sha256">SHA-256 of its bytes.</param>
/// <param name="Proof">That the stream stands in it; null where it does not.</param>
/// <param name="FirstBadSequence">The first event that may be other than it was; null where the anchors agree with the log.</param>
/// <param name="Flaws">What is wrong, sentences.</param>
public sealed record AnchorFinding(Anchor? Anchor, Digest Sha256, InclusionProof? Proof, long? FirstBadSequence, IReadOnlyList<string> Flaws);

/// <summary>Compares a recomputed stream with the anchors, and the anchors with each other.</summary>
/// <param name="log">The anchors.</param>
public sealed class AnchorAudit(AnchorLog log)
{
    // Back to before the stream began, at most so far; beyond it the audit of the whole log looks.
    private const int MostSearched = 1000;

    /// <summary>Judges a stream by the last anchor that names it; where they differ, earlier ones tell since when.</summary>
    /// <param name="kind">What the stream is.</param>
    /// <param name="verdict">The stream, recomputed.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Null where no anchor names the stream yet.</returns>
    public async Task<AnchorFinding?> Of(char kind, StreamVerdict verdict, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        var points = (await log.PointsOf(new(kind, verdict.Id), cancellation).ConfigureAwait(false))?.Points ?? await Search(verdict, cancellation).ConfigureAwait(false);
        if (points.Count == 0)
        {
            return null;
        }

        var last = points[^1];
        var flaws = new List<string>();
        var (anchor, sha256, proof) = await Prove(last, verdict.Id, flaws, cancellation).ConfigureAwait(false);
        if (anchor is not null)
        {
            await CheckLinks(anchor, sha256, flaws, cancellation).ConfigureAwait(false);
        }

        if (proof is null || verdict.Chain.HashAt(last.Sequence) == proof.Leaf.HeadHash)
        {
            return new(anchor, sha256, proof, null, flaws);
        }

        flaws.Add(verdict.Chain.HashAt(last.Sequence) is null
            ? string.Create(CultureInfo.InvariantCulture, $"Anchor {last.Number} covers the log up to event {last.Sequence}; only {verdict.Chain.Checked} events stand.")
            : string.Create(CultureInfo.InvariantCulture, $"Anchor {last.Number} holds another hash for event {last.Sequence}: the log was rewritten."));
        var agreed = await LastAgreed(points, verdict, cancellation).ConfigureAwait(false);
        return new(anchor, sha256, proof, verdict.Chain.HashAt(last.Sequence) is null ? verdict.Chain.Checked + 1 : agreed + 1, flaws);
    }

    /// <summary>What is wrong with an anchor in itself, and with its leaves.</summary>
    /// <param name="anchor">As it was read.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Its leaves where they can be had; a sentence where something is wrong.</returns>
    public async Task<(IReadOnlyList<AnchorLeaf> Leaves, string? Flaw)> LeavesOf(Anchor anchor, CancellationToken cancellation)
    {
        try
        {
            var leaves = await log.LeavesOf(anchor, cancellation).ConfigureAwait(false);
            return (leaves, AnchorRules.FlawOf(anchor, leaves));
        }
        catch (Exception broken) when (broken is InvalidDataException or JsonException)
        {
            return ([], broken.Message);
        }
    }

    private async Task<(Anchor? Anchor, Digest Sha256, InclusionProof? Proof)> Prove(AnchorPoint point, CorrelationId stream, List<string> flaws, CancellationToken cancellation)
    {
        if (await Read(point.Number, flaws, cancellation).ConfigureAwait(false) is not var (anchor, sha256))
        {
            flaws.Add($"Anchor {point.Number}, which names the stream, is not there.");
            return default;
        }

        var (leaves, flaw) = await LeavesOf(anchor, cancellation).ConfigureAwait(false);
        if (flaw is not null)
        {
            flaws.Add(flaw);
        }

        var proof = AnchorRules.Prove(anchor, sha256, leaves, stream, point.Sequence);
        if (proof is null)
        {
            flaws.Add(string.Create(CultureInfo.InvariantCulture, $"Anchor {point.Number} does not name the stream at event {point.Sequence}, as it did."));
        }

        return (anchor, sha256, proof);
    }

    private async Task CheckLinks(Anchor anchor, Digest sha256, List<string> flaws, CancellationToken cancellation)
    {
        if (AnchorRules.LinkFlawOf(anchor, await Read(anchor.Number - 1, flaws, cancellation).ConfigureAwait(false)) is { } before)
        {
            flaws.Add(before);
        }

        if (await Read(anchor.Number + 1, flaws, cancellation).ConfigureAwait(false) is var (next, _) && AnchorRules.LinkFlawOf(next, (anchor, sha256)) is { } after)
        {
            flaws.Add(after);
        }
    }

    private async Task<(Anchor Anchor, Digest Sha256)?> Read(long number, List<string> flaws, CancellationToken cancellation)
    {
        try
        {
            return await log.Read(number, cancellation).ConfigureAwait(false);
        }
        catch (InvalidDataException broken)
        {
            flaws.Add(broken.Message);
            return null;
        }
    }

    private async Task<long> LastAgreed(EquatableArray<AnchorPoint> points, StreamVerdict verdict, CancellationToken cancellation)
    {
        var agreed = 0L;
        foreach (var point in points.SkipLast(1))
        {
            var (_, _, proof) = await Prove(point, verdict.Id, [], cancellation).ConfigureAwait(false);
            if (proof is null || verdict.Chain.HashAt(point.Sequence) != proof.Leaf.HeadHash)
            {
                break;
            }

            agreed = point.Sequence;
        }

        return agreed;
    }

    // Nobody noted an anchor for the stream: it is young, or the note was taken away. The anchors themselves know; back to when the stream began.
    private async Task<EquatableArray<AnchorPoint>> Search(StreamVerdict verdict, CancellationToken cancellation)
    {
        var began = verdict.Events is [var first, ..] ? first.Timestamp : DateTimeOffset.MinValue;
        var points = new List<AnchorPoint>();
        var number = await log.LastSettled(cancellation).ConfigureAwait(false);
        for (var searched = 0; number > 0 && searched < MostSearched; number--, searched++)
        {
            if (await Read(number, [], cancellation).ConfigureAwait(false) is not var (anchor, _) || anchor.At < began)
            {
                break;
            }

            var (leaves, _) = await LeavesOf(anchor, cancellation).ConfigureAwait(false);
            points.AddRange(leaves.Where(leaf => leaf.CorrelationId == verdict.Id).Select(leaf => new AnchorPoint(number, leaf.Sequence)));
        }

        return [.. points.OrderBy(point => point.Number)];
    }
}
