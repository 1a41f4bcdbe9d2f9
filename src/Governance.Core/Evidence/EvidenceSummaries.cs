using System.Collections.Immutable;

namespace Governance.Core.Evidence;

/// <summary>What an SBOM amounts to, for people.</summary>
public sealed record SbomSummary
{
    /// <summary>cyclonedx, spdx or plain.</summary>
    public required string Format { get; init; }

    /// <summary>The format's version; null for plain.</summary>
    public required string? SpecVersion { get; init; }

    /// <summary>What the SBOM describes; null where it does not say.</summary>
    public required string? RootName { get; init; }

    /// <summary>Its version; null where it does not say.</summary>
    public required string? RootVersion { get; init; }

    /// <summary>Components at any depth.</summary>
    public required int Components { get; init; }

    /// <summary>Distinct licence texts, sorted; the first 100.</summary>
    public required ImmutableArray<string> Licenses { get; init; }

    /// <summary>How many distinct licence texts there are.</summary>
    public required int LicenseCount { get; init; }

    /// <summary>Components without a version.</summary>
    public required int WithoutVersion { get; init; }

    /// <summary>Components without a package URL.</summary>
    public required int WithoutPurl { get; init; }

    /// <summary>Components without a licence.</summary>
    public required int WithoutLicense { get; init; }

    /// <summary>Components with a hash of SHA-256 or better.</summary>
    public required int WithStrongHash { get; init; }

    /// <summary>Dependencies from one component to another.</summary>
    public required int Dependencies { get; init; }

    /// <summary>References that point at nothing in the document.</summary>
    public required int UnresolvedReferences { get; init; }

    /// <summary>Files that the SBOM lists.</summary>
    public required int Files { get; init; }
}

/// <summary>What all scan reports of a pack amount to, for people.</summary>
public sealed record ScanSummary
{
    /// <summary>Open findings by severity; what gates and rules count.</summary>
    public required SeverityCounts Counts { get; init; }

    /// <summary>Findings that the reports list, repeats included; plain counts add theirs.</summary>
    public required int Reported { get; init; }

    /// <summary>Distinct findings, open and set aside.</summary>
    public required int Distinct { get; init; }

    /// <summary>Findings that VEX sets aside.</summary>
    public required int Suppressed { get; init; }

    /// <summary>Open findings whose package is not in the SBOM; null without an SBOM.</summary>
    public required int? NotInSbom { get; init; }

    /// <summary>Secrets, failed configuration checks and the like, which are no vulnerabilities.</summary>
    public required int OtherFindings { get; init; }

    /// <summary>Names of the tools, sorted.</summary>
    public required ImmutableArray<string> Scanners { get; init; }

    /// <summary>The oldest report's own date; null where none is stated.</summary>
    public required DateTimeOffset? ScannedAt { get; init; }
}
