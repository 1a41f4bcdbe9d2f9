using System.Text;
using Governance.Core.Policy;

namespace Governance.Core.Tests.Policy;

/// <summary>Policy sets of a test's own making.</summary>
internal static class Sets
{
    /// <summary>A set of one rule with the id <c>r</c>.</summary>
    public static PolicySet With(string kind, string parameters, string effect = "BLOCK", string? fromRing = null) =>
        Load(File(Rule(kind, parameters, effect, fromRing))).OrThrow("the test's set");

    public static PolicySet Of(params string[] rules) => Load(File(rules)).OrThrow("the test's set");

    public static string Rule(string kind, string parameters, string effect = "BLOCK", string? fromRing = null, string id = "r")
    {
        var from = fromRing is null ? string.Empty : $", \"from_ring\": \"{fromRing}\"";
        return $$"""{ "id": "{{id}}", "title": "The rule", "kind": "{{kind}}", "parameters": {{parameters}}, "effect": "{{effect}}"{{from}} }""";
    }

    public static string File(params string[] rules) => $$"""{ "version": "test", "rules": [ {{string.Join(", ", rules)}} ], "complete_evidence": [] }""";

    public static Loaded<PolicySet> Load(string json) => PolicySet.Load(Encoding.UTF8.GetBytes(json));

    /// <summary>What the set's only rule says of this request.</summary>
    public static RuleResult Ask(this PolicySet set, PolicyCheckRequest request) => Assert.Single(set.Evaluate(PolicyCheck.Read(request, set)).Rules);

    /// <summary>Result and reason of the set's only rule.</summary>
    public static (RuleOutcome Result, string Reason) Say(this PolicySet set, PolicyCheckRequest request)
    {
        var result = set.Ask(request);
        return (result.Result, result.Reason);
    }
}
