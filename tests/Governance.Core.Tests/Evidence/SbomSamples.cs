using Governance.Core.Evidence;

namespace Governance.Core.Tests.Evidence;

public sealed class SbomSamples
{
    [Theory]
    [InlineData("cyclonedx-1.4-nested.json", "cyclonedx", "1.4", 4, "Apache-2.0 OR GPL-2.0-only|MIT|zlib License", "notepad", 4, 0)]
    [InlineData("cyclonedx-1.5-npm.json", "cyclonedx", "1.5", 14, "MIT", "governance-local-node", null, 0)]
    [InlineData("cyclonedx-1.6-vulnerable.json", "cyclonedx", "1.6", 2, "Zlib", "notepad", 0, 0)]
    [InlineData("cyclonedx-1.7-mixed-licenses.json", "cyclonedx", "1.7", 3, "Apache-2.0|MIT", null, 1, 0)]
    [InlineData("spdx-2.2.json", "spdx", "2.2", 2, "LicenseRef-zlib|MIT|Zlib", "notepad", 1, 1)]
    [InlineData("spdx-2.3-npm.json", "spdx", "2.3", 15, "Apache-2.0|MIT", "governance-local-node", 51, 0)]
    [InlineData("spdx-3.0.json", "spdx", "3.0.1", 2, "MIT", "notepad", 1, 1)]
    public void Every_format_and_version_is_read(string file, string format, string version, int components, string licenses, string? root, int? edges, int files)
    {
        var (sbom, problems) = Reading.Sbom(OwnSamples.Read(file));

        Assert.Empty(problems.Errors);
        Assert.Empty(problems.Warnings.Where(w => !w.Message.StartsWith("does not say", StringComparison.Ordinal) && !w.Message.StartsWith("gives no", StringComparison.Ordinal)));
        Assert.Equal((format, version, components, files), (sbom!.Facts.Format, sbom.Facts.SpecVersion, sbom.Facts.Components.Length, sbom.Quality.Files));
        Assert.Equal(licenses, string.Join('|', sbom.Facts.Licenses));
        Assert.Equal(root, sbom.Root?.Name);
        Assert.Equal(edges ?? sbom.Quality.DependencyEdges, sbom.Quality.DependencyEdges);
        Assert.Equal(0, sbom.Quality.UnresolvedReferences);
    }

    [Fact]
    public void Nested_components_follow_the_one_that_holds_them_and_the_roots_parts_are_not_counted()
    {
        var (sbom, _) = Reading.Sbom(OwnSamples.Read("cyclonedx-1.4-nested.json"));

        Assert.Equal(["outer", "org.example/inner", "inner.dll", "zlib"], sbom!.Facts.Components.Select(c => c.Name));
        Assert.Equal(["MIT", "Apache-2.0 OR GPL-2.0-only"], sbom.Facts.Components[1].Licenses);
        Assert.Equal("pkg:maven/org.example/inner@2.0", sbom.Facts.Components[1].Purl);
        Assert.Equal((2, 2, 2, 0, 3), (sbom.Quality.WithoutVersion, sbom.Quality.WithoutPurl, sbom.Quality.WithoutLicense, sbom.Quality.WithStrongHash, sbom.Quality.DependencyEntries));
    }

    [Theory]
    [InlineData("cyclonedx-1.4-nested.json")]
    [InlineData("spdx-2.2.json")]
    [InlineData("spdx-3.0.json")]
    public void The_root_is_known_by_its_digest(string file) =>
        Assert.Equal([OwnSamples.Artifact], Reading.Sbom(OwnSamples.Read(file)).Sbom!.Root!.Sha256);

    [Fact]
    public void Spdx_licences_are_those_declared_and_concluded()
    {
        var (sbom, _) = Reading.Sbom(OwnSamples.Read("spdx-2.2.json"));

        Assert.Equal(["MIT"], sbom!.Facts.Components[0].Licenses);
        Assert.Equal(["Zlib", "LicenseRef-zlib"], sbom.Facts.Components[1].Licenses);
        Assert.Equal("pkg:generic/zlib@1.2.11", sbom.Facts.Components[1].Purl);
    }

    [Fact]
    public void Spdx_3_brings_vulnerabilities_with_score_and_vex()
    {
        var finding = Assert.Single(Reading.Sbom(OwnSamples.Read("spdx-3.0.json")).Sbom!.Report!.Findings);

        Assert.Equal(("CVE-2022-37434", Severity.Critical, "pkg:generic/zlib@1.2.11", "9.8"), (finding.Id, finding.Severity, finding.Package.Key, finding.Score));
        Assert.Equal("vulnerableCodeNotPresent", finding.Claim!.Justification);
        Assert.True(finding.Claim.Suppresses);
    }

    [Fact]
    public void The_summary_tells_what_is_missing()
    {
        var sbom = Reading.Facts($$"""{"sbom": {{OwnSamples.Text("cyclonedx-1.4-nested.json")}} }""").Sbom!;

        Assert.Equal(("cyclonedx", "1.4", "notepad", "1.2.3", 4, 3, 4), (sbom.Format, sbom.SpecVersion, sbom.RootName, sbom.RootVersion, sbom.Components, sbom.LicenseCount, sbom.Dependencies));
    }
}
