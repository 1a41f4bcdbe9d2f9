using System.Text;
using Governance.Core.Policy;

namespace Governance.Core.Tests.Policy;

public sealed class PolicyFiles
{
    [Fact]
    public void Every_problem_of_a_policy_set_is_listed()
    {
        const string file = """
            {
              "version": "2",
              "rules": [
                { "id": "a", "title": "A", "kind": "max_findings", "parameters": { "severity": "awful", "count": -1, "extra": 1 }, "effect": "FORBID" },
                { "id": "a", "title": "", "kind": "require_luck", "parameters": {}, "effect": "BLOCK", "from_ring": "SPACE", "color": "red" },
                { "id": "b", "title": "B", "kind": "freeze_window", "parameters": { "time_zone": "Mars/Olympus", "ranges": [{ "from": "FRI 16:00", "to": "FRI 16:00" }, { "from": "2026-02-01T00:00", "to": "2026-01-01T00:00" }, { "from": "soon", "to": "later" }], "rings": ["X"], "passes": ["never"] }, "effect": "BLOCK" },
                { "id": "b", "title": "C", "kind": "denied_components", "parameters": { "components": [{ "purl": "left-pad" }, { "purl": "pkg:npm/x@1", "versions": "newest" }] }, "effect": "WARN" },
                { "id": "d", "title": "D", "kind": "max_scope", "parameters": { "devices": { "LABS": 1, "LAB": "many" } }, "effect": "WARN" },
                { "id": "e", "title": "E", "kind": "require_sbom", "parameters": { "size": 1 }, "effect": "WARN" },
                { "id": "f", "title": "F", "kind": "require_signature", "parameters": { "allow_self_signed": "yes" }, "effect": "WARN" },
                7
              ],
              "complete_evidence": [{ "item": "luck", "needed_for": "LAB" }, { "item": "sbom", "needed_for": "LAB", "max_age_days": 3 }],
              "note": 1
            }
            """;

        var refused = Assert.IsType<Loaded<PolicySet>.Refused>(Sets.Load(file));

        Assert.Equal(
            string.Join(
                '\n',
                "$.note: is not known here.",
                "$.rules[0].effect: 'FORBID' is none of BLOCK, REQUIRE_CAB, WARN.",
                "$.rules[0].parameters.extra: is not known here.",
                "$.rules[0].parameters.severity: 'awful' is none of critical, high, medium, low.",
                "$.rules[0].parameters.count: must be an integer from 0 to 1000000.",
                "$.rules[1].color: is not known here.",
                "$.rules[1].title: must be a non-empty text.",
                "$.rules[1].from_ring: 'SPACE' is none of LAB, CANARY, PILOT, DEPARTMENT, GLOBAL.",
                "$.rules[1]: 'require_luck' is no kind of rule; known are max_findings, require_sbom, require_scan, require_signature, require_provenance, denied_licenses, denied_components, require_rollback_plan, require_test_evidence, freeze_window, max_scope, always_cab.",
                "$.rules[2].parameters: 'Mars/Olympus' is no time zone that this machine knows.",
                "$.rules[2].parameters.ranges[0]: 'FRI 16:00' to 'FRI 16:00' is no range: use 2026-12-19T00:00 or FRI 16:00 for both, the end after the start.",
                "$.rules[2].parameters.ranges[1]: '2026-02-01T00:00' to '2026-01-01T00:00' is no range: use 2026-12-19T00:00 or FRI 16:00 for both, the end after the start.",
                "$.rules[2].parameters.ranges[2]: 'soon' to 'later' is no range: use 2026-12-19T00:00 or FRI 16:00 for both, the end after the start.",
                "$.rules[2].parameters.rings[0]: 'X' is none of LAB, CANARY, PILOT, DEPARTMENT, GLOBAL.",
                "$.rules[2].parameters.passes[0]: 'never' is none of standard, urgent.",
                "$.rules[2]: a freeze_window only warns at the check: its effect must be WARN.",
                "$.rules[3].parameters.components[0]: 'left-pad' is no package URL without a version, such as pkg:npm/left-pad.",
                "$.rules[3].parameters.components[1]: 'newest' is no version range, such as >=2.0 <2.17.1.",
                "$.rules[3].parameters.components[1]: 'pkg:npm/x@1' is no package URL without a version, such as pkg:npm/left-pad.",
                "$.rules[3]: rule 'b' stands here twice.",
                "$.rules[4].parameters.devices.LABS: 'LABS' is no ring.",
                "$.rules[4].parameters.devices.LAB: must be an integer from 0 to 10000000.",
                "$.rules[5].parameters.size: is not known here.",
                "$.rules[6].parameters.allow_self_signed: must be true or false.",
                "$.rules[7]: must be an object.",
                "$.complete_evidence[0].item: 'luck' is none of artifact, install, sbom, scan, uninstall, detection, rollout_plan, rollback_plan, test_evidence.",
                "$.complete_evidence[1]: only a scan has an age."),
            string.Join('\n', refused.Problems));
    }

    [Fact]
    public void Every_problem_of_a_risk_model_is_listed()
    {
        var file = Encoding.UTF8.GetString(RiskModel.V1.Source.Span)
            .Replace("\"weight\": 20", "\"weight\": 21", StringComparison.Ordinal)
            .Replace("\"name\": \"history\"", "\"name\": \"astrology\"", StringComparison.Ordinal)
            .Replace("\"id\": \"own\"", "\"id\": \"theirs\"", StringComparison.Ordinal)
            .Replace("\"value\": 0.90 },\n        { \"id\": \"wide\"", "\"value\": 1.01 },\n        { \"id\": \"documents\"", StringComparison.Ordinal)
            .Replace("\"lab_below\": 10", "\"lab_above\": 10", StringComparison.Ordinal)
            .Replace("[\"security\", \"administration\"]", "[\"gaming\"]", StringComparison.Ordinal)
            .Replace("\"value\": 0.00", "\"value\": 0.005", StringComparison.Ordinal);

        var refused = Assert.IsType<Loaded<RiskModel>.Refused>(RiskModel.Load(Encoding.UTF8.GetBytes(file)));

        Assert.Equal(
            string.Join(
                '\n',
                "$.cab_tool_categories[0]: 'gaming' is none of standard, security, administration.",
                "$.factors[3].conditions[0]: 'theirs' is no condition of data_access; known are own, documents, profile, credentials, wide.",
                "$.factors[3].conditions[3].value: must be a number from 0 to 1 with at most two decimals.",
                "$.factors[3].conditions[4]: 'documents' stands here twice.",
                "$.factors[3]: condition 'own' is missing.",
                "$.factors[3]: condition 'wide' is missing.",
                "$.factors[4].conditions[0].value: must be a number from 0 to 1 with at most two decimals.",
                "$.factors[5].parameters.lab_above: is not known here.",
                "$.factors[5].parameters.lab_below: is missing.",
                "$.factors[7]: 'astrology' is no factor; known are privilege_impact, supply_chain_trust, exploitability, data_access, sbom_vulnerability, blast_radius, operational_complexity, history.",
                "$: factor 'history' is missing.",
                "$: the weights sum to 101, not to 100."),
            string.Join('\n', refused.Problems));
    }

    [Theory]
    [InlineData("", "$: not JSON")]
    [InlineData("[]", "$: must be an object.")]
    [InlineData("{} {}", "$: not JSON")]
    [InlineData("{ \"version\": \"1\", \"version\": \"2\" }", "$: not JSON")]
    [InlineData("{ // note\n }", "$: not JSON")]
    public void What_is_no_JSON_object_is_refused(string file, string problem)
    {
        Assert.StartsWith(problem, Assert.Single(Assert.IsType<Loaded<PolicySet>.Refused>(Sets.Load(file)).Problems), StringComparison.Ordinal);
        Assert.StartsWith(problem, Assert.Single(Assert.IsType<Loaded<RiskModel>.Refused>(RiskModel.Load(Encoding.UTF8.GetBytes(file))).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_object_lacks_everything() => Assert.Equal(
        ["$.version: is missing.", "$.rules: is missing.", "$.complete_evidence: is missing."],
        Assert.IsType<Loaded<PolicySet>.Refused>(Sets.Load("{}")).Problems);

    [Fact]
    public void A_file_that_must_be_right_tells_all_its_problems_when_it_is_not() => Assert.Equal(
        "set.json cannot be used: $.rules: is missing. $.complete_evidence: is missing.",
        Assert.Throws<InvalidOperationException>(() => Sets.Load("""{ "version": "1" }""").OrThrow("set.json")).Message);

    [Fact]
    public void A_file_is_named_by_its_version_and_the_digest_of_its_bytes()
    {
        Assert.Equal(new DataVersion("1.0", Digest.Of(RiskModel.V1.Source.Span)), RiskModel.V1.Identity);
        Assert.Equal(new DataVersion("1.0", Digest.Of(PolicySet.V1.Source.Span)), PolicySet.V1.Identity);
        Assert.NotEqual(RiskModel.V1.Identity.Sha256, PolicySet.V1.Identity.Sha256);
    }
}
