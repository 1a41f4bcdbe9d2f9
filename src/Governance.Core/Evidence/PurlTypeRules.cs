namespace Governance.Core.Evidence;

/// <summary>What the purl type definitions say of letters' case, and the aliases that tools use for types.</summary>
internal static class PurlTypeRules
{
    private static readonly string[] Common =
        ["npm", "nuget", "maven", "pypi", "golang", "deb", "rpm", "apk", "gem", "cargo", "composer", "oci", "generic", "github", "docker", "conan", "hex", "pub", "swift"];

    /// <summary>The type in lower case; the common ones without a new string.</summary>
    public static string TypeName(ReadOnlySpan<char> text)
    {
        foreach (var known in Common)
        {
            if (text.SequenceEqual(known))
            {
                return known;
            }
        }

        return text.ToString().ToLowerInvariant();
    }

    /// <summary>
    /// Brings namespace, name and version into the form in which equal packages are equal texts.
    /// NuGet ids are kept case-sensitive by the purl specification but are not so in fact, so they are lower-cased too.
    /// </summary>
    public static (string? Namespace, string Name, string? Version) Normalise(
        string type, string? space, string name, string? version, IReadOnlyList<KeyValuePair<string, string>> qualifiers) => type switch
        {
            "deb" or "golang" or "oci" or "github" or "bitbucket" or "composer" or "alpm" or "apk" => (Lower(space), Lower(name)!, version),
            "pypi" => (space, Lower(name)!.Replace('_', '-'), version),
            "nuget" => (space, Lower(name)!, version),
            "rpm" => (Lower(space), name, WithEpoch(version, qualifiers)),
            _ => (space, name, version),
        };

    /// <summary>The purl type of an ecosystem, as Trivy, Grype and OSV name them; null for one that has none.</summary>
    /// <param name="ecosystem">In any case; an OSV suffix such as <c>:11</c> is left out by the caller.</param>
    public static string? OfEcosystem(string ecosystem) => ecosystem.ToLowerInvariant() switch
    {
        "npm" or "node-pkg" or "yarn" or "pnpm" or "bun" or "javascript" => "npm",
        "pypi" or "pip" or "pipenv" or "poetry" or "uv" or "python" or "python-pkg" => "pypi",
        "maven" or "jar" or "pom" or "gradle" or "gradle-lockfile" or "sbt" or "java-archive" => "maven",
        "nuget" or "dotnet-core" or "packages-props" or "dotnet" => "nuget",
        "go" or "gomod" or "gobinary" or "golang" or "go-module" => "golang",
        "rubygems" or "bundler" or "gemspec" or "gem" => "gem",
        "crates.io" or "cargo" or "rustbinary" or "rust-binary" or "rust-crate" => "cargo",
        "packagist" or "composer" or "composer-vendor" or "php-composer" => "composer",
        "debian" or "ubuntu" or "deb" => "deb",
        "alpine" or "wolfi" or "chainguard" or "apk" => "apk",
        "redhat" or "centos" or "rocky" or "alma" or "amazon" or "oracle" or "fedora" or "photon" or "rpm" or "rocky linux" or "almalinux" => "rpm",
        "hex" => "hex",
        "pub" => "pub",
        "conan" or "conancenter" => "conan",
        "swift" or "swifturl" => "swift",
        "cocoapods" => "cocoapods",
        _ => null,
    };

    private static string? Lower(string? text) => text?.ToLowerInvariant();

    private static string? WithEpoch(string? version, IReadOnlyList<KeyValuePair<string, string>> qualifiers)
    {
        if (version is null || version.Contains(':', StringComparison.Ordinal))
        {
            // No epoch and epoch 0 are the same.
            return version?.StartsWith("0:", StringComparison.Ordinal) == true ? version[2..] : version;
        }

        foreach (var (key, value) in qualifiers)
        {
            if (key == "epoch" && value != "0")
            {
                return $"{value}:{version}";
            }
        }

        return version;
    }
}
