using System.Collections.Immutable;

namespace Governance.Core.Evidence.Scans;

/// <summary>One scanner's report as it was read.</summary>
/// <param name="Scanner">The tool's name.</param>
/// <param name="ScannedAt">When it says it ran; null where it does not say.</param>
/// <param name="Findings">As reported, repeats included.</param>
/// <param name="Counts">Only for plain counts: the numbers as given.</param>
internal sealed record ScanReport(string Scanner, DateTimeOffset? ScannedAt, ImmutableArray<ReportedFinding> Findings, SeverityCounts? Counts = null)
{
    /// <summary>Who answers for what the report itself says about its findings; null where it does not say.</summary>
    public string? Author { get; init; }

    /// <summary>Secrets, failed configuration checks and the like that the report also holds; they are no vulnerabilities.</summary>
    public int OtherFindings { get; init; }

    /// <summary>The report with a date that its sender states; of two dates the older one stands.</summary>
    public ScanReport At(DateTimeOffset? stated) => stated is { } at && (ScannedAt is null || at < ScannedAt) ? this with { ScannedAt = at } : this;
}

/// <summary>One vulnerability of one package, as one scanner reported it.</summary>
/// <param name="Id">As reported, in canonical spelling.</param>
/// <param name="Aliases">Other ids of the same vulnerability, in canonical spelling.</param>
/// <param name="Severity">On the product's scale.</param>
/// <param name="Package">What it was found in.</param>
internal sealed record ReportedFinding(string Id, ImmutableArray<string> Aliases, Severity Severity, PackageIdentity Package)
{
    /// <summary>The scanner's own word for the severity.</summary>
    public string? Word { get; init; }

    /// <summary>The scanner's score or vector, as written.</summary>
    public string? Score { get; init; }

    /// <summary>The version that mends it.</summary>
    public string? FixedIn { get; init; }

    /// <summary>What the report itself says about whether the finding matters.</summary>
    public VexClaim? Claim { get; init; }
}

/// <summary>What somebody says about a vulnerability in a product.</summary>
/// <param name="Status">The status.</param>
/// <param name="Justification">Why, as written; null where nothing is said.</param>
internal sealed record VexClaim(VexStatus Status, string? Justification)
{
    /// <summary>Whether it sets a finding aside once its author is trusted: "not affected" needs a reason.</summary>
    public bool Suppresses => Status == VexStatus.Fixed || (Status == VexStatus.NotAffected && !string.IsNullOrWhiteSpace(Justification));
}

/// <summary>The statuses of VEX statements; the order is from the least to the most severe.</summary>
internal enum VexStatus
{
    Fixed,
    NotAffected,
    UnderInvestigation,
    Affected,
}
