using System.Collections.Immutable;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Sboms.CycloneDx;

/// <content>Components, with their licences and hashes.</content>
internal sealed partial class CycloneDxReader
{
    private readonly DistinctItems _distinctComponents = new();

    private void Root(ref JsonCursor json)
    {
        if (ReadComponent(ref json, References.Other, counted: false) is { } root)
        {
            _rootReference = root.Reference;
            _root = new(root.Named, root.Version, PackageIdentity.Of(root.Purl, root.Named, root.Version), root.Sha256);
        }
    }

    private void Components(ref JsonCursor json, bool counted = true)
    {
        if (!json.EnterArray())
        {
            return;
        }

        while (json.NextItem())
        {
            var start = json.Start;
            var index = counted ? _components.Reserve() : References.Other;
            if (index >= EvidenceLimits.Components)
            {
                JsonCursor.Refuse($"more than {EvidenceLimits.Components} components");
            }

            if (ReadComponent(ref json, index, counted) is not { } component || !counted)
            {
                continue;
            }

            _components.Set(index, new(component.Named, component.Version, component.Purl, component.Licenses), component.HasStrongHash);

            // A bom-ref that stands once makes its component distinct.
            if (component.Reference is null && !_distinctComponents.Add($"{component.Type}|{component.Named}|{component.Version}|{component.Purl}", json.Since(start)))
            {
                json.Error("is the same as a component before it");
            }
        }
    }

    // Recursion ends at the JSON depth, which lets 31 components nest.
    private ReadComponentParts? ReadComponent(ref JsonCursor json, int index, bool counted)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        var parts = new ReadComponentParts();
        var named = true;
        while (json.NextProperty())
        {
            CycloneDxWords.WarnIfUnknown(ref json, CycloneDxWords.Component, _minor);
            switch (json.Name)
            {
                case "type":
                    parts.Type = CycloneDxWords.Word(ref json, CycloneDxWords.ComponentTypes, _minor) ?? string.Empty;
                    break;
                case "group":
                    parts.Group = json.OptionalIdentifier();
                    break;
                case "name":
                    parts.Name = json.OptionalIdentifier();
                    named = parts.Name is not null;
                    break;
                case "version":
                    parts.Version = json.OptionalIdentifier(EvidenceLimits.VersionBytes);
                    break;
                case "versionRange":
                    parts.HasVersionRange = json.OptionalIdentifier() is not null;
                    break;
                case "isExternal":
                    parts.IsExternal = json.Flag() == true;
                    break;
                case "bom-ref":
                    parts.Reference = BomRef(ref json, index);
                    break;
                case "purl":
                    parts.Purl = Purl(ref json);
                    break;
                case "scope":
                    CycloneDxWords.Word(ref json, CycloneDxWords.Scopes, _minor);
                    break;
                case "hashes":
                    Hashes(ref json, parts, keepDigests: !counted);
                    break;
                case "licenses":
                    parts.Licenses = Licenses(ref json);
                    break;
                case "components":
                    Components(ref json, counted);
                    break;
            }
        }

        if (parts.Type is null)
        {
            json.Error("needs a type");
        }

        if (parts.Name is null && named)
        {
            json.Error("needs a name");
        }

        if (parts.HasVersionRange && (parts.Version is not null || !parts.IsExternal))
        {
            json.Error("a versionRange stands only in an external component, without a version");
        }

        return parts.Name is null ? null : parts;
    }

    private static string? Purl(ref JsonCursor json)
    {
        if (json.OptionalIdentifier() is not { } purl)
        {
            return null;
        }

        if (!PackageUrl.TryParse(purl, out _))
        {
            json.Warn($"{Shown.Quoted(purl)} is no package URL");
        }

        return purl;
    }

    private void Hashes(ref JsonCursor json, ReadComponentParts parts, bool keepDigests)
    {
        if (!json.EnterArray())
        {
            return;
        }

        while (json.NextItem())
        {
            if (!json.EnterObject())
            {
                continue;
            }

            string? algorithm = null, content = null;
            while (json.NextProperty())
            {
                switch (json.Name)
                {
                    case "alg":
                        algorithm = CycloneDxWords.Word(ref json, CycloneDxWords.HashAlgorithms, _minor);
                        break;
                    case "content":
                        content = json.Text(EvidenceLimits.NameBytes);
                        break;
                }
            }

            if (content is null)
            {
                json.Error("needs alg and content");
            }
            else if (algorithm is not null && !HashText.Fits(algorithm, content))
            {
                json.Error($"content is no {algorithm} in hexadecimal");
            }
            else if (algorithm is not null)
            {
                parts.HasStrongHash |= HashText.IsStrong(algorithm);
                if (keepDigests && HashText.IsSha256(algorithm) && Digest.TryParse(content, null, out var sha256))
                {
                    parts.Sha256 = parts.Sha256.Add(sha256);
                }
            }
        }
    }

    /// <summary>Up to 1.6 a list of licences or exactly one expression; 1.7 takes both mixed.</summary>
    private ImmutableArray<string> Licenses(ref JsonCursor json)
    {
        if (!json.EnterArray())
        {
            return [];
        }

        ImmutableArray<string> licenses = [];
        int entries = 0, expressions = 0;
        while (json.NextItem())
        {
            entries++;
            if (!json.EnterObject())
            {
                continue;
            }

            string? license = null;
            int given = 0;
            while (json.NextProperty())
            {
                switch (json.Name)
                {
                    case "license":
                        given++;
                        license = License(ref json) ?? license;
                        break;
                    case "expression":
                        given++;
                        expressions++;
                        license = json.OptionalIdentifier(EvidenceLimits.StringBytes) is { } expression ? LicenseText.Kept(expression) : license;
                        break;
                }
            }

            if (given != 1)
            {
                json.Error("needs either license or expression");
            }

            if (LicenseText.IsStated(license) && !licenses.Contains(license!))
            {
                licenses = licenses.Add(license!);
            }
        }

        if (expressions > 0 && entries > 1 && _minor is 5 or 6)
        {
            json.Error("an expression stands alone: the schema allows either licences or one expression");
        }

        return licenses;
    }

    private static string? License(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        string? id = null, name = null;
        bool hasId = false, hasName = false;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "id":
                    hasId = true;
                    id = json.OptionalIdentifier();
                    break;
                case "name":
                    hasName = true;
                    name = json.Text() is { Length: > 0 } text ? LicenseText.Kept(text) : null;
                    break;
            }
        }

        if (hasId == hasName)
        {
            json.Error("needs exactly one of id and name");
        }

        return id ?? name;
    }

    /// <summary>A component while its properties are read.</summary>
    private sealed class ReadComponentParts
    {
        public string? Type { get; set; }

        public string? Group { get; set; }

        public string? Name { get; set; }

        public string? Version { get; set; }

        public string? Purl { get; set; }

        public string? Reference { get; set; }

        public bool HasVersionRange { get; set; }

        public bool IsExternal { get; set; }

        public bool HasStrongHash { get; set; }

        public ImmutableArray<Digest> Sha256 { get; set; } = [];

        public ImmutableArray<string> Licenses { get; set; } = [];

        public string Named => Group is null ? Name! : $"{Group}/{Name}";
    }
}
