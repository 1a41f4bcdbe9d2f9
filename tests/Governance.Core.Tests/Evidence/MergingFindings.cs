using System.Collections.Immutable;
using Governance.Core.Evidence;
using Governance.Core.Evidence.Scans;

namespace Governance.Core.Tests.Evidence;

public sealed class MergingFindings
{
    [Fact]
    public void One_bug_under_several_ids_is_one_finding_named_by_its_cve()
    {
        var merged = Merge(Report("a", Found("GHSA-1", Severity.High, "lib@1", "CVE-2024-1")), Report("b", Found("CVE-2024-1", Severity.Low, "lib@1")), Report("c", Found("OSV-1", Severity.Medium, "lib@1", "GHSA-1")));

        var finding = Assert.Single(merged.Open);
        Assert.Equal(("CVE-2024-1", Severity.High, "lib@1"), (finding.Id, finding.Severity, finding.Package));
        Assert.Equal(["GHSA-1", "OSV-1"], finding.Aliases);
        Assert.Equal(["a", "b", "c"], finding.Sources.Select(s => s.Scanner));
        Assert.Equal(3, merged.Reported);
    }

    [Fact]
    public void An_alias_set_with_two_cves_merges_nothing()
    {
        var merged = Merge(Report("a", Found("GHSA-1", Severity.High, "lib@1", "CVE-2024-1", "CVE-2024-2"), Found("CVE-2024-1", Severity.Low, "lib@1")));

        Assert.Equal(["GHSA-1", "CVE-2024-1"], merged.Open.Select(f => f.Id));
        Assert.Equal(["CVE-2024-1", "CVE-2024-2"], merged.Open[0].Aliases);
    }

    [Fact]
    public void The_same_bug_in_two_packages_is_two_findings() =>
        Assert.Equal(2, Merge(Report("a", Found("CVE-2024-1", Severity.High, "libc6@1"), Found("CVE-2024-1", Severity.High, "libc-bin@1"))).Open.Length);

    [Fact]
    public void Repeats_in_one_report_are_one_finding_with_one_source() =>
        Assert.Single(Assert.Single(Merge(Report("a", Found("CVE-2024-1", Severity.High, "lib@1"), Found("CVE-2024-1", Severity.High, "lib@1"))).Open).Sources);

    [Fact]
    public void An_unknown_severity_gives_way_to_any_that_is_known() =>
        Assert.Equal(Severity.Informational, Merge(Report("a", Found("CVE-2024-1", Severity.Unknown, "x")), Report("b", Found("CVE-2024-1", Severity.Informational, "x"))).Open[0].Severity);

    [Fact]
    public void Findings_come_worst_first_then_by_id_and_package()
    {
        var merged = Merge(Report("a", Found("CVE-2024-3", Severity.Low, "x"), Found("CVE-2024-2", Severity.High, "z"), Found("CVE-2024-2", Severity.High, "y"), Found("CVE-2024-1", Severity.High, "x")));

        Assert.Equal([("CVE-2024-1", "x"), ("CVE-2024-2", "y"), ("CVE-2024-2", "z"), ("CVE-2024-3", "x")], merged.Open.Select(f => (f.Id, f.Package)));
    }

    [Fact]
    public void A_long_chain_of_aliases_is_followed_in_linear_time()
    {
        var chain = Enumerable.Range(0, 40_000).Select(i => Found($"A-{i}", Severity.Low, "x", $"A-{i + 1}")).ToArray();

        Assert.Single(Merge(Report("a", [.. chain, Found("A-40000", Severity.Low, "x", "CVE-2024-1")])).Open);
    }

    [Fact]
    public void Findings_point_at_their_component_by_package_url_then_by_name()
    {
        var (sbom, _) = Reading.Sbom("""{"components": [{"name": "a"}, {"name": "LIB", "version": "1", "purl": "pkg:nuget/Lib@1?x=y"}, {"name": "b", "version": "2"}]}""");

        var merged = FindingMerge.Merge(
            [Report("s", Found("CVE-1", Severity.Low, PackageIdentity.Of("pkg:nuget/LIB@1", "x", null).Key), Found("CVE-2", Severity.Low, "b@2"), Found("CVE-3", Severity.Low, "c@3"))],
            new([], EvidenceTrust.Nobody, null),
            sbom);

        Assert.Equal([1, 2, null], merged.Open.Select(f => f.Component));
    }

    [Theory]
    [InlineData(" cve-2024-1 ", "CVE-2024-1")]
    [InlineData("ghsa-ABCD-efGH-1234", "GHSA-abcd-efgh-1234")]
    [InlineData("RHSA-2024:1", "RHSA-2024:1")]
    [InlineData("a b", null)]
    [InlineData(" ", null)]
    public void Ids_have_one_spelling(string text, string? id) => Assert.Equal(id, VulnerabilityId.Canonical(text));

    internal static ScanReport Report(string scanner, params ReportedFinding[] findings) => new(scanner, null, [.. findings]);

    internal static ReportedFinding Found(string id, Severity severity, string package, params string[] aliases) =>
        new(id, aliases.ToImmutableArray(), severity, new(package, package.Split('@')[0], package.Contains('@', StringComparison.Ordinal) ? package.Split('@')[1] : null));

    private static MergedFindings Merge(params ScanReport[] reports) => FindingMerge.Merge(reports, new([], EvidenceTrust.Nobody, null), null);
}
