using System.Collections.Immutable;

namespace Governance.Core.Audit;

/// <summary>How anchors are made and what must hold of them. Pure.</summary>
public static class AnchorRules
{
    /// <summary>Makes the next anchor.</summary>
    /// <param name="previous">The last one with the SHA-256 of its bytes; null for the first.</param>
    /// <param name="moved">Where each stream that moved stands; at least one, in any order.</param>
    /// <param name="created">Those of them that no earlier anchor has.</param>
    /// <param name="at">Now, UTC.</param>
    /// <returns>The anchor, and its leaves where they lie apart, to be stored before it.</returns>
    public static (Anchor Anchor, LeafList? Apart) Next(
        (Anchor Anchor, Digest Sha256)? previous, IEnumerable<AnchorLeaf> moved, IEnumerable<CorrelationId> created, DateTimeOffset at)
    {
        var leaves = Sorted(moved);
        var news = created.OrderBy(id => id.ToString(), StringComparer.Ordinal).ToImmutableArray();
        ArgumentOutOfRangeException.ThrowIfZero(leaves.Length, nameof(moved));
        var apart = leaves.Length > Anchor.MostListed ? new LeafList([.. leaves]) : null;
        var last = previous?.Anchor;
        return (
            new()
            {
                Number = (last?.Number ?? 0) + 1,
                At = last is not null && at < last.At ? last.At : at,
                PreviousSha256 = previous?.Sha256 ?? Digest.Zero,
                Root = MerkleTree.Root(leaves.Select(leaf => leaf.Hash)),
                TreeSize = leaves.Length,
                Leaves = apart is null ? [.. leaves] : null,
                LeavesSha256 = apart is null ? null : Digest.Of(apart.Write()),
                Created = [.. news],
                CreatedTotal = (last?.CreatedTotal ?? 0) + news.Length,
            },
            apart);
    }

    /// <summary>What is wrong with an anchor in itself; null when its leaves give its root.</summary>
    /// <param name="anchor">As it was read.</param>
    /// <param name="leaves">Its leaves, from itself or from where they lie apart.</param>
    public static string? FlawOf(Anchor anchor, IReadOnlyList<AnchorLeaf> leaves) => anchor switch
    {
        _ when anchor.TreeSize != leaves.Count => $"Anchor {anchor.Number} says that it has {anchor.TreeSize} leaves and has {leaves.Count}.",
        _ when !Sorted(leaves).SequenceEqual(leaves) => $"The leaves of anchor {anchor.Number} are not in order.",
        _ when MerkleTree.Root(leaves.Select(leaf => leaf.Hash)) != anchor.Root => $"The leaves of anchor {anchor.Number} do not give its root.",
        _ when anchor.Created.Except(leaves.Select(leaf => leaf.CorrelationId)).FirstOrDefault() is var lost && lost != default =>
            $"Anchor {anchor.Number} lists stream {lost} as created and has no leaf for it.",
        _ => null,
    };

    /// <summary>What is wrong between an anchor and the one before it; null when they fit.</summary>
    /// <param name="anchor">The later one.</param>
    /// <param name="previous">The one before it, with the SHA-256 of its bytes; null for none.</param>
    public static string? LinkFlawOf(Anchor anchor, (Anchor Anchor, Digest Sha256)? previous) => (anchor, previous) switch
    {
        ({ Number: 1 }, null) when anchor.PreviousSha256 != Digest.Zero || anchor.CreatedTotal != anchor.Created.Count =>
            "Anchor 1 is not the first of its chain.",
        ({ Number: 1 }, null) => null,
        (_, null) => $"Anchor {anchor.Number - 1} is not there.",
        (_, var (before, _)) when before.Number != anchor.Number - 1 => $"Anchor {anchor.Number - 1} is not there.",
        (_, var (before, sha256)) when sha256 != anchor.PreviousSha256 => $"Anchor {before.Number} is not what anchor {anchor.Number} says it was.",
        (_, var (before, _)) when before.CreatedTotal + anchor.Created.Count != anchor.CreatedTotal =>
            $"Anchor {anchor.Number} counts {anchor.CreatedTotal} streams; with anchor {before.Number} there should be {before.CreatedTotal + anchor.Created.Count}.",
        (_, var (before, _)) when before.At > anchor.At => $"Anchor {anchor.Number} is older than the one before it.",
        _ => null,
    };

    /// <summary>Proves that a leaf stands in an anchor.</summary>
    /// <returns>Null where the anchor has no leaf of the stream at that event.</returns>
    public static InclusionProof? Prove(Anchor anchor, Digest sha256, IReadOnlyList<AnchorLeaf> leaves, CorrelationId stream, long sequence)
    {
        for (var index = 0; index < leaves.Count; index++)
        {
            if (leaves[index].CorrelationId == stream && leaves[index].Sequence == sequence)
            {
                var path = MerkleTree.InclusionPath(leaves.Select(leaf => leaf.Hash), index);
                return new(anchor.Number, sha256, leaves[index], index, leaves.Count, [.. path]);
            }
        }

        return null;
    }

    private static ImmutableArray<AnchorLeaf> Sorted(IEnumerable<AnchorLeaf> leaves) =>
    [
        .. leaves.OrderBy(leaf => leaf.CorrelationId.ToString(), StringComparer.Ordinal).ThenBy(leaf => leaf.Sequence)
            .ThenBy(leaf => leaf.HeadHash.ToString(), StringComparer.Ordinal),
    ];
}
