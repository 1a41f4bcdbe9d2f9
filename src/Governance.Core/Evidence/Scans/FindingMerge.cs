using System.Collections.Immutable;
using Governance.Core.Evidence.Sboms;

namespace Governance.Core.Evidence.Scans;

/// <summary>
/// Merges the findings of all reports of a pack: one for each vulnerability and package, the worst severity wins and every scanner's own words stay beside it.
/// </summary>
internal static class FindingMerge
{
    /// <summary>Merges.</summary>
    /// <param name="reports">At least one.</param>
    /// <param name="statements">What trusted authors say; nothing else sets a finding aside.</param>
    /// <param name="sbom">For the link from finding to component; null where the pack has none.</param>
    public static MergedFindings Merge(IReadOnlyList<ScanReport> reports, TrustedVex statements, SbomDocument? sbom)
    {
        var aliases = new AliasSets();
        foreach (var report in reports)
        {
            foreach (var finding in report.Findings)
            {
                aliases.Add(finding.Id, finding.Aliases);
            }
        }

        statements.AddAliases(aliases);
        var merged = new Dictionary<(string Id, string Package), Group>();
        foreach (var report in reports)
        {
            foreach (var finding in report.Findings)
            {
                var key = (aliases.Representative(finding.Id), finding.Package.Key);
                if (!merged.TryGetValue(key, out var group))
                {
                    merged.Add(key, group = new(finding.Package));
                }

                group.Add(finding, report);
            }
        }

        var components = ComponentIndex.Of(sbom);
        var settled = statements.By(aliases);
        var open = new List<Finding>();
        var suppressed = new List<SuppressedFinding>();
        foreach (var ((id, package), group) in merged)
        {
            var finding = new Finding(id, [.. aliases.Others(id, group.Aliases)], group.Severity, package, components.Find(group.Package), group.Sources());
            if (settled.Settle(id, group.Package, sbom?.Root, group.Claims) is { } claim)
            {
                suppressed.Add(new(finding, claim.Status == VexStatus.Fixed ? "fixed" : "not_affected", claim.Justification));
            }
            else
            {
                open.Add(finding);
            }
        }

        return new([.. Sorted(open, f => f)], [.. Sorted(suppressed, s => s.Finding)], reports.Sum(r => r.Findings.Length));
    }

    private static IEnumerable<T> Sorted<T>(IEnumerable<T> items, Func<T, Finding> finding) => items
        .OrderByDescending(i => finding(i).Severity)
        .ThenBy(i => finding(i).Id, StringComparer.Ordinal)
        .ThenBy(i => finding(i).Package, StringComparer.Ordinal);

    /// <summary>The reported findings that are one.</summary>
    private sealed class Group(PackageIdentity package)
    {
        private readonly List<FindingSource> _sources = [];

        /// <summary>The package, with the qualifiers that all its findings share.</summary>
        public PackageIdentity Package { get; private set; } = package;

        public Severity Severity { get; private set; }

        public List<string> Aliases { get; } = [];

        /// <summary>What each report says about its own finding; null where one says nothing.</summary>
        public List<ReportClaim> Claims { get; } = [];

        public void Add(ReportedFinding finding, ScanReport report)
        {
            Severity = SeverityScale.Worse(Severity, finding.Severity);
            Package = Package with { Qualifiers = [.. Package.Qualifiers.Intersect(finding.Package.Qualifiers)] };
            Aliases.Add(finding.Id);
            Aliases.AddRange(finding.Aliases);
            Claims.Add(new(finding.Claim, report.Author));
            var source = new FindingSource(report.Scanner, finding.Word, finding.Score, finding.FixedIn);
            if (!_sources.Contains(source))
            {
                _sources.Add(source);
            }
        }

        public ImmutableArray<FindingSource> Sources() => [.. _sources
            .OrderBy(s => s.Scanner, StringComparer.Ordinal).ThenBy(s => s.Severity, StringComparer.Ordinal)
            .ThenBy(s => s.Score, StringComparer.Ordinal).ThenBy(s => s.FixedIn, StringComparer.Ordinal)];
    }
}

/// <summary>What merging gave.</summary>
/// <param name="Open">Worst first, then by id and package.</param>
/// <param name="Suppressed">In the same order.</param>
/// <param name="Reported">How many the reports listed, repeats included.</param>
internal sealed record MergedFindings(ImmutableArray<Finding> Open, ImmutableArray<SuppressedFinding> Suppressed, int Reported);

/// <summary>What a report says about its own finding.</summary>
internal sealed record ReportClaim(VexClaim? Claim, string? Author);
