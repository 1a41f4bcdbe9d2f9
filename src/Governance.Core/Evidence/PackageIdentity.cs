namespace Governance.Core.Evidence;

/// <summary>What two tools must agree on to speak of the same package.</summary>
/// <param name="Key">Canonical package URL without qualifiers and subpath; without a package URL <c>name@version</c>, or the name alone.</param>
/// <param name="Base">The same without the version.</param>
/// <param name="Version">The version; null where none is stated.</param>
internal readonly record struct PackageIdentity(string Key, string Base, string? Version)
{
    /// <summary>The package URL's qualifiers. They are no part of the identity, as each tool writes others, but a VEX statement may ask for them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Qualifiers { get; init; } = [];

    /// <summary>The identity of a package that has no package URL.</summary>
    public static PackageIdentity Named(string name, string? version) => new(version is null ? name : $"{name}@{version}", name, version);

    /// <summary>By package URL where one is stated and can be read, else by name and version.</summary>
    public static PackageIdentity Of(string? purl, string name, string? version)
    {
        if (!PackageUrl.TryParse(purl, out var parsed))
        {
            return Named(name, version);
        }

        // A package URL without a version takes the one that stands beside it.
        var full = parsed.Version is null && version is not null ? parsed.WithVersion(version) : parsed;
        return new(full.IdentityKey, full.VersionlessKey, full.Version) { Qualifiers = full.Qualifiers };
    }
}
