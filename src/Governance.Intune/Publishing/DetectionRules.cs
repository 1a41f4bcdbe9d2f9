using System.Globalization;
using Governance.Core.Evidence;
using Microsoft.Graph.Models;

namespace Governance.Intune.Publishing;

/// <summary>Translates detection rules of the evidence into Graph's. Pure; v1.0 has one <c>rules</c> collection.</summary>
internal static class DetectionRules
{
    /// <param name="rules">As the evidence states them.</param>
    /// <param name="problems">Takes a sentence for each rule that Intune would refuse.</param>
    public static List<Win32LobAppRule> Of(IReadOnlyList<DetectionRule> rules, List<string> problems)
    {
        if (rules.Count == 0)
        {
            problems.Add("install.detection is missing: Intune must know how to recognise the app.");
        }

        if (rules.Count > 1 && rules.Any(r => r.Type == DetectionType.Script))
        {
            problems.Add("install.detection: a script rule excludes every other rule.");
        }

        if (rules.Count(r => r.Type == DetectionType.Msi) > 1)
        {
            problems.Add("install.detection: an app has at most one msi rule.");
        }

        var result = new List<Win32LobAppRule>(rules.Count);
        for (var i = 0; i < rules.Count; i++)
        {
            if (Of(rules[i]) is { } rule)
            {
                result.Add(rule);
            }
            else
            {
                problems.Add($"install.detection[{i}] is not complete, or its operator and value do not fit its type.");
            }
        }

        return result;
    }

    private static Win32LobAppRule? Of(DetectionRule rule) => (rule.Type, rule.Operator is null ? (Win32LobAppRuleOperator?)null : Operator(rule.Operator)) switch
    {
        (_, Win32LobAppRuleOperator.NotConfigured) => null,
        (DetectionType.Script, _) => Script(rule),
        _ when string.IsNullOrWhiteSpace(rule.Path) => null,
        (not DetectionType.Script, not null) when string.IsNullOrWhiteSpace(rule.Value) => null,
        (DetectionType.Msi, var compare) => Msi(rule, compare),
        (DetectionType.File, var compare) => File(rule, compare),
        (DetectionType.Registry, var compare) => Registry(rule, compare),
        _ => null,
    };

    private static Win32LobAppProductCodeRule? Msi(DetectionRule rule, Win32LobAppRuleOperator? compare) => Guid.TryParse(rule.Path, out var product)
        ? new()
        {
            RuleType = Win32LobAppRuleType.Detection,
            ProductCode = product.ToString("B").ToUpperInvariant(),
            ProductVersionOperator = compare ?? Win32LobAppRuleOperator.NotConfigured,
            ProductVersion = compare is null ? null : rule.Value,
        }
        : null;

    private static Win32LobAppFileSystemRule? File(DetectionRule rule, Win32LobAppRuleOperator? compare) => string.IsNullOrWhiteSpace(rule.Name)
        ? null
        : new()
        {
            RuleType = Win32LobAppRuleType.Detection,
            Path = rule.Path,
            FileOrFolderName = rule.Name,
            Check32BitOn64System = false,
            OperationType = compare is null ? Win32LobAppFileSystemOperationType.Exists : Win32LobAppFileSystemOperationType.Version,
            Operator = compare ?? Win32LobAppRuleOperator.NotConfigured,
            ComparisonValue = compare is null ? null : rule.Value,
        };

    private static Win32LobAppRegistryRule? Registry(DetectionRule rule, Win32LobAppRuleOperator? compare)
    {
        var kind = compare is null ? Win32LobAppRegistryRuleOperationType.Exists
            : long.TryParse(rule.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? Win32LobAppRegistryRuleOperationType.Integer
            : Version.TryParse(rule.Value, out _) ? Win32LobAppRegistryRuleOperationType.Version
            : Win32LobAppRegistryRuleOperationType.String;
        var orders = compare is not (null or Win32LobAppRuleOperator.Equal or Win32LobAppRuleOperator.NotEqual);
        return kind == Win32LobAppRegistryRuleOperationType.String && orders
            ? null
            : new()
            {
                RuleType = Win32LobAppRuleType.Detection,
                KeyPath = rule.Path,
                ValueName = rule.Name,
                Check32BitOn64System = false,
                OperationType = kind,
                Operator = compare ?? Win32LobAppRuleOperator.NotConfigured,
                ComparisonValue = compare is null ? null : rule.Value,
            };
    }

    private static Win32LobAppPowerShellScriptRule? Script(DetectionRule rule) =>
        rule.Value is { Length: > 0 } script && Convert.TryFromBase64String(script, new byte[script.Length], out var written) && written > 0
            ? new()
            {
                RuleType = Win32LobAppRuleType.Detection,
                ScriptContent = script,
                EnforceSignatureCheck = false,
                RunAs32Bit = false,
                OperationType = Win32LobAppPowerShellScriptRuleOperationType.NotConfigured,
                Operator = Win32LobAppRuleOperator.NotConfigured,
            }
            : null;

    /// <returns>NotConfigured for a word that is no operator.</returns>
    private static Win32LobAppRuleOperator Operator(string word) => word switch
    {
        "equal" => Win32LobAppRuleOperator.Equal,
        "notEqual" => Win32LobAppRuleOperator.NotEqual,
        "greaterThan" => Win32LobAppRuleOperator.GreaterThan,
        "greaterThanOrEqual" => Win32LobAppRuleOperator.GreaterThanOrEqual,
        "lessThan" => Win32LobAppRuleOperator.LessThan,
        "lessThanOrEqual" => Win32LobAppRuleOperator.LessThanOrEqual,
        _ => Win32LobAppRuleOperator.NotConfigured,
    };
}
