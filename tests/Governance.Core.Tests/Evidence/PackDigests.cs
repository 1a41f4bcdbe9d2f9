using System.Text;
using Governance.Core.Evidence;

namespace Governance.Core.Tests.Evidence;

public sealed class PackDigests
{
    private static readonly PackFile Evidence = new("evidence", Digest.Of("e"u8), 1);
    private static readonly PackFile Scan = new("scan", Digest.Of("s"u8), 22);
    private static readonly PackFile OtherScan = new("scan", Digest.Of("t"u8), 333);

    [Fact]
    public void A_packs_digest_is_that_of_its_canonical_manifest()
    {
        var manifest =
            $$"""{"app_name":"7-Zip","files":[{"kind":"evidence","sha256":"{{Evidence.Sha256}}","size_bytes":1},{"kind":"scan","sha256":"{{Scan.Sha256}}","size_bytes":22}],"version":"24.09"}""";

        Assert.Equal(Digest.Of(Encoding.UTF8.GetBytes(manifest)), PackDigest.Of("7-Zip", "24.09", [Scan, Evidence]));
    }

    [Fact]
    public void The_order_of_the_files_does_not_count_and_everything_else_does()
    {
        var digest = PackDigest.Of("7-Zip", "24.09", [Evidence, Scan, OtherScan]);

        Assert.Equal(digest, PackDigest.Of("7-Zip", "24.09", [OtherScan, Scan, Evidence]));
        Assert.NotEqual(digest, PackDigest.Of("7-Zip", "24.10", [Evidence, Scan, OtherScan]));
        Assert.NotEqual(digest, PackDigest.Of("8-Zip", "24.09", [Evidence, Scan, OtherScan]));
        Assert.NotEqual(digest, PackDigest.Of("7-Zip", "24.09", [Evidence, Scan]));
        Assert.NotEqual(digest, PackDigest.Of("7-Zip", "24.09", [Evidence, Scan, OtherScan with { SizeBytes = 334 }]));
        Assert.NotEqual(digest, PackDigest.Of("7-Zip", "24.09", [Evidence, Scan, OtherScan with { Kind = "sbom" }]));
    }
}
