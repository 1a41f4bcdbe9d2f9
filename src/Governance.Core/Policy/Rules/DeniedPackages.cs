using System.Collections.Immutable;
using Governance.Core.Evidence;

namespace Governance.Core.Policy.Rules;

/// <summary>No component of these packages, in any or in certain versions.</summary>
internal sealed class DeniedPackages(ImmutableArray<PackagePattern> patterns) : ComponentCondition
{
    /// <inheritdoc/>
    protected override string What => "a denied package";

    /// <summary>
    /// Reads the parameters: <c>{"components": [{"purl": "pkg:maven/org.apache.logging.log4j/*", "versions": "&gt;=2.0 &lt;2.17.1"}]}</c>;
    /// without versions all are denied.
    /// </summary>
    public static DeniedPackages Read(DataNode parameters)
    {
        parameters.Only("components");
        return new([.. parameters.Objects("components").Select(PackagePattern.Read).OfType<PackagePattern>()]);
    }

    /// <inheritdoc/>
    public override string? Denies(SbomComponent component)
    {
        foreach (var pattern in patterns)
        {
            if (pattern.Matches(component))
            {
                return pattern.ToString();
            }
        }

        return null;
    }
}

/// <summary>Packages by package URL, <c>*</c> for any characters, and by version.</summary>
internal sealed class PackagePattern
{
    private readonly string _purl;
    private readonly string _name;
    private readonly DeniedVersions? _versions;
    private readonly string _text;

    private PackagePattern(string purl, DeniedVersions? versions, string text) =>
        (_purl, _name, _versions, _text) = (purl, purl[(purl.IndexOf('/', StringComparison.Ordinal) + 1)..], versions, text);

    /// <summary>Reads one; null, with a problem noted, where it is none.</summary>
    public static PackagePattern? Read(DataNode node)
    {
        node.Only("purl", "versions");
        var purl = node.Text("purl");
        var versions = node.Has("versions") ? node.Text("versions") : null;
        var range = versions is null ? null : DeniedVersions.TryParse(versions);
        if (versions is { Length: > 0 } && range is null)
        {
            node.Problem($"'{versions}' is no version range, such as >=2.0 <2.17.1.");
        }

        // The pattern takes the canonical form of what it is compared with; the star survives encoding only apart from it.
        if (!PackageUrl.TryParse(purl.Replace('*', Star), out var parsed) || parsed.Version is not null)
        {
            node.Problem($"'{purl}' is no package URL without a version, such as pkg:npm/left-pad.");
            return null;
        }

        return new(Readable(parsed).Replace(Star, '*'), range, versions is null ? purl : $"{purl} {versions}");
    }

    /// <summary>
    /// Whether a component is one of them. One without a package URL is compared by its name; one without a version is taken
    /// as any version: what is not stated counts as the worst.
    /// </summary>
    public bool Matches(SbomComponent component)
    {
        var parsed = PackageUrl.TryParse(component.Purl, out var purl);
        var same = purl is not null
            ? Wildcard.Matches(_purl, Readable(purl), StringComparison.Ordinal)
            : Wildcard.Matches(_name, component.Name.Replace(':', '/'), StringComparison.OrdinalIgnoreCase);
        return same && (_versions is null || ((parsed ? purl?.Version : null) ?? component.Version) is not { } version || _versions.Contains(version));
    }

    /// <inheritdoc/>
    public override string ToString() => _text;

    // A letter of the private use area that no package name has.
    private const char Star = '\uE000';

    private static string Readable(PackageUrl purl) =>
        purl.Namespace is { } space ? $"pkg:{purl.Type}/{space}/{purl.Name}" : $"pkg:{purl.Type}/{purl.Name}";
}
