using System.Collections.Immutable;
using System.Numerics;
using System.Security.Cryptography;

namespace Governance.Core.Audit;

/// <summary>Merkle trees over SHA-256 as RFC 6962, section 2.1, defines them: the hash of a leaf begins with a zero byte, that of an inner node with a one.</summary>
public static class MerkleTree
{
    private const byte LeafMark = 0;
    private const byte NodeMark = 1;

    /// <summary>The root of a tree without leaves: SHA-256 of nothing.</summary>
    public static Digest EmptyRoot { get; } = Digest.Of([]);

    /// <summary>The hash of a leaf with this content.</summary>
    public static Digest LeafHash(ReadOnlySpan<byte> leaf)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([LeafMark]);
        hash.AppendData(leaf);
        return Digest.FromHash(hash.GetHashAndReset());
    }

    /// <summary>The root over leaves in this order. Linear in their number.</summary>
    /// <param name="leaves">Hashes of leaves, from <see cref="LeafHash"/>.</param>
    public static Digest Root(IEnumerable<Digest> leaves)
    {
        ArgumentNullException.ThrowIfNull(leaves);
        var level = leaves.ToList();
        if (level.Count == 0)
        {
            return EmptyRoot;
        }

        while (level.Count > 1)
        {
            level = Above(level);
        }

        return level[0];
    }

    /// <summary>What somebody who has one leaf needs to compute the root: the siblings on the way up, lowest first.</summary>
    /// <param name="leaves">Hashes of all leaves, in order.</param>
    /// <param name="index">Which leaf, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public static ImmutableArray<Digest> InclusionPath(IEnumerable<Digest> leaves, long index)
    {
        ArgumentNullException.ThrowIfNull(leaves);
        var level = leaves.ToList();
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, level.Count);
        var path = ImmutableArray.CreateBuilder<Digest>(BitOperations.Log2((uint)level.Count) + 1);
        for (var at = (int)index; level.Count > 1; at >>= 1, level = Above(level))
        {
            // The last node of a level with an odd number has no sibling: it moves up as it is.
            if ((at ^ 1) < level.Count)
            {
                path.Add(level[at ^ 1]);
            }
        }

        return path.ToImmutable();
    }

    /// <summary>Whether a leaf stands at this place of the tree with this root.</summary>
    /// <param name="leaf">Its hash, from <see cref="LeafHash"/>.</param>
    /// <param name="index">Its place, from 0.</param>
    /// <param name="size">How many leaves the tree has.</param>
    /// <param name="path">From <see cref="InclusionPath"/>.</param>
    /// <param name="root">The tree's root.</param>
    public static bool Includes(Digest leaf, long index, long size, IReadOnlyList<Digest> path, Digest root)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (index < 0 || index >= size)
        {
            return false;
        }

        var (at, last, hash) = (index, size - 1, leaf);
        foreach (var sibling in path)
        {
            if (last == 0)
            {
                return false;
            }

            if ((at & 1) == 1 || at == last)
            {
                hash = NodeHash(sibling, hash);
                while ((at & 1) == 0 && at != 0)
                {
                    (at, last) = (at >> 1, last >> 1);
                }
            }
            else
            {
                hash = NodeHash(hash, sibling);
            }

            (at, last) = (at >> 1, last >> 1);
        }

        return last == 0 && hash == root;
    }

    private static List<Digest> Above(List<Digest> level)
    {
        var above = new List<Digest>((level.Count + 1) / 2);
        for (var at = 0; at < level.Count; at += 2)
        {
            above.Add(at + 1 < level.Count ? NodeHash(level[at], level[at + 1]) : level[at]);
        }

        return above;
    }

    private static Digest NodeHash(Digest left, Digest right)
    {
        Span<byte> node = stackalloc byte[1 + (2 * SHA256.HashSizeInBytes)];
        node[0] = NodeMark;
        Convert.FromHexString(left.ToString(), node[1..], out _, out _);
        Convert.FromHexString(right.ToString(), node[(1 + SHA256.HashSizeInBytes)..], out _, out _);
        return Digest.Of(node);
    }
}
