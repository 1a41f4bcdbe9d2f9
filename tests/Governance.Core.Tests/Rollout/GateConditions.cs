using Governance.Core.Deployments;
using Governance.Core.Policy;
using Governance.Core.Rollout;
using Governance.Core.Tests.Policy;
using static Governance.Core.Rollout.GateResult;

namespace Governance.Core.Tests.Rollout;

public sealed class GateConditions
{
    private static readonly RuleResult Block = new("r", "No luck", "max_findings", RuleEffect.Block, RuleOutcome.Fail, "1 critical findings", "$.scan_results", []);

    [Fact]
    public void A_security_incident_fails_every_gate_at_once()
    {
        var incident = new IncidentCounts(0, 0, 0, 1);

        Assert.Equal(
            (Fail, "security incidents: 1; observed for 1 h, 24 h needed"),
            Said(Gate.Leaving(Ring.Lab) with { Incidents = incident, Measured = Gate.Measured(Gate.Results(), TimeSpan.FromHours(1)) }));
        Assert.Equal((Fail, "security incidents: 1"), Said(Gate.Completing(Ring.Global) with { Incidents = incident }));
        Assert.Equal((Fail, "security incidents: 1"), Said(Gate.First(Ring.Lab) with { Incidents = incident }));
    }

    [Fact]
    public void Other_incidents_do_not_fail_a_gate_by_themselves() =>
        Assert.Equal(Pass, Gate.Judge(Gate.Leaving(Ring.Lab) with { Incidents = new(9, 9, 9, 0) }).Verdict);

    [Fact]
    public void An_approval_that_does_not_stand_fails_every_gate()
    {
        Assert.Equal((Fail, "the approval does not stand"), Said(Gate.Leaving(Ring.Pilot) with { ApprovalStands = false }));
        Assert.Equal((Fail, "the approval does not stand"), Said(Gate.Completing(Ring.Pilot) with { ApprovalStands = false }));
    }

    [Fact]
    public void An_exception_that_ended_fails_every_gate()
    {
        Assert.Equal((Fail, $"exceptions have ended: {Pack.Exception1}"), Said(Gate.Leaving(Ring.Pilot) with { EndedExceptions = [Pack.Exception1] }));
        Assert.Equal((Fail, $"exceptions have ended: {Pack.Exception1}"), Said(Gate.Completing(Ring.Pilot) with { EndedExceptions = [Pack.Exception1] }));
    }

    [Fact]
    public void A_new_block_holds_a_promotion_and_not_the_completion()
    {
        Assert.Equal((Fail, "the active policy set forbids it: No luck: 1 critical findings"), Said(Gate.Leaving(Ring.Pilot) with { NewBlocks = [Block] }));
        Assert.Equal(Pass, Gate.Judge(Gate.Completing(Ring.Pilot) with { NewBlocks = [Block] }).Verdict);
    }

    [Theory]
    [InlineData(Ring.Lab, Pass)]
    [InlineData(Ring.Canary, Fail)]
    [InlineData(Ring.Pilot, Fail)]
    [InlineData(Ring.Department, Fail)]
    public void Beyond_CANARY_the_rollback_plan_must_have_been_tried(Ring leaving, GateResult verdict) =>
        Assert.Equal(verdict, Gate.Judge(Gate.Leaving(leaving) with { RollbackPlanValidated = false }).Verdict);

    [Fact]
    public void Leaving_the_lab_needs_complete_evidence_for_CANARY()
    {
        var incomplete = PolicySet.V1.CompletenessOf(Pack.Inputs(Pack.Harmless with { Sbom = null, Tests = null }));

        Assert.Equal((Fail, "the evidence is not complete for CANARY: no SBOM is stored"), Said(Gate.Leaving(Ring.Lab) with { Completeness = incomplete }));
        Assert.Equal((Fail, "the evidence is not complete for CANARY: no evidence is linked"), Said(Gate.Leaving(Ring.Lab) with { Completeness = null }));
        Assert.Equal(Pass, Gate.Judge(Gate.Leaving(Ring.Canary) with { Completeness = incomplete }).Verdict);
    }

    [Fact]
    public void Completing_looks_at_rate_and_period_and_touches_no_device() => Assert.Equal(
        Pass,
        Gate.Judge(Gate.Completing(Ring.Canary) with
        {
            RollbackPlanValidated = false,
            Completeness = null,
            Freeze = new("f", "Holidays", Gate.Noon.AddDays(1)),
            Conditions = [Gate.NotBefore(Gate.Noon.AddDays(1)), Gate.NotAfter(Gate.Noon.AddDays(-1)), Gate.MaxRing(Ring.Lab)],
        }).Verdict);

    [Fact]
    public void A_freeze_holds_and_is_looked_at_again_at_its_end()
    {
        var judged = Gate.Judge(Gate.Leaving(Ring.Pilot) with { Freeze = new("f", "Holidays", Gate.Noon.AddDays(9)) });

        Assert.Equal((Inconclusive, "frozen until 2026-03-12T12:00:00Z: Holidays"), (judged.Verdict, judged.Reason));
        Assert.Equal(Gate.Noon.AddDays(9), judged.LookAgainAt);
    }

    [Theory]
    [InlineData(-1, Pass)]
    [InlineData(0, Pass)]
    [InlineData(1, Inconclusive)]
    public void A_not_before_condition_holds_until_its_instant(int ticks, GateResult verdict)
    {
        var earliest = Gate.Noon.AddTicks(ticks);

        var judged = Gate.Judge(Gate.Leaving(Ring.Pilot) with { Conditions = [Gate.NotBefore(earliest)] });

        Assert.Equal(verdict, judged.Verdict);
        Assert.Equal(verdict == Pass ? null : earliest, judged.LookAgainAt);
    }

    [Fact]
    public void Of_a_freeze_and_a_not_before_condition_the_later_instant_is_looked_at() => Assert.Equal(
        Gate.Noon.AddDays(5),
        Gate.Judge(Gate.Leaving(Ring.Pilot) with { Conditions = [Gate.NotBefore(Gate.Noon.AddDays(5))], Freeze = new("f", "Holidays", Gate.Noon.AddDays(2)) }).LookAgainAt);

    [Theory]
    [InlineData(-1, Fail)]
    [InlineData(0, Pass)]
    [InlineData(1, Pass)]
    public void A_not_after_condition_fails_once_its_instant_is_past(int ticks, GateResult verdict) =>
        Assert.Equal(verdict, Gate.Judge(Gate.Leaving(Ring.Pilot) with { Conditions = [Gate.NotAfter(Gate.Noon.AddTicks(ticks))] }).Verdict);

    [Theory]
    [InlineData(Ring.Canary, Fail)]
    [InlineData(Ring.Pilot, Pass)]
    [InlineData(Ring.Department, Pass)]
    public void A_condition_on_the_furthest_ring_is_kept(Ring furthest, GateResult verdict) =>
        Assert.Equal(verdict, Gate.Judge(Gate.Leaving(Ring.Canary) with { Conditions = [Gate.MaxRing(furthest)] }).Verdict);

    [Theory]
    [InlineData(9949, 9950, Fail, "9949 of 10000 devices succeeded, 9950 needed for 99.5 %")]
    [InlineData(9950, 9950, Pass, "9950 of 10000 devices succeeded, 9950 needed for 99.5 %")]
    [InlineData(9951, 9950, Pass, "9951 of 10000 devices succeeded, 9950 needed for 99.5 %")]
    [InlineData(9974, 9975, Fail, "9974 of 10000 devices succeeded, 9975 needed for 99.75 %")]
    [InlineData(9699, 5000, Fail, "9699 of 10000 devices succeeded, 9700 needed for 97 %")]
    public void The_CAB_may_ask_for_a_higher_rate_and_never_lowers_the_rows(int succeeded, int basisPoints, GateResult verdict, string arithmetic)
    {
        var judged = Gate.Judge(Gate.Leaving(Ring.Canary) with
        {
            Conditions = [Gate.MinRate(basisPoints)],
            Measured = Gate.Measured(Gate.Results(succeeded, 10_000 - succeeded)),
        });

        Assert.Equal(verdict, judged.Verdict);
        Assert.StartsWith(arithmetic, judged.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(47, Inconclusive)]
    [InlineData(100, Inconclusive)]
    [InlineData(101, Pass)]
    [InlineData(102, Pass)]
    public void The_CAB_may_ask_for_a_longer_observation(int observed, GateResult verdict) => Assert.Equal(
        verdict,
        Gate.Judge(Gate.Leaving(Ring.Canary) with
        {
            Conditions = [Gate.Observe(101), Gate.Observe(1)],
            Measured = Gate.Measured(Gate.Results(), TimeSpan.FromHours(observed)),
        }).Verdict);

    [Fact]
    public void A_known_failure_wins_over_no_answer_and_no_answer_over_waiting()
    {
        var silent = Gate.Leaving(Ring.Canary) with { Measured = Gate.Measured(null), Freeze = new("f", "Holidays", Gate.Noon.AddDays(1)) };

        Assert.Equal(Unavailable, Gate.Judge(silent).Verdict);
        Assert.Equal(Fail, Gate.Judge(silent with { ApprovalStands = false }).Verdict);
    }

    [Fact]
    public void The_same_inputs_give_the_same_verdict_whatever_the_order_of_conditions()
    {
        var inputs = Gate.Leaving(Ring.Canary) with
        {
            Conditions = [Gate.Observe(50), Gate.MinRate(9800), Gate.Observe(60), Gate.MaxRing(Ring.Global), Gate.MaxRing(Ring.Pilot)],
        };
        var shuffled = inputs with { Conditions = [.. inputs.Conditions.Reverse()] };
        var first = Gate.Judge(inputs);

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(first, Gate.Judge(i % 2 == 0 ? inputs : shuffled));
        }
    }

    [Fact]
    public void There_is_no_promotion_out_of_GLOBAL() => Assert.Throws<ArgumentOutOfRangeException>(() => GateStep.Promotion(Ring.Global));

    private static (GateResult Verdict, string Reason) Said(GateInputs inputs)
    {
        var judged = Gate.Judge(inputs);
        return (judged.Verdict, judged.Reason);
    }
}
