namespace Governance.Core.Evidence.Sboms;

/// <summary>Finds the SBOM component that a finding belongs to.</summary>
internal sealed class ComponentIndex
{
    private readonly Dictionary<string, int> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);

    private ComponentIndex()
    {
    }

    /// <summary>Indexes an SBOM; without one nothing is ever found.</summary>
    public static ComponentIndex Of(SbomDocument? sbom)
    {
        var index = new ComponentIndex();
        var components = sbom?.Facts.Components ?? [];
        for (var i = 0; i < components.Length; i++)
        {
            var component = components[i];
            index._byKey.TryAdd(PackageIdentity.Of(component.Purl, component.Name, component.Version).Key, i);
            index._byName.TryAdd(PackageIdentity.Named(component.Name, component.Version).Key, i);
        }

        return index;
    }

    /// <summary>By package URL, else by name and version; the first of several that are the same. Null where none fits.</summary>
    public int? Find(PackageIdentity package) =>
        _byKey.TryGetValue(package.Key, out var byKey) ? byKey : _byName.TryGetValue(package.Key, out var byName) ? byName : null;
}
