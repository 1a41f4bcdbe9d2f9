using System.Collections.Immutable;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Sboms.Spdx;

/// <summary>The properties of one element of an SPDX 3 graph that anybody here looks at, whatever the element's type.</summary>
internal sealed class Spdx3Element
{
    public string Type { get; private set; } = string.Empty;

    public string? Id { get; private set; }

    public string? Name { get; private set; }

    public string? Version { get; private set; }

    public string? Purl { get; private set; }

    public string? SpecVersion { get; private set; }

    public DateTimeOffset? Created { get; private set; }

    public string? License { get; private set; }

    public string? From { get; private set; }

    public ImmutableArray<string> To { get; private set; } = [];

    /// <summary>In lower case without underscores: generators write camel case and upper snake.</summary>
    public string RelationshipType { get; private set; } = string.Empty;

    public ImmutableArray<string> Roots { get; private set; } = [];

    public ImmutableArray<Digest> Sha256 { get; private set; } = [];

    public bool HasStrongHash { get; private set; }

    /// <summary>Ids such as CVE numbers, from <c>externalIdentifier</c>.</summary>
    public List<string> Identifiers { get; } = [];

    public string? Severity { get; private set; }

    public double? Score { get; private set; }

    public string? ScoreText { get; private set; }

    public string? Justification { get; private set; }

    public string? ImpactStatement { get; private set; }

    public DateTimeOffset? Modified { get; private set; }

    /// <summary>Reads the object that the cursor stands on.</summary>
    public static Spdx3Element? Read(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        var element = new Spdx3Element();
        while (json.NextProperty())
        {
            element.Property(ref json);
        }

        return element;
    }

    private void Property(ref JsonCursor json)
    {
        switch (json.Name)
        {
            case "type" or "@type":
                Type = json.Identifier() ?? string.Empty;
                break;
            case "spdxId" or "@id":
                Id = json.Identifier();
                break;
            case "name":
                Name = json.OptionalIdentifier();
                break;
            case "software_packageVersion":
                Version = json.OptionalIdentifier();
                break;
            case "software_packageUrl":
                Purl = json.OptionalIdentifier();
                break;
            case "specVersion":
                SpecVersion = json.Identifier();
                break;
            case "created":
                Created = json.Timestamp();
                break;
            case "simplelicensing_licenseExpression":
                License = json.Text() is { } text ? LicenseText.Kept(text) : null;
                break;
            case "from":
                From = json.Identifier();
                break;
            case "to":
                To = Ids(ref json);
                break;
            case "relationshipType":
                RelationshipType = json.Identifier()?.Replace("_", string.Empty, StringComparison.Ordinal).ToLowerInvariant() ?? string.Empty;
                break;
            case "rootElement":
                Roots = Ids(ref json);
                break;
            case "verifiedUsing":
                Each(ref json, Hash);
                break;
            case "externalIdentifier":
                Each(ref json, ExternalIdentifier);
                break;
            case "security_severity":
                Severity = json.Identifier();
                break;
            case "security_score":
                ScoreText = json.Kind == System.Text.Json.JsonTokenType.Number ? json.NumberText() : null;
                Score = json.Number();
                break;
            case "security_justificationType":
                Justification = json.Identifier();
                break;
            case "security_impactStatement":
                ImpactStatement = json.Text();
                break;
            case "security_modifiedTime" or "security_publishedTime":
                Modified = json.Timestamp() ?? Modified;
                break;
        }
    }

    // The schema wants a list; a single value is common.
    private static ImmutableArray<string> Ids(ref JsonCursor json)
    {
        if (json.Kind == System.Text.Json.JsonTokenType.String)
        {
            return json.Identifier() is { } single ? [single] : [];
        }

        var ids = ImmutableArray.CreateBuilder<string>();
        if (json.EnterArray())
        {
            while (json.NextItem())
            {
                if (ids.Count == EvidenceLimits.Edges)
                {
                    JsonCursor.Refuse($"more than {EvidenceLimits.Edges} elements are related to one");
                }

                if (json.Identifier() is { } id)
                {
                    ids.Add(id);
                }
            }
        }

        return ids.DrainToImmutable();
    }

    /// <summary>Reads the objects of a list; ids of separate elements, which one generator writes there, are passed over.</summary>
    private static void Each(ref JsonCursor json, JsonBody read)
    {
        if (!json.EnterArray())
        {
            return;
        }

        while (json.NextItem())
        {
            if (json.Kind == System.Text.Json.JsonTokenType.StartObject)
            {
                read(ref json);
            }
        }
    }

    private void Hash(ref JsonCursor json)
    {
        string? algorithm = null, value = null, type = null;
        json.EnterObject();
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "type":
                    type = json.Identifier();
                    break;
                case "algorithm":
                    algorithm = json.Identifier();
                    break;
                case "hashValue":
                    value = json.Identifier();
                    break;
            }
        }

        if (type != "Hash" || algorithm is null || value is null)
        {
            return;
        }

        if (!HashText.Fits(algorithm, value))
        {
            json.Error($"is no {Shown.Quoted(algorithm)} in hexadecimal");
            return;
        }

        HasStrongHash |= HashText.IsStrong(algorithm);
        Sha256 = HashText.IsSha256(algorithm) && Digest.TryParse(value, null, out var digest) ? Sha256.Add(digest) : Sha256;
    }

    private void ExternalIdentifier(ref JsonCursor json)
    {
        string? type = null, value = null;
        json.EnterObject();
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "externalIdentifierType":
                    type = json.Identifier();
                    break;
                case "identifier":
                    value = json.OptionalIdentifier();
                    break;
            }
        }

        if (value is null)
        {
            return;
        }

        if (type is "packageUrl" or "purl")
        {
            Purl ??= value;
        }
        else if (type is "cve" or "securityOther" && Identifiers.Count < EvidenceLimits.Aliases)
        {
            Identifiers.Add(value);
        }
    }
}
