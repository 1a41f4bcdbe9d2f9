using System.Collections.Immutable;
using System.Text.Json;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Scans;

/// <summary>Reads OpenVEX 0.2.0 and the older 0.0.1, which writes ids as plain strings.</summary>
internal static class OpenVexReader
{
    public static VexDocument? Read(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        var missing = new List<string> { "@id", "author", "timestamp", "version", "statements" };
        string? author = null;
        DateTimeOffset? timestamp = null, updated = null;
        var statements = ImmutableArray.CreateBuilder<VexStatement>();
        while (json.NextProperty())
        {
            missing.Remove(json.Name);
            switch (json.Name)
            {
                case "author":
                    author = json.Identifier();
                    break;
                case "timestamp":
                    timestamp = json.Timestamp();
                    break;
                case "last_updated":
                    updated = json.Timestamp();
                    break;
                case "statements" when json.EnterArray():
                    while (json.NextItem())
                    {
                        Statement(ref json, statements);
                    }

                    break;
            }
        }

        foreach (var name in missing)
        {
            json.Error($"needs {name}");
        }

        if (statements.Count == 0 && !missing.Contains("statements"))
        {
            json.Warn("says nothing about any product");
        }

        return new(author, updated ?? timestamp, statements.ToImmutable());
    }

    private static void Statement(ref JsonCursor json, ImmutableArray<VexStatement>.Builder statements)
    {
        if (!json.EnterObject())
        {
            return;
        }

        (string Id, List<string> Aliases)? vulnerability = null;
        List<(VexProduct Product, ImmutableArray<VexProduct> Parts)> products = [];
        ImmutableArray<VexProduct> parts = [];
        string? status = null, justification = null, impact = null;
        DateTimeOffset? timestamp = null, updated = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "vulnerability":
                    vulnerability = Vulnerability(ref json);
                    break;
                case "products" when json.EnterArray():
                    while (json.NextItem())
                    {
                        if (OpenVexProduct.Read(ref json) is { } product)
                        {
                            products.Add(product);
                        }
                    }

                    break;
                case "subcomponents":
                    parts = OpenVexProduct.List(ref json);
                    break;
                case "status":
                    status = json.Identifier();
                    break;
                case "justification":
                    justification = json.OptionalIdentifier();
                    break;
                case "impact_statement":
                    impact = json.Text();
                    break;
                case "timestamp":
                    timestamp = json.Timestamp();
                    break;
                case "last_updated":
                    updated = json.Timestamp();
                    break;
            }
        }

        if (vulnerability is not { } found || status is null)
        {
            json.Error("needs a vulnerability and a status");
            return;
        }

        if (Claim(status, justification, impact) is not { } claim)
        {
            json.Error($"{Shown.Quoted(status)} is no status of OpenVEX");
            return;
        }

        if (claim is { Status: VexStatus.NotAffected, Suppresses: false })
        {
            json.Warn("gives no justification and no impact statement, so the finding stays open");
        }

        if (products.Count == 0)
        {
            json.Warn("names no product, so it is about nothing");
        }

        foreach (var (product, own) in products)
        {
            if (statements.Count == EvidenceLimits.Findings)
            {
                JsonCursor.Refuse($"more than {EvidenceLimits.Findings} statements");
            }

            statements.Add(new(found.Id, [.. found.Aliases], [product], own.IsEmpty ? parts : own, VersionCoverage.All, claim, updated ?? timestamp));
        }
    }

    private static VexClaim? Claim(string status, string? justification, string? impact) => status switch
    {
        "not_affected" => new(VexStatus.NotAffected, VexReason.Kept(justification, impact)),
        "fixed" => new(VexStatus.Fixed, VexReason.Kept(justification, impact)),
        "affected" => new(VexStatus.Affected, null),
        "under_investigation" => new(VexStatus.UnderInvestigation, null),
        _ => null,
    };

    private static (string Id, List<string> Aliases)? Vulnerability(ref JsonCursor json)
    {
        if (json.Kind == JsonTokenType.String)
        {
            return VulnerabilityId.Read(ref json) is { } single ? (single, []) : null;
        }

        if (!json.EnterObject())
        {
            return null;
        }

        string? name = null, id = null;
        List<string> aliases = [];
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "name":
                    name = VulnerabilityId.Read(ref json);
                    break;
                case "@id":
                    id = VulnerabilityId.Read(ref json);
                    break;
                case "aliases":
                    aliases = IdList.Read(ref json);
                    break;
            }
        }

        return (name ?? id) is { } found ? (found, aliases) : null;
    }
}

/// <summary>A product or a part of one, as OpenVEX names it.</summary>
internal static class OpenVexProduct
{
    /// <summary>Reads a product: an object, or in old documents its id alone.</summary>
    public static (VexProduct Product, ImmutableArray<VexProduct> Parts)? Read(ref JsonCursor json)
    {
        if (json.Kind == JsonTokenType.String)
        {
            return json.Identifier() is { } single ? (Named(single, null, null), []) : null;
        }

        if (!json.EnterObject())
        {
            return null;
        }

        string? id = null, purl = null;
        Digest? sha256 = null;
        ImmutableArray<VexProduct> parts = [];
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "@id":
                    id = json.OptionalIdentifier();
                    break;
                case "identifiers" when json.EnterObject():
                    while (json.NextProperty())
                    {
                        purl = json.Name == "purl" ? json.OptionalIdentifier() : purl;
                    }

                    break;
                case "hashes" when json.EnterObject():
                    while (json.NextProperty())
                    {
                        sha256 = HashText.IsSha256(json.Name) ? json.Sha256() : sha256;
                    }

                    break;
                case "subcomponents":
                    parts = List(ref json);
                    break;
            }
        }

        if ((purl ?? id ?? sha256?.ToString()) is not { } name)
        {
            json.Error("needs an @id, a purl or a hash");
            return null;
        }

        return (Named(name, purl, sha256), parts);
    }

    /// <summary>Reads a list of parts.</summary>
    public static ImmutableArray<VexProduct> List(ref JsonCursor json)
    {
        var parts = ImmutableArray.CreateBuilder<VexProduct>();
        if (json.EnterArray())
        {
            while (json.NextItem())
            {
                if (parts.Count == EvidenceLimits.Affects)
                {
                    JsonCursor.Refuse($"more than {EvidenceLimits.Affects} subcomponents");
                }

                if (Read(ref json) is { } part)
                {
                    parts.Add(part.Product);
                }
            }
        }

        return parts.ToImmutable();
    }

    private static VexProduct Named(string name, string? purl, Digest? sha256) => new(PackageIdentity.Of(purl ?? name, name, null), sha256);
}
