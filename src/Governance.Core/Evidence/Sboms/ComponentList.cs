using System.Collections.Immutable;

namespace Governance.Core.Evidence.Sboms;

/// <summary>The components of an SBOM while it is read, with what they leave out.</summary>
internal sealed class ComponentList
{
    private readonly List<SbomComponent?> _components = [];
    private readonly HashSet<string> _licenses = new(StringComparer.Ordinal);
    private int _withStrongHash;

    public int Count => _components.Count;

    public SbomComponent? this[int index] => _components[index];

    /// <summary>How much the components tell.</summary>
    public SbomQuality Quality => new()
    {
        WithoutVersion = _components.Count(c => c is { Version: null }),
        WithoutPurl = _components.Count(c => c is { Purl: null }),
        WithoutLicense = _components.Count(c => c is { Licenses.IsEmpty: true }),
        WithStrongHash = _withStrongHash,
    };

    /// <summary>Keeps the next place for a component, so that it stands before what is nested in it.</summary>
    /// <returns>Its index.</returns>
    public int Reserve()
    {
        _components.Add(null);
        return _components.Count - 1;
    }

    /// <summary>Fills a place.</summary>
    public void Set(int index, SbomComponent component, bool hasStrongHash = false)
    {
        _components[index] = component;
        _withStrongHash += hasStrongHash ? 1 : 0;
        foreach (var license in component.Licenses)
        {
            _licenses.Add(license);
        }
    }

    /// <summary>Adds a component at the end.</summary>
    public void Add(SbomComponent component, bool hasStrongHash = false) => Set(Reserve(), component, hasStrongHash);

    /// <summary>A licence that the SBOM names outside a component.</summary>
    public void AddLicense(string license) => _licenses.Add(license);

    /// <summary>The components as facts; places that were never filled, for which there are errors, are left out.</summary>
    public SbomFacts ToFacts(string format, string? specVersion) =>
        new(format, specVersion, [.. _components.OfType<SbomComponent>()], [.. _licenses.Order(StringComparer.Ordinal)]);
}
