using System.Text.Json;
using Governance.Core.Events;
using Governance.Core.Evidence;
using Governance.Core.Policy;

namespace Governance.Core.Tests.Policy;

public sealed class PolicyChecks
{
    [Theory]
    [InlineData(Ring.Lab)]
    [InlineData(Ring.Canary)]
    [InlineData(Ring.Pilot)]
    [InlineData(Ring.Department)]
    [InlineData(Ring.Global)]
    public void A_harmless_complete_app_is_allowed_in_every_ring(Ring ring)
    {
        var check = Run(Pack.Request(Pack.Harmless, ring));

        Assert.Equal((PolicyVerdict.Allowed, 1), (check.Verdict, check.Quorum));
        Assert.Equal([$"score {check.Score} is at most 50"], check.Reasons);
        Assert.True(check.Completeness.IsCompleteFor(Ring.Global));
    }

    [Theory]
    [InlineData(Ring.Lab, PolicyVerdict.Blocked)]
    [InlineData(Ring.Global, PolicyVerdict.Blocked)]
    public void A_critical_finding_without_an_exception_blocks(Ring ring, PolicyVerdict verdict)
    {
        var check = Run(Pack.Request(Pack.Harmless with { Scan = Pack.ScanOf(Pack.Finding("CVE-2026-1", Severity.Critical)) }, ring));

        Assert.Equal(verdict, check.Verdict);
        Assert.Equal(["No critical finding without an approved exception: 1 critical findings, at most 0 allowed"], check.Reasons);
    }

    [Fact]
    public void With_an_exception_it_does_not_and_the_check_names_what_it_rests_on()
    {
        var check = Run(Pack.Request(Pack.Harmless with { Scan = Pack.ScanOf(Pack.Finding("CVE-2026-1", Severity.Critical)) }) with
        {
            Exceptions = [Pack.Except(Pack.Exception1, "CVE-2026-1"), Pack.Except(Pack.Exception2, "CVE-2026-9")],
        });

        Assert.Equal(PolicyVerdict.Allowed, check.Verdict);
        Assert.Equal([Pack.Exception1], check.ExceptionIds);
    }

    [Fact]
    public void A_score_that_an_exception_lowers_rests_on_it_whatever_the_rules_say()
    {
        var request = Pack.Request(Pack.Harmless with { Scan = Pack.ScanOf(Pack.Finding("CVE-2026-1", Severity.Critical), Pack.Finding("CVE-2026-2", Severity.High)) }) with
        {
            Exceptions = [Pack.Except(Pack.Exception1, "CVE-2026-1"), Pack.Except(Pack.Exception2, "CVE-2026-2")],
        };

        Assert.Equal([Pack.Exception1], PolicyCheck.Run(request, RiskModel.V1, Sets.Of()).ExceptionIds);
    }

    [Fact]
    public void Exceptions_are_counted_by_the_severity_of_what_they_cover()
    {
        var findings = Enum.GetValues<Severity>().Select((severity, i) => Pack.Finding($"CVE-2026-{i}", severity)).ToArray();
        var request = Pack.Request(Pack.Harmless with { Scan = Pack.ScanOf([.. findings, Pack.Finding("CVE-2026-9", Severity.Low)]) }) with
        {
            Exceptions = [new(Pack.Exception1, [.. findings.Select(finding => finding.Id)], null, Pack.Noon.AddDays(1)), Pack.Except(Pack.Exception2, "CVE-2026-9", findings[0].Id)],
        };

        Assert.Equal(
            [new CoveredFindings(Pack.Exception1, new(1, 1, 1, 1, 1, 1)), new CoveredFindings(Pack.Exception2, new(0, 0, 0, 1))],
            PolicyCheck.Read(request, PolicySet.V1).Evidence?.Scan?.Covered);
    }

    [Theory]
    [InlineData(Ring.Lab, true, false, PolicyVerdict.CabRequired)]
    [InlineData(Ring.Canary, true, false, PolicyVerdict.CabRequired)]
    [InlineData(Ring.Pilot, true, false, PolicyVerdict.Blocked)]
    [InlineData(Ring.Global, true, false, PolicyVerdict.Blocked)]
    [InlineData(Ring.Lab, false, true, PolicyVerdict.CabRequired)]
    [InlineData(Ring.Canary, false, true, PolicyVerdict.CabRequired)]
    [InlineData(Ring.Pilot, false, true, PolicyVerdict.Blocked)]
    public void Without_SBOM_or_scan_the_CAB_decides_and_from_PILOT_it_is_blocked(Ring ring, bool scan, bool sbom, PolicyVerdict verdict) => Assert.Equal(
        verdict,
        Run(Pack.Request(Pack.Harmless with { Scan = scan ? Pack.Harmless.Scan : null, Sbom = sbom ? Pack.Harmless.Sbom : null }, ring)).Verdict);

    [Fact]
    public void An_unsigned_artifact_goes_to_the_CAB()
    {
        var check = Run(Pack.Request(Pack.Harmless with { Signature = Pack.Signed with { Status = SignatureStatus.None } }));

        Assert.Equal(PolicyVerdict.CabRequired, check.Verdict);
        Assert.Equal(["The artifact is signed: the artifact is not signed"], check.Reasons);
    }

    [Theory]
    [InlineData(Ring.Canary, PolicyVerdict.Allowed)]
    [InlineData(Ring.Pilot, PolicyVerdict.Blocked)]
    [InlineData(Ring.Department, PolicyVerdict.Blocked)]
    public void A_rollback_plan_that_was_not_tried_blocks_from_PILOT(Ring ring, PolicyVerdict verdict) =>
        Assert.Equal(verdict, Run(Pack.Request(Pack.Harmless with { RollbackPlan = new("1.2.2", null, null, null) }, ring)).Verdict);

    [Theory]
    [InlineData(ToolCategory.Security)]
    [InlineData(ToolCategory.Administration)]
    public void Security_and_administration_tools_go_to_the_CAB(ToolCategory category) => Assert.Equal(
        PolicyVerdict.CabRequired, Run(Pack.Request(Pack.Harmless with { Behaviour = Pack.Quiet with { ToolCategory = category } })).Verdict);

    [Theory]
    [InlineData(29, PolicyVerdict.Allowed)]
    [InlineData(30, PolicyVerdict.Allowed)]
    [InlineData(31, PolicyVerdict.CabRequired)]
    public void A_scan_older_than_30_days_goes_to_the_CAB(int days, PolicyVerdict verdict) => Assert.Equal(
        verdict, Run(Pack.Request(Pack.Harmless with { Scan = Pack.Scan(new(0, 0, 0, 0), Pack.Noon.AddDays(-days)) })).Verdict);

    [Fact]
    public void A_block_wins_over_what_needs_the_CAB()
    {
        var check = Run(Pack.Request(null, Ring.Global));

        Assert.Equal(PolicyVerdict.Blocked, check.Verdict);
        Assert.Equal(
            [
                "An SBOM is stored before many devices are reached: no SBOM is stored",
                "A scan is stored before many devices are reached: no scan is stored",
                "The rollback plan was tried with success: no rollback plan is stored",
            ],
            check.Reasons);
    }

    [Fact]
    public void Without_any_evidence_in_the_lab_the_CAB_decides_with_two_people()
    {
        var check = Run(Pack.Request(null));

        Assert.Equal((PolicyVerdict.CabRequired, 85, 2), (check.Verdict, check.Score, check.Quorum));
        Assert.Equal(
            [
                "score 85 is above 50",
                "An SBOM is stored: no SBOM is stored",
                "A scan is stored and not older than 30 days: no scan is stored",
                "The artifact is signed: no signature is stated",
                "Security and administration tools go to the CAB: the tool's category is not stated",
            ],
            check.Reasons);
        Assert.Null(check.Inputs.Evidence);
    }

    [Fact]
    public void An_application_without_a_known_human_needs_two_approvers_whatever_the_score()
    {
        var request = Pack.Request(Pack.Harmless) with { SubmittedBy = Actor.App(Pack.Pipeline) };

        var nobody = Run(request);

        Assert.Equal((PolicyVerdict.CabRequired, 2), (nobody.Verdict, nobody.Quorum));
        Assert.Equal(["an application submitted it and no human is known, so two approvers decide"], nobody.Reasons);
        Assert.Equal((PolicyVerdict.Allowed, 1), Decided(request with { Owners = [Pack.Alice] }));
        Assert.Equal((PolicyVerdict.Allowed, 1), Decided(request with { Evidence = Pack.Harmless with { BuildInfo = new("ci", null, null, null, Pack.Alice) } }));
        Assert.Equal((PolicyVerdict.Allowed, 1), Decided(request with { SubmittedBy = Actor.User(Pack.Alice) }));
        Assert.Equal((PolicyVerdict.CabRequired, 2), Decided(request with { Evidence = Pack.Harmless with { BuildInfo = new("ci", null, null, null, null) } }));
    }

    [Fact]
    public void A_check_is_computed_again_from_its_record_alone() => Generated.Check(request =>
    {
        var check = Run(request);
        var record = JsonSerializer.Serialize(check, PolicyJson.Default.PolicyCheckResult);
        var read = JsonSerializer.Deserialize(record, PolicyJson.Default.PolicyCheckResult);

        Assert.NotNull(read);
        Assert.Equal(check, read);
        Assert.Equal(check, PolicyCheck.Judge(read.Inputs, RiskModel.V1, PolicySet.V1));
        Assert.Equal(record, JsonSerializer.Serialize(PolicyCheck.Judge(read.Inputs, RiskModel.V1, PolicySet.V1), PolicyJson.Default.PolicyCheckResult));
    });

    [Fact]
    public void A_record_holds_no_fraction_and_stays_small_however_large_the_pack_is()
    {
        var components = Enumerable.Range(0, 20_000).Select(i => new SbomComponent(new string('x', 4000), "1", $"pkg:npm/bad-{i}@1", ["GPL-3.0-only"]));
        var findings = Enumerable.Range(0, 5_000).Select(i => Pack.Finding($"CVE-2026-{i}", Severity.Critical));
        var set = Sets.Of(
            Sets.Rule("denied_components", """{ "components": [{ "purl": "pkg:npm/bad-*" }] }"""),
            Sets.Rule("denied_licenses", """{ "licenses": ["GPL-*"] }""", id: "l"));
        var facts = Pack.Harmless with
        {
            Sbom = Pack.Sbom([.. components]),
            Scan = Pack.ScanOf([.. findings]),
            Install = Pack.Install with { Command = new string('c', 100_000), Detection = [new(DetectionType.Script, null, null, null, new string('s', 100_000))] },
            Signature = Pack.Signed with { Publisher = new string('p', 100_000) },
        };

        var record = JsonSerializer.Serialize(PolicyCheck.Run(Pack.Request(facts), RiskModel.V1, set), PolicyJson.Default.PolicyCheckResult);

        Assert.InRange(record.Length, 1_000, 20_000);
        Assert.DoesNotMatch("\":-?[0-9]+[.eE]", record);
    }

    [Fact]
    public void Words_and_names_stand_on_the_wire_as_the_contract_has_them()
    {
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(Run(Pack.Request(Pack.Harmless)), PolicyJson.Default.PolicyCheckResult));
        var root = json.RootElement;

        Assert.Equal("ALLOWED", root.GetProperty("verdict").GetString());
        Assert.Equal("AUTOMATED_ALLOWED", root.GetProperty("risk_outcome").GetString());
        Assert.Equal("1.0", root.GetProperty("model").GetProperty("version").GetString());
        Assert.Equal(64, root.GetProperty("policy_set").GetProperty("sha256").GetString()?.Length);
        Assert.Equal("BLOCK", root.GetProperty("rules")[0].GetProperty("effect").GetString());
        Assert.Equal("pass", root.GetProperty("rules")[0].GetProperty("result").GetString());
        Assert.Equal(20, root.GetProperty("factors")[0].GetProperty("value").GetInt32());
        Assert.Equal("$.install.context", root.GetProperty("factors")[0].GetProperty("evidence_path").GetString());
        Assert.Equal("LAB", root.GetProperty("inputs").GetProperty("target_ring").GetString());
        Assert.Equal(0, root.GetProperty("inputs").GetProperty("history").GetProperty("incidents").GetProperty("security").GetInt32());
        Assert.Equal("present", root.GetProperty("completeness").GetProperty("items")[0].GetProperty("state").GetString());
    }

    [Fact]
    public void The_order_of_components_findings_and_exceptions_does_not_matter_to_verdict_and_score() => Generated.Check(request =>
    {
        if (request.Evidence is not { Sbom: { } sbom, Scan: { } scan } facts)
        {
            return;
        }

        var shuffled = request with
        {
            Evidence = facts with { Sbom = sbom with { Components = [.. sbom.Components.Reverse()] }, Scan = scan with { Open = [.. scan.Open.Reverse()] } },
        };

        Assert.Equal(Run(request), Run(shuffled));
    });

    [Fact]
    public void A_new_set_does_not_reach_back_and_only_a_new_block_holds()
    {
        var request = Pack.Request(Pack.Harmless with { Sbom = null, Tests = null });
        var last = PolicyCheck.Run(request, RiskModel.V1, Sets.Of(Sets.Rule("require_sbom", "{}", "BLOCK", id: "old")));
        var active = Sets.Of(
            Sets.Rule("require_sbom", "{}", "BLOCK", id: "old"),
            Sets.Rule("require_test_evidence", "{}", "BLOCK", id: "new"),
            Sets.Rule("require_sbom", "{}", "REQUIRE_CAB", id: "cab"),
            Sets.Rule("require_rollback_plan", "{}", "BLOCK", id: "passes"));

        var again = PolicyCheck.AtPromotion(request, active, last);

        Assert.Equal(["new"], again.NewBlocks.Select(rule => rule.Id));
        Assert.True(again.RollbackPlanValidated);
    }

    [Fact]
    public void At_a_promotion_nothing_known_is_nothing_validated()
    {
        var last = Run(Pack.Request(Pack.Harmless));

        var again = PolicyCheck.AtPromotion(Pack.Request(null, Ring.Pilot), PolicySet.V1, last);

        Assert.False(again.RollbackPlanValidated);
        Assert.False(again.Completeness.IsCompleteFor(Ring.Lab));
        Assert.Equal(["sbom-from-pilot", "scan-from-pilot", "rollback-plan"], again.NewBlocks.Select(rule => rule.Id));
    }

    private static PolicyCheckResult Run(PolicyCheckRequest request) => PolicyCheck.Run(request, RiskModel.V1, PolicySet.V1);

    private static (PolicyVerdict Verdict, int Quorum) Decided(PolicyCheckRequest request)
    {
        var check = Run(request);
        return (check.Verdict, check.Quorum);
    }
}
