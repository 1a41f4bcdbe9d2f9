using Governance.Core.Evidence;
using Governance.Core.Evidence.Scans;

namespace Governance.Core.Tests.Evidence;

public sealed class PackageUrls
{
    [Theory]
    [InlineData("pkg:npm/%40scope/name@1.0.0", "pkg:npm/%40scope/name@1.0.0")]
    [InlineData("pkg:npm/@scope/name@1.0.0?arch=x#sub", "pkg:npm/%40scope/name@1.0.0")]
    [InlineData("pkg:npm/@types/node", "pkg:npm/%40types/node")]
    [InlineData("PKG:NPM/left", "pkg:npm/left")]
    [InlineData("pkg://npm/left@1", "pkg:npm/left@1")]
    [InlineData("pkg:pypi/Django_rest@3.2.9", "pkg:pypi/django-rest@3.2.9")]
    [InlineData("pkg:nuget/Newtonsoft.Json@13.0.3", "pkg:nuget/newtonsoft.json@13.0.3")]
    [InlineData("pkg:golang/github.com/Azure/azure-sdk@v1.2.3", "pkg:golang/github.com/azure/azure-sdk@v1.2.3")]
    [InlineData("pkg:maven/org.Example/Inner@2.0?type=jar", "pkg:maven/org.Example/Inner@2.0")]
    [InlineData("pkg:deb/debian/libc6@2.31-13+deb11u5?arch=amd64&distro=debian-11", "pkg:deb/debian/libc6@2.31-13%2Bdeb11u5")]
    [InlineData("pkg:deb/debian/libc6@2.31-13%2Bdeb11u5", "pkg:deb/debian/libc6@2.31-13%2Bdeb11u5")]
    [InlineData("pkg:rpm/redhat/openssl@1.1.1k-6?epoch=1", "pkg:rpm/redhat/openssl@1:1.1.1k-6")]
    [InlineData("pkg:rpm/redhat/openssl@0:1.1.1k-6?epoch=0", "pkg:rpm/redhat/openssl@1.1.1k-6")]
    [InlineData("pkg:oci/curl@sha256%3Aabc?", "pkg:oci/curl@sha256:abc")]
    [InlineData("pkg:generic/with%20space@1", "pkg:generic/with%20space@1")]
    [InlineData("pkg:generic/a//b/", "pkg:generic/a/b")]
    public void Spellings_of_one_package_have_one_identity(string purl, string identity)
    {
        Assert.True(PackageUrl.TryParse(purl, out var parsed));
        Assert.Equal(identity, parsed.IdentityKey);
        Assert.True(PackageUrl.TryParse(parsed.IdentityKey, out var again));
        Assert.Equal(identity, again.IdentityKey);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("pkg:")]
    [InlineData("pkg:npm")]
    [InlineData("pkg:npm/")]
    [InlineData("pkg:/left@1")]
    [InlineData("pkg:1npm/left")]
    [InlineData("pkg:n pm/left")]
    [InlineData("npm/left@1")]
    public void What_has_no_type_and_name_is_none(string? text) => Assert.False(PackageUrl.TryParse(text, out _));

    [Fact]
    public void Qualifiers_are_sorted_decoded_and_never_empty()
    {
        Assert.True(PackageUrl.TryParse("pkg:deb/debian/a@1?distro=x%2Fy&ARCH=amd64&empty=&dangling", out var parsed));

        Assert.Equal([KeyValuePair.Create("arch", "amd64"), KeyValuePair.Create("distro", "x/y")], parsed.Qualifiers);
    }

    [Theory]
    [InlineData("npm", "@scope/lib", "1", "pkg:npm/%40scope/lib@1")]
    [InlineData("node-pkg", "lib", "1", "pkg:npm/lib@1")]
    [InlineData("Maven", "org.example:inner", "2.0", "pkg:maven/org.example/inner@2.0")]
    [InlineData("Debian:11", "bash", "5", "pkg:deb/debian/bash@5")]
    [InlineData("Go", "github.com/a/b", "1", "pkg:golang/github.com/a/b@1")]
    [InlineData("Packagist", "guzzlehttp/guzzle", "6", "pkg:composer/guzzlehttp/guzzle@6")]
    [InlineData("terraform", "x", "1", "x@1")]
    [InlineData(null, "x", null, "x")]
    public void Ecosystems_lead_to_the_same_identity_as_package_urls(string? ecosystem, string name, string? version, string identity) =>
        Assert.Equal(identity, PackageIdentity.OfEcosystem(ecosystem, name, version).Key);

    [Theory]
    [InlineData("vers:npm/>=1.0.0|<2.0.0", "1.9.9", true)]
    [InlineData("vers:npm/>=1.0.0|<2.0.0", "2.0.0", false)]
    [InlineData("vers:npm/<1.0.0|>=2.0.0|<=2.5.0", "2.5.0", true)]
    [InlineData("vers:npm/<1.0.0|>=2.0.0|<=2.5.0", "1.5.0", false)]
    [InlineData("vers:npm/>=3.0.0", "3.0.1", true)]
    [InlineData("vers:npm/>=3.0.0-rc1|<4.0.0|!=3.1.0", "3.1.0", false)]
    [InlineData("vers:npm/1.0.0|2.0.0", "2.0.0", true)]
    [InlineData("vers:npm/*", "9", true)]
    [InlineData("vers:deb/<2.0", "1.0", false)]
    [InlineData("vers:deb/1.0-4", "1.0-4", true)]
    [InlineData(">=1.0", "1.0", false)]
    [InlineData(null, "1.0", false)]
    public void A_range_holds_only_what_it_surely_holds(string? range, string version, bool holds) => Assert.Equal(holds, VersRange.Contains(range, version));
}
