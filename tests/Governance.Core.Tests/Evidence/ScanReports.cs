using Governance.Core.Evidence;
using Governance.Core.Evidence.Scans;

namespace Governance.Core.Tests.Evidence;

public sealed class ScanReports
{
    [Theory]
    [InlineData("trivy-fluentd-lockfiles.json", "trivy", 3, 1, 1, 0, 1, 0, 0)]
    [InlineData("trivy-juice-shop-12.10.2.json", "trivy", 182, 28, 100, 48, 6, 0, 0)]
    [InlineData("grype-vulnerable-image.json", "grype", 6, 2, 3, 0, 0, 1, 0)]
    [InlineData("sarif-grype-cxf.json", "Grype", 22, 1, 11, 4, 6, 0, 0)]
    [InlineData("sarif-codeql-java.json", "CodeQL", 72, 0, 11, 4, 57, 0, 0)]
    [InlineData("osv-scanner-many.json", "osv-scanner", 37, 5, 20, 12, 0, 0, 0)]
    [InlineData("cyclonedx-1.4-jake-expressions.json", "cyclonedx-python-lib", 7, 0, 3, 4, 0, 0, 0)]
    [InlineData("cyclonedx-1.7-trivy-fluentd.json", "trivy", 3, 2, 1, 0, 0, 0, 0)]
    public void Public_reports_give_their_true_counts_as_reported(
        string file, string scanner, int reported, int critical, int high, int medium, int low, int informational, int unknown)
    {
        var (report, problems) = Reading.Scan(PublicSamples.Read(file));

        Assert.Empty(problems.Errors);
        Assert.Equal((scanner, reported), (report!.Scanner, report.Findings.Length));
        Assert.Equal(new SeverityCounts(critical, high, medium, low, informational, unknown), Counts(report.Findings.Select(f => f.Severity)));
    }

    [Theory]
    [InlineData("trivy-fluentd-lockfiles.json", 1, 1, 0, 1, 0, 0)]
    [InlineData("trivy-juice-shop-12.10.2.json", 25, 73, 46, 6, 0, 0)]
    [InlineData("grype-vulnerable-image.json", 2, 2, 0, 0, 1, 0)]
    [InlineData("sarif-grype-cxf.json", 1, 11, 4, 6, 0, 0)]
    [InlineData("sarif-codeql-java.json", 0, 11, 4, 57, 0, 0)]
    [InlineData("osv-scanner-many.json", 5, 20, 12, 0, 0, 0)]
    public void Public_reports_give_their_true_counts_of_distinct_findings(string file, int critical, int high, int medium, int low, int informational, int unknown)
    {
        var (report, _) = Reading.Scan(PublicSamples.Read(file));

        var merged = FindingMerge.Merge([report!], new TrustedVex([], EvidenceTrust.Nobody, null), null);

        Assert.Equal(new SeverityCounts(critical, high, medium, low, informational, unknown), ScanOutcome.CountsOf(merged.Open));
    }

    [Fact]
    public void Secrets_are_no_vulnerabilities() =>
        Assert.Equal(3, Reading.Scan(PublicSamples.Read("trivy-juice-shop-12.10.2.json")).Report!.OtherFindings);

    [Fact]
    public void Two_scans_of_one_image_are_united_with_the_worst_severity_and_both_words()
    {
        var (json, _) = Reading.Scan(PublicSamples.Read("trivy-fluentd-lockfiles.json"));
        var (cyclone, _) = Reading.Scan(PublicSamples.Read("cyclonedx-1.7-trivy-fluentd.json"));

        var merged = FindingMerge.Merge([json!, cyclone!], new TrustedVex([], EvidenceTrust.Nobody, null), null);

        Assert.Equal(
            [
                ("CVE-2019-18224", Severity.Critical, "pkg:deb/debian/libidn2-0@2.0.5-1"),
                ("CVE-2020-8165", Severity.Critical, "pkg:gem/activesupport@6.0.2.1"),
                ("CVE-2019-18276", Severity.High, "pkg:deb/debian/bash@5.0-4"),
            ],
            merged.Open.Select(f => (f.Id, f.Severity, f.Package)));
        Assert.Equal(["LOW", "high"], merged.Open[2].Sources.Select(s => s.Severity));
        Assert.Equal(6, merged.Reported);
    }

    private static SeverityCounts Counts(IEnumerable<Severity> severities)
    {
        var by = severities.ToLookup(s => s);
        return new(
            by[Severity.Critical].Count(), by[Severity.High].Count(), by[Severity.Medium].Count(),
            by[Severity.Low].Count(), by[Severity.Informational].Count(), by[Severity.Unknown].Count());
    }
}
