using System.Buffers;

namespace Governance.Core.Evidence.Json;

/// <summary>Finds deep-equal items of one array. Only items that share a key are looked at more closely, so distinct ones cost a dictionary entry.</summary>
internal sealed class DistinctItems
{
    private readonly Dictionary<string, Seen> _byKey = new(StringComparer.Ordinal);

    /// <summary>Adds an item.</summary>
    /// <param name="key">A text that deep-equal items share.</param>
    /// <param name="item">Its bytes.</param>
    /// <returns>False when it is deep-equal to one before.</returns>
    public bool Add(string key, ReadOnlySequence<byte> item)
    {
        if (_byKey.TryAdd(key, new(item)))
        {
            return true;
        }

        var seen = _byKey[key];
        seen.Digests ??= [StructuralDigest.Of(seen.First)];
        return seen.Digests.Add(StructuralDigest.Of(item));
    }

    private sealed class Seen(ReadOnlySequence<byte> first)
    {
        public ReadOnlySequence<byte> First { get; } = first;

        public HashSet<UInt128>? Digests { get; set; }
    }
}
