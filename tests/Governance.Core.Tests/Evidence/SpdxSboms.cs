namespace Governance.Core.Tests.Evidence;

public sealed class SpdxSboms
{
    [Theory]
    [InlineData("spdx-2.2-sbom-tool.json", "2.2", 267, 1, 0, "sbom-tool sample", "4.0.3", 266)]
    [InlineData("spdx-2.3-curl-apko.json", "2.3", 14, 55, 3, "sha256:47fed8868b46b060efb8699dc40e981a0c785650223e03602d8c4493fc75b68c", null, 0)]
    [InlineData("spdx-3.0-appbomination.json", "3.0.1", 7, 15, 7, "App-BOM-ination", "1.0", 4)]
    public void Public_documents_give_their_true_counts(string file, string version, int packages, int files, int licenses, string root, string? rootVersion, int edges)
    {
        var (sbom, problems) = Reading.Sbom(PublicSamples.Read(file));

        Assert.Empty(problems.Errors);
        Assert.Equal(("spdx", version), (sbom!.Facts.Format, sbom.Facts.SpecVersion));
        Assert.Equal((packages, files, licenses), (sbom.Facts.Components.Length, sbom.Quality.Files, sbom.Facts.Licenses.Length));
        Assert.Equal((root, rootVersion), (sbom.Root?.Name, sbom.Root?.Version));
        Assert.Equal(edges, sbom.Quality.DependencyEdges);
        Assert.Equal(0, sbom.Quality.UnresolvedReferences);
    }
}
