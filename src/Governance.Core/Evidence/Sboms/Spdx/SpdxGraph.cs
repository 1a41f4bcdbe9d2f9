using System.Collections.Immutable;

namespace Governance.Core.Evidence.Sboms.Spdx;

/// <summary>What the relationships of an SPDX document say: what it describes, and how many dependencies there are.</summary>
internal sealed class SpdxGraph
{
    private readonly Dictionary<string, List<string>> _described = new(StringComparer.Ordinal);
    private readonly Dictionary<int, ImmutableArray<Digest>> _digests = [];
    private readonly HashSet<string> _dependents = new(StringComparer.Ordinal);

    /// <summary>Elements that depend on others.</summary>
    public int Dependents => _dependents.Count;

    /// <summary>Dependencies from one element to another.</summary>
    public int Dependencies { get; private set; }

    public void Describe(string from, string to)
    {
        if (!_described.TryGetValue(from, out var targets))
        {
            _described.Add(from, targets = []);
        }

        targets.Add(to);
    }

    public void Depend(string from)
    {
        _dependents.Add(from);
        Dependencies++;
    }

    /// <summary>Keeps the SHA-256 digests of a component that may be the root.</summary>
    public void SetDigests(int component, ImmutableArray<Digest> sha256) => _digests[component] = sha256;

    public ImmutableArray<Digest> DigestsOf(int component) => _digests.GetValueOrDefault(component, []);

    /// <summary>The first component that an element describes, directly or through others (an SBOM that describes its root).</summary>
    public int? Root(string from, References references)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { from };
        var open = new Queue<string>([from]);
        while (open.TryDequeue(out var element))
        {
            foreach (var target in _described.GetValueOrDefault(element) ?? [])
            {
                if (references.Find(target) is >= 0 and var component)
                {
                    return component;
                }

                if (seen.Add(target))
                {
                    open.Enqueue(target);
                }
            }
        }

        return null;
    }
}
