using System.Collections.Immutable;
using Governance.Core.Policy.Rules;

namespace Governance.Core.Policy;

/// <summary>Reads and validates a policy set's file.</summary>
internal static class PolicySetFile
{
    private static readonly Dictionary<string, RuleEffect> Effects = new()
    {
        ["BLOCK"] = RuleEffect.Block,
        ["REQUIRE_CAB"] = RuleEffect.RequireCab,
        ["WARN"] = RuleEffect.Warn,
    };

    private static readonly Dictionary<string, Func<DataNode, Condition>> Kinds = new()
    {
        ["max_findings"] = MaxFindings.Read,
        ["require_sbom"] = parameters => Without(parameters, new RequireSbom()),
        ["require_scan"] = RequireScan.Read,
        ["require_signature"] = RequireSignature.Read,
        ["require_provenance"] = RequireProvenance.Read,
        ["denied_licenses"] = DeniedLicenses.Read,
        ["denied_components"] = DeniedPackages.Read,
        ["require_rollback_plan"] = parameters => Without(parameters, new RequireRollbackPlan()),
        ["require_test_evidence"] = RequireTestEvidence.Read,
        ["freeze_window"] = FreezeWindow.Read,
        ["max_scope"] = MaxScope.Read,
        ["always_cab"] = AlwaysCab.Read,
    };

    private static readonly Dictionary<string, Ring> RingNames = Rings.All.ToDictionary(ring => ring.WireName());

    /// <inheritdoc cref="PolicySet.Load"/>
    public static Loaded<PolicySet> Read(ReadOnlyMemory<byte> json) => DataFile.Read<PolicySet>(json, (root, identity) =>
    {
        root.Only("version", "rules", "complete_evidence");
        var rules = ImmutableArray.CreateBuilder<Rule>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in root.Objects("rules"))
        {
            if (Rule(node) is { } rule)
            {
                rules.Add(rule);
                if (!ids.Add(rule.Id))
                {
                    node.Problem($"rule '{rule.Id}' stands here twice.");
                }
            }
        }

        return new(identity, json, rules.ToImmutable(), [.. root.Objects("complete_evidence").Select(Needed)]);
    });

    private static Rule? Rule(DataNode node)
    {
        node.Only("id", "title", "kind", "parameters", "effect", "from_ring");
        var (id, title, kind) = (node.Text("id"), node.Text("title"), node.Text("kind"));
        var effect = node.Word("effect", Effects);
        Ring? from = node.Has("from_ring") ? node.Word("from_ring", RingNames) : null;
        var parameters = node.Object("parameters");
        if (!Kinds.TryGetValue(kind, out var read))
        {
            node.Problem($"'{kind}' is no kind of rule; known are {string.Join(", ", Kinds.Keys)}.");
            return null;
        }

        var condition = read(parameters);
        if (condition is FreezeWindow && effect != RuleEffect.Warn)
        {
            node.Problem("a freeze_window only warns at the check: its effect must be WARN.");
        }

        return new(id, title, kind, effect, from, condition);
    }

    private static NeededEvidence Needed(DataNode node)
    {
        node.Only("item", "needed_for", "max_age_days");
        var item = node.Word("item", EvidenceItems.ByName);
        int? maxAge = node.Has("max_age_days") ? node.Integer("max_age_days", 1, 3650) : null;
        if (maxAge is not null && item != EvidenceItem.Scan)
        {
            node.Problem("only a scan has an age.");
        }

        return new(item, node.Word("needed_for", RingNames), maxAge);
    }

    private static Condition Without(DataNode parameters, Condition condition)
    {
        parameters.Only();
        return condition;
    }
}
