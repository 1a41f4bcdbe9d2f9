using Governance.Core.Evidence;
using Governance.Core.Evidence.Json;
using Governance.Core.Evidence.Scans;

namespace Governance.Core.Tests.Evidence;

public sealed class ScanSamples
{
    [Fact]
    public void Trivy_keeps_its_choice_of_severity_and_scores_decide_where_it_made_none()
    {
        var (report, problems) = Reading.Scan(OwnSamples.Read("trivy.json"));

        Assert.Empty(problems.Errors);
        Assert.Equal(new DateTimeOffset(2025, 5, 20, 8, 0, 0, TimeSpan.Zero).AddTicks(1_234_567), report!.ScannedAt);
        Assert.Equal(
            [
                ("CVE-2024-1111", Severity.High, "HIGH", "9.8", "1.0.1", "pkg:npm/%40scope/lib@1.0.0"),
                ("CVE-2024-2222", Severity.Medium, "UNKNOWN", "4.3", null, "pkg:npm/left@2.0.0"),
                ("CVE-2024-1111", Severity.Critical, "CRITICAL", null, null, "pkg:npm/%40scope/lib@1.0.0"),
                ("CVE-2024-3333", Severity.Critical, "CRITICAL", null, null, "pkg:npm/left@2.0.0"),
            ],
            report.Findings.Select(f => (f.Id, f.Severity, f.Word, f.Score, f.FixedIn, f.Package.Key)));
        Assert.Equal(new VexClaim(VexStatus.NotAffected, "accepted in review 7"), report.Findings[3].Claim);
        Assert.Equal(2, report.OtherFindings);
    }

    [Fact]
    public void Grype_names_aliases_and_falls_back_to_scores_and_related_words()
    {
        var (report, problems) = Reading.Scan(OwnSamples.Read("grype.json"));

        Assert.Empty(problems.Errors);
        Assert.Equal(
            [
                ("GHSA-1111-2222-3333", "CVE-2024-1111", Severity.High, "pkg:npm/%40scope/lib@1.0.0"),
                ("CVE-2024-4444", "", Severity.High, "pkg:maven/right@3"),
                ("CVE-2024-5555", "", Severity.Unknown, "pkg:deb/debian/bash@5"),
                ("CVE-2024-6666", "", Severity.Critical, "pkg:deb/debian/bash@5"),
            ],
            report!.Findings.Select(f => (f.Id, string.Join(',', f.Aliases), f.Severity, f.Package.Key)));
        Assert.Equal(new VexClaim(VexStatus.NotAffected, "vulnerable_code_not_present"), report.Findings[3].Claim);
        Assert.Equal("1.0.1", report.Findings[0].FixedIn);
    }

    [Fact]
    public void Osv_groups_are_findings_and_records_without_a_group_stand_alone()
    {
        var (report, problems) = Reading.Scan(OwnSamples.Read("osv.json"));

        Assert.Empty(problems.Errors);
        Assert.Equal(
            [
                ("GHSA-1111-2222-3333", Severity.Critical, "9.8", "1.0.1"),
                ("GO-2024-1", Severity.High, "AV:N/AC:L/Au:N/C:P/I:P/A:P", null),
                ("UBUNTU-1", Severity.Informational, null, null),
                ("DB-1", Severity.Medium, null, null),
                ("NONE-1", Severity.Unknown, null, null),
                ("CVE-2024-7777", Severity.Low, "CVSS:3.0/AV:P/AC:H/PR:H/UI:R/S:C/C:L/I:N/A:N", null),
                ("OSV-2024-1", Severity.Unknown, null, null),
            ],
            report!.Findings.Select(f => (f.Id, f.Severity, f.Score, f.FixedIn)));
        Assert.Equal(["CVE-2024-1111"], report.Findings[0].Aliases);
        Assert.Equal(VexStatus.NotAffected, report.Findings[1].Claim!.Status);
        Assert.Equal("pkg:maven/org.example/inner@2.0", report.Findings[5].Package.Key);
        Assert.Equal("git@f5f3c22f3ed5a6804a2a8d9ee9fa43044cfa24a6", report.Findings[6].Package.Key);
    }

    [Fact]
    public void Sarif_takes_scores_before_levels_and_leaves_out_what_is_no_failure()
    {
        var (report, problems) = Reading.Scan(OwnSamples.Read("sarif.json"));

        Assert.Empty(problems.Errors);
        Assert.Equal("house-lint", report!.Scanner);
        Assert.Equal(
            [
                ("R1", Severity.Critical, "a.cs:3"),
                ("R1", Severity.Medium, "a.cs:4"),
                ("R2/1", Severity.High, "b.cs:0"),
                ("nowhere", Severity.Medium, "abc:1"),
                ("X1", Severity.High, "c.cs:1"),
                ("CVE-2024-1111", Severity.High, "lib in lib.jar:1"),
                ("R1", Severity.Medium, "d.cs:9"),
                ("R1", Severity.Medium, "e.cs:9"),
            ],
            report.Findings.Select(f => (f.Id, f.Severity, f.Package.Key)));
        Assert.Equal([null, null, null, null, null, null, new VexClaim(VexStatus.NotAffected, "tested"), null], report.Findings.Select(f => f.Claim));
        Assert.Equal(1, report.OtherFindings);
        Assert.Equal(new DateTimeOffset(2025, 5, 22, 0, 0, 0, TimeSpan.Zero), report.ScannedAt);
    }

    [Theory]
    [InlineData("""{"SchemaVersion": 2, "ArtifactName": "a"}""")]
    [InlineData("""{"SchemaVersion": 2, "ArtifactName": "a", "Results": null}""")]
    [InlineData("""{"SchemaVersion": 2, "ArtifactName": "a", "Results": [{"Target": "x"}]}""")]
    [InlineData("""{"matches": [], "descriptor": {"name": "grype"}}""")]
    [InlineData("""{"results": []}""")]
    [InlineData("""{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": []}]}""")]
    [InlineData("""{"bomFormat": "CycloneDX", "specVersion": "1.6", "vulnerabilities": []}""")]
    public void A_clean_scan_is_a_scan(string json)
    {
        var (report, problems) = Reading.Scan(json);

        Assert.Empty(problems.Errors);
        Assert.Empty(report!.Findings);
    }

    [Theory]
    [InlineData("""{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}}]}""", "$.runs[0]", "nothing was scanned")]
    [InlineData("""{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": null}]}""", "$.runs[0]", "nothing was scanned")]
    [InlineData("""{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [], "invocations": [{"executionSuccessful": false}]}]}""", "$.runs[0]", "failed")]
    [InlineData("""{"version": "2.1.0", "runs": [{"results": []}]}""", "$.runs[0]", "tool.driver.name")]
    [InlineData("""{"version": "2.1.0", "runs": []}""", "$", "no run")]
    [InlineData("""{"bomFormat": "CycloneDX", "specVersion": "1.6"}""", "$", "no scan report")]
    [InlineData("""{"SchemaVersion": 1, "ArtifactName": "a"}""", "$.SchemaVersion", "2")]
    [InlineData("""[{"Target": "a"}]""", "$", "Trivy report of the old kind")]
    [InlineData("""{"ClusterName": "a"}""", "$", "cluster")]
    [InlineData("""{"matches": [{"vulnerability": {"id": "a b"}}], "descriptor": {"name": "grype"}}""", "$.matches[0].vulnerability.id", "white space")]
    [InlineData("""{"SchemaVersion": 2, "ArtifactName": "a", "Results": [{"Vulnerabilities": [{"PkgName": "x"}]}]}""", "$.Results[0].Vulnerabilities[0]", "VulnerabilityID")]
    [InlineData("""{"results": [{"source": {}, "packages": [{"vulnerabilities": [{"id": "A"}]}]}]}""", "$.results[0].packages[0]", "needs a package")]
    [InlineData("""{"document": {"csaf_version": "2.0"}}""", "$", "CSAF")]
    [InlineData("""{"critical": 0, "high": 0, "low": 0}""", "$", "medium")]
    [InlineData("""{"a": 1}""", "$", "no report")]
    [InlineData("""{"a": 1""", "$.a", "is not JSON")]
    public void What_is_no_scan_says_so(string json, string path, string message)
    {
        var (_, problems) = Reading.Scan(json);

        Assert.Equal(path, problems.Errors[0].Path);
        Assert.Contains(message, problems.Errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_sarif_run_is_a_report_of_its_own()
    {
        var problems = new ProblemLog();
        var bytes = Reading.Utf8("""{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "a"}}, "results": []}, {"tool": {"driver": {"name": "b"}}, "results": []}]}""");

        var reports = ScanReader.Read(bytes, EvidenceFormats.Detect(bytes), "$", problems, CancellationToken.None);

        Assert.Equal(["a", "b"], reports.Select(r => r.Scanner));
    }

    [Fact]
    public void A_date_beside_an_inline_report_counts_if_it_is_older()
    {
        var scan = Reading.Facts("""{"scan_results": {"results": [], "scanned_at": "2025-01-01T00:00:00Z"}}""").Scan!;

        Assert.Equal(new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero), scan.ScannedAt);
        Assert.Equal("$.scan_results[0].scanned_at", Reading.Document("""{"scan_results": [{"results": [], "scanned_at": "then"}]}""").Problems.Errors[0].Path);
    }

    [Fact]
    public void Reports_and_plain_counts_add_up()
    {
        var reading = Reading.Facts($$"""{"scan_results": [{{OwnSamples.Text("trivy.json")}}, {"critical": 1, "high": 0, "medium": 0, "low": 2}]}""");

        Assert.Equal(new SeverityCounts(3, 0, 1, 2), reading.Facts!.Scan!.Counts);
        Assert.Equal((7, 6, 2, 0), (reading.Scan!.Reported, reading.Scan.Distinct, reading.Scan.OtherFindings, reading.Scan.Suppressed));
        Assert.Equal(["trivy", "unnamed"], reading.Scan.Scanners);
        Assert.Null(reading.Scan.NotInSbom);
    }
}
