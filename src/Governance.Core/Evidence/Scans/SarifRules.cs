using System.Globalization;
using System.Text.Json;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Scans;

/// <summary>A run's tool: driver and extensions with their rules.</summary>
internal sealed class SarifRules
{
    private static readonly string[] SecretScanners = ["gitleaks", "trufflehog", "detect-secrets"];
    private readonly List<SarifRule> _driver = [];
    private readonly List<List<SarifRule>> _extensions = [];
    private Dictionary<string, SarifRule>? _byId;

    /// <summary>The driver's name; null where none is stated.</summary>
    public string? Tool { get; private set; }

    /// <summary>Whether the tool looks for secrets, which are no vulnerabilities.</summary>
    public bool IsSecretScanner => Tool is not null && SecretScanners.Contains(Tool, StringComparer.OrdinalIgnoreCase);

    public void ReadTool(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return;
        }

        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "driver":
                    Component(ref json, _driver, isDriver: true);
                    break;
                case "extensions" when !json.IsNull() && json.EnterArray():
                    while (json.NextItem())
                    {
                        if (_extensions.Count == EvidenceLimits.SarifExtensions)
                        {
                            JsonCursor.Refuse($"more than {EvidenceLimits.SarifExtensions} extensions");
                        }

                        var rules = new List<SarifRule>();
                        _extensions.Add(rules);
                        Component(ref json, rules, isDriver: false);
                    }

                    break;
            }
        }
    }

    /// <summary>A result's rule: by extension and index, by the driver's index, then by id; a hierarchical id <c>CA1000/1</c> falls back to <c>CA1000</c>.</summary>
    public SarifRule? Of(SarifResult result)
    {
        if (result.Extension is { } extension && result.RuleIndex is { } inExtension)
        {
            return At(extension < _extensions.Count ? _extensions[extension] : [], inExtension);
        }

        if (result.RuleIndex is { } index && At(_driver, index) is { } rule)
        {
            return rule;
        }

        return result.RuleId is { } id ? ById(id) ?? (id.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? ById(id[..slash]) : null) : null;
    }

    private static SarifRule? At(List<SarifRule> rules, int index) => index < rules.Count ? rules[index] : null;

    private SarifRule? ById(string id)
    {
        if (_byId is null)
        {
            _byId = new(StringComparer.Ordinal);
            foreach (var rule in _driver.Concat(_extensions.SelectMany(e => e)))
            {
                _ = rule.Id is not null && _byId.TryAdd(rule.Id, rule);
            }
        }

        return _byId.GetValueOrDefault(id);
    }

    private void Component(ref JsonCursor json, List<SarifRule> rules, bool isDriver)
    {
        if (!json.EnterObject())
        {
            return;
        }

        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "name" when isDriver:
                    Tool = json.Identifier();
                    break;
                case "rules" when !json.IsNull() && json.EnterArray():
                    while (json.NextItem())
                    {
                        if (rules.Count == EvidenceLimits.SarifResults)
                        {
                            JsonCursor.Refuse($"more than {EvidenceLimits.SarifResults} rules");
                        }

                        rules.Add(SarifRule.Read(ref json));
                    }

                    break;
            }
        }
    }
}

/// <summary>What is read of a rule.</summary>
/// <param name="Level">The default level of its results.</param>
/// <param name="Score">Its <c>security-severity</c>.</param>
/// <param name="IsOther">Whether its tags say that it is about secrets, configuration or licences.</param>
internal sealed record SarifRule(string? Id, string? Level, string? Score, bool IsOther)
{
    public static SarifRule Read(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return new(null, null, null, false);
        }

        string? id = null, level = null, score = null;
        var isOther = false;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "id":
                    id = json.OptionalIdentifier();
                    break;
                case "defaultConfiguration" when json.Kind == JsonTokenType.StartObject:
                    json.EnterObject();
                    while (json.NextProperty())
                    {
                        level = json.Name == "level" ? json.OptionalIdentifier() : level;
                    }

                    break;
                case "properties" when json.Kind == JsonTokenType.StartObject:
                    score = SarifProperties.Read(ref json, ref isOther);
                    break;
            }
        }

        return new(id, level, score, isOther);
    }
}

/// <summary>The property bag of a rule or a result.</summary>
internal static class SarifProperties
{
    /// <summary>Reads a bag; gives its <c>security-severity</c>, a number in text that some tools write as a number.</summary>
    public static string? Read(ref JsonCursor json, ref bool isOther)
    {
        string? score = null;
        json.EnterObject();
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "security-severity" when json.Kind == JsonTokenType.String:
                    score = json.Text();
                    break;
                case "security-severity" when json.Kind == JsonTokenType.Number:
                    score = json.NumberText();
                    break;
                case "tags" when json.Kind == JsonTokenType.StartArray:
                    json.EnterArray();
                    while (json.NextItem())
                    {
                        isOther |= json.Kind == JsonTokenType.String && json.Text() is "secret" or "misconfiguration" or "license";
                    }

                    break;
            }
        }

        return score;
    }

    /// <summary>The severity of a score in text; null where it is no number.</summary>
    public static Severity? SeverityOf(string? score) =>
        double.TryParse(score, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && SeverityScale.OfScore(value) is not Severity.Unknown and var severity
            ? severity
            : null;
}
