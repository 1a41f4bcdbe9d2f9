using Governance.Core.Evidence;
using Governance.Core.Evidence.Json;
using Governance.Core.Evidence.Scans;

namespace Governance.Core.Tests.Evidence;

public sealed class VexStatements
{
    private static readonly EvidenceTrust Everyone = new() { VexAuthors = [EvidenceTrust.Anyone] };

    [Fact]
    public void The_public_document_is_read_in_full()
    {
        var bytes = PublicSamples.Read("openvex-trivy.json");
        var problems = new ProblemLog();

        var document = Assert.Single(VexReader.Read(bytes, EvidenceFormats.Detect(bytes), "$", problems, CancellationToken.None)).Document;

        Assert.Equal(0, problems.ErrorCount);
        Assert.Equal(("Aqua Security", 21), (document.Author, document.Statements.Length));
        Assert.All(document.Statements, s => Assert.Equal(VexStatus.NotAffected, s.Claim!.Status));
        Assert.Equal(10, document.Statements.Count(s => s.Claim!.Justification == "vulnerable_code_not_in_execute_path"));
        Assert.Equal(21, document.Statements.Select(s => s.Id).Distinct().Count());
        Assert.Equal(["pkg:golang/github.com/aquasecurity/trivy"], document.Statements.SelectMany(s => s.Products).Select(p => p.Package.Key).Distinct());
    }

    [Theory]
    [InlineData("trivy-juice-shop-12.10.2.json")]
    [InlineData("trivy-fluentd-lockfiles.json")]
    public void A_vendors_vex_for_its_own_product_silences_nothing_elsewhere(string scan)
    {
        var problems = new ProblemLog();
        var bytes = PublicSamples.Read("openvex-trivy.json");
        var vex = VexReader.Read(bytes, EvidenceFormats.Detect(bytes), "$", problems, CancellationToken.None);

        var merged = FindingMerge.Merge([Reading.Scan(PublicSamples.Read(scan)).Report!], new TrustedVex(vex.Select(v => v.Document), Everyone, null), null);

        Assert.Empty(merged.Suppressed);
    }

    [Fact]
    public void Statements_need_a_product_that_fits_and_a_reason()
    {
        var facts = Reading.Facts(Document(OwnSamples.Text("openvex.json"), OwnSamples.Text("trivy.json"), OwnSamples.Text("grype.json")), Trust("Security team")).Facts!;

        var suppressed = Assert.Single(facts.Scan!.Suppressed);
        Assert.Equal(("CVE-2024-1111", "not_affected", "vulnerable_code_not_in_execute_path"), (suppressed.Finding.Id, suppressed.Status, suppressed.Justification));
        Assert.Equal(Severity.Critical, suppressed.Finding.Severity);
        Assert.DoesNotContain(facts.Scan.Open, f => f.Id == "CVE-2024-1111");

        // No reason; another architecture; a part of another product.
        Assert.Equal(["CVE-2024-2222", "CVE-2024-4444", "CVE-2024-5555"], facts.Scan.Open.Select(f => f.Id).Where(id => id is "CVE-2024-2222" or "CVE-2024-4444" or "CVE-2024-5555").Order());
    }

    [Theory]
    [InlineData("*", 1)]
    [InlineData("Security team", 1)]
    [InlineData("security team", 0)]
    [InlineData("somebody", 0)]
    [InlineData(null, 0)]
    public void Only_an_allowed_author_sets_findings_aside(string? allowed, int suppressed)
    {
        var trust = allowed is null ? EvidenceTrust.Nobody : new() { VexAuthors = [allowed] };
        var scan = """{"SchemaVersion": 2, "ArtifactName": "a", "Results": [{"Type": "npm", "Vulnerabilities": [{"VulnerabilityID": "CVE-2024-1111", "PkgName": "@scope/lib", "InstalledVersion": "1.0.0", "Severity": "HIGH"}]}]}""";

        Assert.Equal(suppressed, Reading.Facts(Document(OwnSamples.Text("openvex.json"), scan), trust).Facts!.Scan!.Suppressed.Length);
    }

    [Theory]
    [InlineData("not_affected", "2025-01-01T00:00:00Z", "affected", "2025-02-01T00:00:00Z", false)]
    [InlineData("affected", "2025-01-01T00:00:00Z", "not_affected", "2025-02-01T00:00:00Z", true)]
    [InlineData("fixed", "2025-01-01T00:00:00Z", "not_affected", "2025-01-01T00:00:00Z", true)]
    [InlineData("affected", "2025-01-01T00:00:00Z", "not_affected", "2025-01-01T00:00:00Z", false)]
    [InlineData("not_affected", "2025-01-01T00:00:00Z", "under_investigation", "2025-01-01T00:00:00Z", false)]
    public void The_latest_statement_wins_and_of_two_at_once_the_more_severe(string first, string firstAt, string second, string secondAt, bool suppressed)
    {
        var vex = OpenVex(Statement("CVE-1", "pkg:npm/left@1", first, firstAt), Statement("CVE-1", "pkg:npm/left@1", second, secondAt));

        Assert.Equal(suppressed, Suppressed(vex, ("CVE-1", "left", "1")));
    }

    [Theory]
    [InlineData("pkg:npm/left@1", "not_affected", true)]
    [InlineData("pkg:npm/left", "not_affected", true)]
    [InlineData("pkg:npm/left@2", "not_affected", false)]
    [InlineData("pkg:npm/left@1?arch=x", "not_affected", false)]
    [InlineData("pkg:pypi/left@1", "not_affected", false)]
    [InlineData("pkg:npm/left@1", "fixed", true)]
    [InlineData("pkg:npm/left", "fixed", false)]
    public void A_product_without_version_means_all_but_nothing_is_fixed_in_all(string product, string status, bool suppressed) =>
        Assert.Equal(suppressed, Suppressed(OpenVex(Statement("CVE-1", product, status, "2025-01-01T00:00:00Z")), ("CVE-1", "left", "1")));

    [Fact]
    public void A_statement_reaches_findings_under_any_alias()
    {
        var vex = """
            {"@context": "https://openvex.dev/ns", "@id": "x", "author": "a", "timestamp": "2025-01-01T00:00:00Z", "version": 1,
             "statements": [{"vulnerability": {"name": "GHSA-aaaa-bbbb-cccc", "aliases": ["cve-1"]}, "products": [{"@id": "pkg:npm/left@1"}], "status": "not_affected", "impact_statement": "x"}]}
            """;

        Assert.True(Suppressed(vex, ("CVE-1", "left", "1")));
    }

    [Fact]
    public void The_app_itself_may_be_the_product_and_its_parts_narrow_the_statement()
    {
        var sbom = """{"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"component": {"type": "application", "name": "app", "version": "1", "purl": "pkg:generic/app@1"}}}""";
        var vex = """
            {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "x", "author": "a", "timestamp": "2025-01-01T00:00:00Z", "version": 1, "statements": [
              {"vulnerability": {"name": "CVE-1"}, "products": [{"@id": "pkg:generic/app@1", "subcomponents": [{"@id": "pkg:npm/left"}]}], "status": "not_affected", "justification": "component_not_present"},
              {"vulnerability": {"name": "CVE-2"}, "products": [{"@id": "pkg:generic/app@1", "subcomponents": [{"@id": "pkg:npm/right"}]}], "status": "not_affected", "justification": "component_not_present"},
              {"vulnerability": {"name": "CVE-3"}, "products": [{"@id": "pkg:generic/app@1"}], "status": "not_affected", "justification": "component_not_present"}]}
            """;

        var scan = Reading.Facts($$"""{"sbom": {{sbom}}, "vex": {{vex}}, "scan_results": {{Trivy(("CVE-1", "left", "1"), ("CVE-2", "left", "1"), ("CVE-3", "left", "1"))}} }""", Everyone).Facts!.Scan!;

        Assert.Equal(["CVE-1", "CVE-3"], scan.Suppressed.Select(s => s.Finding.Id).Order());
    }

    [Fact]
    public void A_product_may_be_named_by_the_artifacts_digest()
    {
        var vex = $$"""
            {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "x", "author": "a", "timestamp": "2025-01-01T00:00:00Z", "version": 1, "statements": [
              {"vulnerability": {"name": "CVE-1"}, "products": [{"@id": "app", "hashes": {"sha-256": "{{OwnSamples.Artifact}}"} }], "status": "not_affected", "justification": "component_not_present"}]}
            """;

        var scan = Reading.Facts($$"""{"artifact": {"sha256": "{{OwnSamples.Artifact}}", "size_bytes": 1, "file_name": "a"}, "vex": {{vex}}, "scan_results": {{Trivy(("CVE-1", "left", "1"))}} }""", Everyone).Facts!.Scan!;

        Assert.Single(scan.Suppressed);
    }

    [Fact]
    public void CycloneDx_vex_holds_for_the_versions_that_it_names()
    {
        var vex = """
            {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{"type": "library", "name": "left", "bom-ref": "left", "purl": "pkg:npm/left"}],
             "vulnerabilities": [
               {"id": "CVE-1", "affects": [{"ref": "left", "versions": [{"version": "1"}]}], "analysis": {"state": "not_affected", "justification": "code_not_present"}},
               {"id": "CVE-2", "affects": [{"ref": "left", "versions": [{"version": "2"}]}], "analysis": {"state": "not_affected", "justification": "code_not_present"}},
               {"id": "CVE-3", "affects": [{"ref": "left", "versions": [{"range": "vers:npm/>=0.9|<1.1", "status": "unaffected"}]}]},
               {"id": "CVE-4", "affects": [{"ref": "left"}], "analysis": {"state": "resolved"}},
               {"id": "CVE-5", "affects": [{"ref": "left", "versions": [{"version": "1"}]}], "analysis": {"state": "resolved_with_pedigree"}}]}
            """;

        var scan = Reading.Facts($$"""{"vex": [{{vex}}], "scan_results": {{Trivy(("CVE-1", "left", "1"), ("CVE-2", "left", "1"), ("CVE-3", "left", "1"), ("CVE-4", "left", "1"), ("CVE-5", "left", "1"))}} }""", Everyone).Facts!.Scan!;

        Assert.Equal([("CVE-1", "not_affected"), ("CVE-3", "not_affected"), ("CVE-5", "fixed")], scan.Suppressed.Select(s => (s.Finding.Id, s.Status)));
    }

    [Fact]
    public void A_report_sets_its_own_findings_aside_only_for_a_trusted_author_and_if_all_reports_agree()
    {
        var evidence = $$"""{"scan_results": [{{OwnSamples.Text("cyclonedx-1.6-vulnerable.json")}}]}""";

        Assert.Empty(Reading.Facts(evidence).Facts!.Scan!.Suppressed);
        var trusted = Reading.Facts(evidence, Trust("Security team")).Facts!.Scan!;
        Assert.Equal([("CVE-2023-38545", "not_affected"), ("CVE-2024-0003", "fixed"), ("CVE-2024-0004", "not_affected")], trusted.Suppressed.Select(s => (s.Finding.Id, s.Status)).Order());
        Assert.Equal(new SeverityCounts(1, 0, 0, 1, 0, 2), trusted.Counts);

        var second = """{"matches": [{"vulnerability": {"id": "CVE-2023-38545", "severity": "High"}, "artifact": {"name": "curl", "version": "7.80.0", "purl": "pkg:generic/curl@7.80.0"}}], "descriptor": {"name": "grype"}}""";
        var disputed = Reading.Facts($$"""{"scan_results": [{{OwnSamples.Text("cyclonedx-1.6-vulnerable.json")}}, {{second}}]}""", Trust("Security team")).Facts!.Scan!;
        Assert.DoesNotContain(disputed.Suppressed, s => s.Finding.Id == "CVE-2023-38545");
    }

    [Theory]
    [InlineData("\"author\": \"a\"", "$.vex")]
    [InlineData("\"statements\": [{\"vulnerability\": {\"name\": \"CVE-1\"}, \"status\": \"fine\"}]", "$.vex.statements[0]")]
    [InlineData("\"statements\": [{\"status\": \"fixed\"}]", "$.vex.statements[0]")]
    [InlineData("\"statements\": [{\"vulnerability\": \"CVE-1\", \"status\": \"fixed\", \"products\": [{}]}]", "$.vex.statements[0].products[0]")]
    [InlineData("\"timestamp\": \"today\"", "$.vex.timestamp")]
    public void A_broken_document_is_refused(string part, string path) =>
        Assert.Equal(path, Reading.Document($$"""{"vex": {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "x", {{(part.Contains("statements", StringComparison.Ordinal) ? part : part + ", \"statements\": []")}} } }""").Problems.Errors[0].Path);

    [Fact]
    public void What_is_no_vex_says_so()
    {
        Assert.Contains("OpenVEX or CycloneDX", Reading.Document("""{"vex": {"a": 1}}""").Problems.Errors[0].Message, StringComparison.Ordinal);
        Assert.Equal("$.vex", Reading.Document("""{"vex": 7}""").Problems.Errors[0].Path);
    }

    private static EvidenceTrust Trust(string author) => new() { VexAuthors = [author] };

    private static string Document(string vex, params string[] scans) => $$"""{"vex": {{vex}}, "scan_results": [{{string.Join(',', scans)}}]}""";

    private static string OpenVex(params string[] statements) =>
        $$"""{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "x", "author": "a", "timestamp": "2025-01-01T00:00:00Z", "version": 1, "statements": [{{string.Join(',', statements)}}]}""";

    private static string Statement(string id, string product, string status, string at) =>
        $$"""{"vulnerability": {"name": "{{id}}"}, "products": [{"@id": "{{product}}"}], "status": "{{status}}", "impact_statement": "because", "timestamp": "{{at}}"}""";

    private static string Trivy(params (string Id, string Package, string Version)[] found)
    {
        var vulnerabilities = found.Select(f => $$"""{"VulnerabilityID": "{{f.Id}}", "PkgName": "{{f.Package}}", "InstalledVersion": "{{f.Version}}", "Severity": "HIGH"}""");
        return $$"""{"SchemaVersion": 2, "ArtifactName": "a", "Results": [{"Type": "npm", "Vulnerabilities": [{{string.Join(',', vulnerabilities)}}]}]}""";
    }

    private static bool Suppressed(string vex, params (string Id, string Package, string Version)[] found) =>
        Reading.Facts(Document(vex, Trivy(found)), Everyone).Facts!.Scan!.Suppressed.Length == 1;
}
