using System.Collections.Immutable;
using Governance.Core.Evidence.Scans;

namespace Governance.Core.Evidence.Sboms;

/// <summary>An SBOM as it was read, whatever its format.</summary>
/// <param name="Facts">What decisions read.</param>
/// <param name="Root">What the SBOM describes; null where it does not say.</param>
/// <param name="CreatedAt">When it says it was made.</param>
/// <param name="Quality">How much it tells.</param>
/// <param name="Report">The vulnerabilities that it embeds; null where it embeds none.</param>
internal sealed record SbomDocument(SbomFacts Facts, SbomRoot? Root, DateTimeOffset? CreatedAt, SbomQuality Quality, ScanReport? Report)
{
    private const int LicensesShown = 100;

    /// <summary>For people.</summary>
    public SbomSummary Summarise() => new()
    {
        Format = Facts.Format,
        SpecVersion = Facts.SpecVersion,
        RootName = Root?.Name,
        RootVersion = Root?.Version,
        Components = Facts.Components.Length,
        Licenses = [.. Facts.Licenses.Take(LicensesShown)],
        LicenseCount = Facts.Licenses.Length,
        WithoutVersion = Quality.WithoutVersion,
        WithoutPurl = Quality.WithoutPurl,
        WithoutLicense = Quality.WithoutLicense,
        WithStrongHash = Quality.WithStrongHash,
        Dependencies = Quality.DependencyEdges,
        UnresolvedReferences = Quality.UnresolvedReferences,
        Files = Quality.Files,
    };
}

/// <summary>The software that an SBOM describes.</summary>
/// <param name="Package">Its identity, for matching with VEX statements.</param>
/// <param name="Sha256">The SHA-256 digests it is known by.</param>
internal sealed record SbomRoot(string Name, string? Version, PackageIdentity Package, ImmutableArray<Digest> Sha256);

/// <summary>How much an SBOM tells: counts of what is there and of what is missing.</summary>
internal sealed record SbomQuality
{
    /// <summary>Components without a version.</summary>
    public int WithoutVersion { get; init; }

    /// <summary>Components without a package URL that can be read.</summary>
    public int WithoutPurl { get; init; }

    /// <summary>Components without any licence.</summary>
    public int WithoutLicense { get; init; }

    /// <summary>Components with a hash of SHA-256 or better.</summary>
    public int WithStrongHash { get; init; }

    /// <summary>Entries of the dependency list, or distinct packages that relationships start from.</summary>
    public int DependencyEntries { get; init; }

    /// <summary>Dependencies from one component to another.</summary>
    public int DependencyEdges { get; init; }

    /// <summary>References that point at nothing in the document.</summary>
    public int UnresolvedReferences { get; init; }

    /// <summary>Files that the SBOM lists.</summary>
    public int Files { get; init; }
}
