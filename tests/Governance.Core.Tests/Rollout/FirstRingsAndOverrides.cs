using System.Text.Json;
using Governance.Core.Deployments;
using Governance.Core.Policy;
using Governance.Core.Rollout;
using Governance.Core.Tests.Policy;
using static Governance.Core.Rollout.GateResult;

namespace Governance.Core.Tests.Rollout;

public sealed class FirstRingsAndOverrides
{
    private static readonly Guid Override = new("00000000-0000-4000-8000-0000000000aa");

    [Fact]
    public void LAB_as_first_ring_needs_no_gate_but_keeps_freezes_and_approvals()
    {
        var judged = Gate.Judge(Gate.First(Ring.Lab));

        Assert.Equal((Pass, "LAB as first ring needs no gate"), (judged.Verdict, judged.Reason));
        Assert.Equal(Inconclusive, Gate.Judge(Gate.First(Ring.Lab) with { Freeze = new("f", "Holidays", Gate.Noon.AddDays(1)) }).Verdict);
        Assert.Equal(Fail, Gate.Judge(Gate.First(Ring.Lab) with { ApprovalStands = false }).Verdict);
    }

    [Theory]
    [InlineData(Ring.Canary, "there are no results of this version in LAB, the ring below")]
    [InlineData(Ring.Pilot, "there are no results of this version in CANARY, the ring below")]
    [InlineData(Ring.Global, "there are no results of this version in DEPARTMENT, the ring below")]
    public void A_first_ring_above_LAB_without_results_below_holds(Ring first, string reason)
    {
        var judged = Gate.Judge(Gate.First(first));

        Assert.Equal((Inconclusive, reason), (judged.Verdict, judged.Reason));
        Assert.Equal([GateCondition.NoResultsBelow], judged.Causes);
        Assert.False(judged.Promotes);
    }

    [Fact]
    public void A_first_ring_is_measured_on_earlier_rollouts_in_the_ring_below()
    {
        var judged = Gate.Judge(Gate.First(Ring.Pilot) with { Measured = Gate.Measured(Gate.Results(96, 4)) });

        Assert.Equal((Fail, "96 of 100 devices succeeded, 97 needed for 97 %"), (judged.Verdict, judged.Reason));
        Assert.Equal(GateSource.EarlierRollouts, judged.Figures?.Source);
    }

    [Fact]
    public void Earlier_rollouts_count_before_the_lab_run_in_the_evidence() => Assert.Equal(
        GateSource.EarlierRollouts,
        Gate.Judge(Gate.First(Ring.Canary) with { Measured = Gate.Measured(Gate.Results(50, 50)), LabResults = new(100, 100, 0, 0, 0, 999) }).Figures?.Source);

    [Fact]
    public void Earlier_rollouts_that_reached_nobody_are_no_results() =>
        Assert.Equal([GateCondition.NoResultsBelow], Gate.Judge(Gate.First(Ring.Pilot) with { Measured = Gate.Measured(Gate.Results(0)) }).Causes);

    [Theory]
    [InlineData(23, 100, 0, Inconclusive)]
    [InlineData(24, 100, 0, Pass)]
    [InlineData(25, 100, 0, Pass)]
    [InlineData(24, 97, 3, Fail)]
    public void CANARY_as_first_ring_may_be_measured_on_the_lab_run_in_the_evidence(int hours, long succeeded, long pending, GateResult verdict)
    {
        var judged = Gate.Judge(Gate.First(Ring.Canary) with { LabResults = new(100, succeeded, 0, pending, 0, hours) });

        Assert.Equal((verdict, GateSource.LabResults), (judged.Verdict, judged.Figures?.Source));
    }

    [Fact]
    public void Lab_results_count_pending_devices_by_the_entered_rings_compliance_time()
    {
        var judged = Gate.Judge(Gate.First(Ring.Canary) with { LabResults = new(100, 97, 0, 3, 0, 48), LabConnectivity = Connectivity.Intermittent });

        Assert.Equal((Inconclusive, "observed for 48 h, 72 h needed", 97L), (judged.Verdict, judged.Reason, judged.Figures?.Counted));
    }

    [Fact]
    public void Lab_results_count_for_no_ring_but_CANARY() =>
        Assert.Equal([GateCondition.NoResultsBelow], Gate.Judge(Gate.First(Ring.Pilot) with { LabResults = new(100, 100, 0, 0, 0, 999) }).Causes);

    [Fact]
    public void A_lab_run_of_nobody_is_no_result() =>
        Assert.Equal([GateCondition.NoResultsBelow], Gate.Judge(Gate.First(Ring.Canary) with { LabResults = new(0, 0, 0, 0, 0, 999) }).Causes);

    [Fact]
    public void An_override_lifts_rate_period_coverage_and_missing_results_and_leaves_the_verdict_as_it_is()
    {
        GateInputs[] lifted =
        [
            Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(50, 50)) },
            Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(), TimeSpan.FromHours(1)) },
            Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(1, unreported: 99)) },
            Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(0)) },
            Gate.First(Ring.Global),
            Gate.Completing(Ring.Global) with { Measured = Gate.Measured(Gate.Results(50, 50)) },
        ];
        foreach (var inputs in lifted)
        {
            var (without, with) = (Gate.Judge(inputs), Gate.Judge(inputs with { OverrideId = Override }));

            Assert.NotEqual(Pass, without.Verdict);
            Assert.False(without.Promotes);
            Assert.Equal(without with { OverrideId = Override, Promotes = true }, with);
        }
    }

    [Fact]
    public void An_override_lifts_nothing_else()
    {
        var good = Gate.Leaving(Ring.Canary) with { OverrideId = Override };
        GateInputs[] held =
        [
            good with { Incidents = new(0, 0, 0, 1) },
            good with { ApprovalStands = false },
            good with { EndedExceptions = [Pack.Exception1] },
            good with { NewBlocks = [new("r", "No luck", "max_findings", RuleEffect.Block, RuleOutcome.Fail, "1", "$", [])] },
            good with { Freeze = new("f", "Holidays", Gate.Noon.AddDays(1)) },
            good with { RollbackPlanValidated = false },
            good with { Conditions = [Gate.MaxRing(Ring.Lab)] },
            good with { Conditions = [Gate.NotBefore(Gate.Noon.AddDays(1))] },
            good with { Conditions = [Gate.NotAfter(Gate.Noon.AddDays(-1))] },
            good with { Measured = null },
            good with { Measured = Gate.Measured(null) },
            Gate.Leaving(Ring.Lab) with { OverrideId = Override, Completeness = null },
        ];

        Assert.All(held, inputs => Assert.False(Gate.Judge(inputs).Promotes));
        Assert.True(Gate.Judge(good).Promotes);
    }

    [Fact]
    public void A_verdict_is_read_back_as_it_was_written()
    {
        var judged = Gate.Judge(Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(50, 50, 3, 2, 1)), OverrideId = Override, Incidents = new(0, 0, 0, 2) });

        var json = JsonSerializer.Serialize(judged, GateJson.Default.GateVerdict);

        Assert.Equal(judged, JsonSerializer.Deserialize(json, GateJson.Default.GateVerdict));
        Assert.Contains("\"verdict\":\"FAIL\"", json, StringComparison.Ordinal);
        Assert.Contains("\"from\":\"LAB\",\"to\":\"CANARY\"", json, StringComparison.Ordinal);
        Assert.Contains("\"condition\":\"SUCCESS_RATE\",\"result\":\"FAIL\"", json, StringComparison.Ordinal);
        Assert.DoesNotMatch("\":-?[0-9]+[.eE]", json);
    }

    [Fact]
    public void Verdicts_have_the_same_causes_whatever_their_figures()
    {
        var (two, three) = (Gate.Judge(Bad(Ring.Lab, 2)), Gate.Judge(Bad(Ring.Lab, 3)));

        Assert.NotEqual(two.Reason, three.Reason);
        Assert.True(two.SameCausesAs(three));
        Assert.False(two.SameCausesAs(Gate.Judge(Bad(Ring.Lab, 3) with { ApprovalStands = false })));
        Assert.False(two.SameCausesAs(Gate.Judge(Gate.Leaving(Ring.Lab))));
        Assert.False(two.SameCausesAs(Gate.Judge(Bad(Ring.Pilot, 2))));
        Assert.False(two.SameCausesAs(null));

        static GateInputs Bad(Ring ring, int succeeded) => Gate.Leaving(ring) with { Measured = Gate.Measured(Gate.Results(succeeded, 100 - succeeded)) };
    }
}
