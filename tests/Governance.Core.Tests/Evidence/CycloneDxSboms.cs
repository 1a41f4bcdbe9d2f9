using Governance.Core.Evidence;
using Governance.Core.Evidence.Scans;

namespace Governance.Core.Tests.Evidence;

public sealed class CycloneDxSboms
{
    [Theory]
    [InlineData("cyclonedx-1.4-laravel.json", "1.4", 62, 3, "cyclonedx/cyclonedx-php-composer-demo", "dev-master", 63, 113, 0)]
    [InlineData("cyclonedx-1.4-nested-oci.json", "1.4", 3, 0, "quarkus/mandrel-for-jdk-21-rhel8", null, 3, 2, 0)]
    [InlineData("cyclonedx-1.4-jake-expressions.json", "1.4", 67, 18, null, null, 0, 0, 0)]
    [InlineData("cyclonedx-1.4-vex-cisa3.json", "1.4", 0, 0, "GHI", "17.4", 0, 0, 0)]
    [InlineData("cyclonedx-1.5-nats-box-vulns.json", "1.5", 111, 9, "natsio/nats-box:0.14.1", null, null, null, 0)]
    [InlineData("cyclonedx-1.6-syft-alpine.json", "1.6", 16, 7, "alpine", "sha256:c5c5fda71656f28e49ac9c5416b3643eaa6a108a8093151d6d1afc9463be8e33", null, null, 0)]
    [InlineData("cyclonedx-1.7-trivy-fluentd.json", "1.7", 4, 1, "integration/testdata/fixtures/images/fluentd-multiple-lockfiles.tar.gz", null, null, null, 0)]
    public void Public_documents_give_their_true_counts(
        string file, string version, int components, int licenses, string? root, string? rootVersion, int? entries, int? edges, int unresolved)
    {
        var (sbom, problems) = Reading.Sbom(PublicSamples.Read(file));

        Assert.Empty(problems.Errors);
        Assert.Equal(("cyclonedx", version), (sbom!.Facts.Format, sbom.Facts.SpecVersion));
        Assert.Equal((components, licenses), (sbom.Facts.Components.Length, sbom.Facts.Licenses.Length));
        Assert.Equal((root, rootVersion), (sbom.Root?.Name, sbom.Root?.Version));
        Assert.Equal((entries ?? sbom.Quality.DependencyEntries, edges ?? sbom.Quality.DependencyEdges), (sbom.Quality.DependencyEntries, sbom.Quality.DependencyEdges));
        Assert.Equal(unresolved, sbom.Quality.UnresolvedReferences);
    }

    [Theory]
    [InlineData("cyclonedx-1.4-jake-expressions.json", 7, 0, 3, 4, 0, 0)]
    [InlineData("cyclonedx-1.4-vex-cisa3.json", 19, 2, 2, 6, 0, 9)]
    [InlineData("cyclonedx-1.5-nats-box-vulns.json", 25, 0, 9, 16, 0, 0)]
    [InlineData("cyclonedx-1.7-trivy-fluentd.json", 3, 2, 1, 0, 0, 0)]
    public void Embedded_vulnerabilities_are_counted_once_for_each_package(string file, int distinct, int critical, int high, int medium, int low, int informational)
    {
        var (sbom, _) = Reading.Sbom(PublicSamples.Read(file));

        var merged = FindingMerge.Merge([sbom!.Report!], new TrustedVex([], EvidenceTrust.Nobody, null), sbom);

        Assert.Equal(distinct, merged.Open.Length);
        Assert.Equal(new SeverityCounts(critical, high, medium, low, informational), ScanOutcome.CountsOf(merged.Open));
        Assert.Empty(merged.Suppressed);
    }

    [Fact]
    public void What_a_trusted_document_says_of_its_own_findings_sets_them_aside()
    {
        var (sbom, _) = Reading.Sbom(PublicSamples.Read("cyclonedx-1.4-vex-cisa3.json"));

        var merged = FindingMerge.Merge([sbom!.Report!], new TrustedVex([], new() { VexAuthors = [EvidenceTrust.Anyone] }, null), sbom);

        Assert.Equal(new SeverityCounts(2, 2, 6, 0), ScanOutcome.CountsOf(merged.Open));
        Assert.Equal(9, merged.Suppressed.Length);
        Assert.Equal(6, merged.Suppressed.Count(s => s.Status == "not_affected"));
    }

    [Fact]
    public void Reading_across_segments_gives_the_same()
    {
        var whole = PublicSamples.Read("cyclonedx-1.5-nats-box-vulns.json");

        var (sbom, problems) = Reading.Sbom(Reading.InSegments(whole, 7));

        var (expected, _) = Reading.Sbom(whole);
        Assert.Empty(problems.Errors);
        Assert.Equal(expected!.Facts.Components.Select(c => (c.Name, c.Version, c.Purl)), sbom!.Facts.Components.Select(c => (c.Name, c.Version, c.Purl)));
        Assert.Equal(expected.Report!.Findings.Select(f => (f.Id, f.Package.Key, f.Severity)), sbom.Report!.Findings.Select(f => (f.Id, f.Package.Key, f.Severity)));
    }
}
