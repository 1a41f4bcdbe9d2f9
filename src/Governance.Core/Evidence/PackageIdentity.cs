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

    /// <summary>By the ecosystem's name where its packages have package URLs, else by name and version.</summary>
    /// <param name="ecosystem">As Trivy, Grype or OSV write it, an OSV suffix such as <c>:11</c> included.</param>
    public static PackageIdentity OfEcosystem(string? ecosystem, string name, string? version)
    {
        var plain = ecosystem?.Split(':')[0] ?? string.Empty;
        if (PurlTypeRules.OfEcosystem(plain) is not { } type)
        {
            return Named(name, version);
        }

        // Distributions' packages have the distribution as namespace, Maven's have the group.
        var path = type switch
        {
            "deb" or "rpm" or "apk" => $"{plain.ToLowerInvariant()}/{Uri.EscapeDataString(name)}",
            "maven" => string.Join('/', name.Split(':', 2).Select(Uri.EscapeDataString)),
            _ => string.Join('/', name.Split('/').Select(Uri.EscapeDataString)),
        };
        return Of($"pkg:{type}/{path}", name, version);
    }
}
