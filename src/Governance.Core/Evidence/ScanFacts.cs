using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Governance.Core.Evidence;

/// <summary>Findings merged over all reports of a pack.</summary>
/// <param name="Open">Findings that count, worst first, then by id and package. With plain counts it stays empty.</param>
/// <param name="Counts">How many count, by severity; for plain counts as given.</param>
/// <param name="Suppressed">Findings set aside by VEX, with why.</param>
/// <param name="ScannedAt">The oldest report's own date or scanned_at; null where none is stated, then the pack's date counts.</param>
/// <param name="Scanners">Names of the tools, sorted.</param>
public sealed record ScanFacts(
    ImmutableArray<Finding> Open, SeverityCounts Counts, ImmutableArray<SuppressedFinding> Suppressed, DateTimeOffset? ScannedAt, ImmutableArray<string> Scanners);

/// <summary>One vulnerability of one package.</summary>
/// <param name="Id">The CVE where the alias set names exactly one, else the reported id.</param>
/// <param name="Aliases">All other ids of the set, sorted.</param>
/// <param name="Severity">The highest of all reports.</param>
/// <param name="Package">Canonical package URL without qualifiers, or <c>name@version</c>.</param>
/// <param name="Component">Index of the component in the SBOM that it belongs to; null where none matches.</param>
/// <param name="Sources">What each scanner said, with its own words.</param>
public sealed record Finding(
    string Id, ImmutableArray<string> Aliases, Severity Severity, string Package, int? Component, ImmutableArray<FindingSource> Sources);

/// <summary>What one scanner said about a finding.</summary>
/// <param name="Scanner">The tool's name.</param>
/// <param name="Severity">Its own word for the severity, as written.</param>
/// <param name="Score">Its CVSS score where it gave one, as written.</param>
/// <param name="FixedIn">The version that mends it, where stated.</param>
public sealed record FindingSource(string Scanner, string? Severity, string? Score, string? FixedIn);

/// <summary>A finding that a VEX statement sets aside.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="Status">not_affected or fixed.</param>
/// <param name="Justification">The statement's reason.</param>
public sealed record SuppressedFinding(Finding Finding, string Status, string? Justification);

/// <summary>Severity on one scale; each scanner's words and scores are mapped to it, see docs/evidence.md.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
public enum Severity
{
    /// <summary>Not stated or not readable.</summary>
    [JsonStringEnumMemberName("unknown")] Unknown,

    /// <summary>Informational or negligible.</summary>
    [JsonStringEnumMemberName("informational")] Informational,

    /// <summary>Low.</summary>
    [JsonStringEnumMemberName("low")] Low,

    /// <summary>Medium.</summary>
    [JsonStringEnumMemberName("medium")] Medium,

    /// <summary>High.</summary>
    [JsonStringEnumMemberName("high")] High,

    /// <summary>Critical.</summary>
    [JsonStringEnumMemberName("critical")] Critical,
}

/// <summary>How many findings of each severity, each 0 or more.</summary>
public sealed record SeverityCounts(int Critical, int High, int Medium, int Low, int Informational = 0, int Unknown = 0)
{
    /// <summary>All of them.</summary>
    [JsonIgnore]
    public int Total => Critical + High + Medium + Low + Informational + Unknown;
}
