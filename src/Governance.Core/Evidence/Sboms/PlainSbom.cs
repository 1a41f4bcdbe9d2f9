using System.Collections.Immutable;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Sboms;

/// <summary>An SBOM in this product's plain form: <c>{format, components: [{name, version, purl?, license?}]}</c>.</summary>
internal static class PlainSbom
{
    public static SbomDocument? Read(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        ComponentList? components = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "format":
                    json.OptionalIdentifier();
                    break;
                case "components" when json.EnterArray():
                    components = new();
                    while (json.NextItem())
                    {
                        Component(ref json, components);
                    }

                    break;
            }
        }

        if (components is null)
        {
            json.Error("needs components");
            return null;
        }

        return new(components.ToFacts("plain", null), Root: null, CreatedAt: null, components.Quality, Report: null);
    }

    private static void Component(ref JsonCursor json, ComponentList components)
    {
        if (!json.EnterObject())
        {
            return;
        }

        string? name = null, version = null, purl = null;
        ImmutableArray<string> licenses = [];
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "name":
                    name = json.Identifier();
                    break;
                case "version":
                    version = json.OptionalIdentifier();
                    break;
                case "purl":
                    purl = Purl(ref json);
                    break;
                case "license":
                    licenses = json.OptionalIdentifier() is { } license && LicenseText.IsStated(license) ? [license] : [];
                    break;
            }
        }

        if (name is null)
        {
            json.Error("needs a name");
            return;
        }

        components.Add(new(name, version, purl, licenses));
        if (components.Count > EvidenceLimits.Components)
        {
            JsonCursor.Refuse($"more than {EvidenceLimits.Components} components");
        }
    }

    private static string? Purl(ref JsonCursor json)
    {
        var purl = json.OptionalIdentifier();
        if (purl is not null && !PackageUrl.TryParse(purl, out _))
        {
            json.Warn($"{Shown.Quoted(purl)} is no package URL");
        }

        return purl;
    }
}
