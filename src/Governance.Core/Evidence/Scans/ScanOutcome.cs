using System.Collections.Immutable;
using Governance.Core.Evidence.Sboms;

namespace Governance.Core.Evidence.Scans;

/// <summary>The scans of a pack as decisions and as people read them.</summary>
internal sealed record ScanOutcome(ScanFacts Facts, ScanSummary Summary)
{
    /// <summary>Merges all reports, the SBOM's embedded vulnerabilities among them; null where nothing was scanned.</summary>
    /// <param name="storedAt">A report dated later than this is taken to be of this moment.</param>
    public static ScanOutcome? Of(SbomDocument? sbom, IReadOnlyList<ScanReport> scans, TrustedVex statements, DateTimeOffset storedAt)
    {
        IReadOnlyList<ScanReport> reports = sbom?.Report is { } embedded ? [.. scans, embedded] : scans;
        if (reports.Count == 0)
        {
            return null;
        }

        var merged = FindingMerge.Merge(reports, statements, sbom);
        var counts = reports.Aggregate(CountsOf(merged.Open), (sum, report) => report.Counts is { } plain ? Add(sum, plain) : sum);
        ImmutableArray<string> scanners = [.. reports.Select(r => r.Scanner).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var scannedAt = reports.Min(r => r.ScannedAt);
        scannedAt = scannedAt > storedAt ? storedAt : scannedAt;
        var plainTotal = reports.Sum(r => r.Counts?.Total ?? 0);
        return new(
            new(merged.Open, counts, merged.Suppressed, scannedAt, scanners),
            new()
            {
                Counts = counts,
                Reported = merged.Reported + plainTotal,
                Distinct = merged.Open.Length + merged.Suppressed.Length + plainTotal,
                Suppressed = merged.Suppressed.Length,
                NotInSbom = sbom is null ? null : merged.Open.Count(f => f.Component is null),
                OtherFindings = reports.Sum(r => r.OtherFindings),
                Scanners = scanners,
                ScannedAt = scannedAt,
            });
    }

    /// <summary>How many findings there are of each severity.</summary>
    public static SeverityCounts CountsOf(IReadOnlyList<Finding> findings)
    {
        Span<int> counts = stackalloc int[6];
        foreach (var finding in findings)
        {
            counts[(int)finding.Severity]++;
        }

        return new(
            counts[(int)Severity.Critical], counts[(int)Severity.High], counts[(int)Severity.Medium],
            counts[(int)Severity.Low], counts[(int)Severity.Informational], counts[(int)Severity.Unknown]);
    }

    private static SeverityCounts Add(SeverityCounts left, SeverityCounts right) => new(
        left.Critical + right.Critical, left.High + right.High, left.Medium + right.Medium,
        left.Low + right.Low, left.Informational + right.Informational, left.Unknown + right.Unknown);
}
