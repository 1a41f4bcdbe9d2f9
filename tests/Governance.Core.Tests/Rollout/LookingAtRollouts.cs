using Governance.Core.Deployments;
using Governance.Core.Evidence;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Testing.Deployments;

namespace Governance.Core.Tests.Rollout;

public sealed class LookingAtRollouts
{
    private static readonly DateTimeOffset Next = Gate.Noon.AddHours(2);
    private static readonly Breach Bad = new(true, "9 of 98 devices succeeded");

    private static DeploymentState InLab => DeploymentStories.Active().State;

    [Fact]
    public void A_gate_that_passes_has_the_next_ring_published() =>
        Assert.Equal((LookAction.Publish, Ring.Canary), Did(InLab, Found(InLab, GateResult.Pass)));

    [Fact]
    public void The_gate_of_the_last_ring_completes()
    {
        var last = DeploymentStories.Active().Publishes().Publishes().State;

        Assert.Equal((LookAction.Complete, Ring.Pilot), Did(last, Found(last, GateResult.Pass)));
    }

    [Fact]
    public void A_failure_is_waited_out_until_the_verdicts_next_look_and_logged()
    {
        var found = Found(InLab, GateResult.Fail);

        var decision = Decide(InLab, found);

        Assert.Equal((LookAction.Wait, Next, found.Verdict), (decision.Do, decision.Until, decision.Gate));
    }

    [Theory]
    [InlineData(GateResult.Pass)]
    [InlineData(GateResult.Fail)]
    [InlineData(GateResult.Inconclusive)]
    public void A_breach_wins_over_everything(GateResult verdict)
    {
        var held = DeploymentStories.Active().Does(DeploymentStories.Admin.Actor, at => RolloutDecider.Hold(at.State, "Wait.", DeploymentStories.Admin)).State;

        Assert.Equal(LookAction.RollBack, Decide(InLab, Found(InLab, verdict) with { Breach = Bad }).Do);
        Assert.Equal(LookAction.RollBack, Decide(held, Found(held, verdict) with { Breach = Bad }).Do);
    }

    [Fact]
    public void What_is_not_on_devices_has_nothing_to_roll_back()
    {
        var approved = DeploymentStories.Approved().State;

        Assert.Equal(LookAction.Publish, Decide(approved, Found(approved, GateResult.Pass) with { Breach = Bad }).Do);
    }

    [Fact]
    public void A_held_rollout_is_watched_on_and_takes_no_step()
    {
        var held = DeploymentStories.Active().Does(DeploymentStories.Admin.Actor, at => RolloutDecider.Hold(at.State, "Wait.", DeploymentStories.Admin)).State;

        var decision = Decide(held, Found(held, GateResult.Pass) with { WatchAgainAt = Next.AddHours(5) });

        Assert.Equal((LookAction.Wait, Next.AddHours(5), (GateVerdict?)null), (decision.Do, decision.Until, decision.Gate));
    }

    [Fact]
    public void A_rollout_without_a_standing_approval_takes_no_step()
    {
        var revoked = DeploymentStories.Active().Revokes().State;

        Assert.Equal(LookAction.Wait, Decide(revoked with { Holds = [] }, Found(revoked, GateResult.Pass)).Do);
    }

    [Theory]
    [InlineData(-1, LookAction.Wait)]
    [InlineData(0, LookAction.Publish)]
    public void A_failed_publish_is_tried_again_when_it_is_due_and_the_ring_below_is_watched_meanwhile(int ticks, LookAction action)
    {
        var failed = DeploymentStories.Active().FailsToPublish(ErrorClass.Transient).State;
        var due = failed.PublishRetry!.DueAt;

        var decision = Decide(failed, Found(failed, GateResult.Pass, due.AddTicks(ticks)) with { WatchAgainAt = due.AddMinutes(-20) });

        Assert.Equal(action, decision.Do);
        Assert.Equal(action == LookAction.Wait ? due.AddMinutes(-20) : null, decision.Until);
    }

    [Fact]
    public void A_frozen_ring_is_watched_on_for_a_breach()
    {
        var decision = Decide(InLab, Found(InLab, GateResult.Inconclusive, cause: GateCondition.Freeze) with { WatchAgainAt = Next.AddHours(-1) });

        Assert.Equal(Next.AddHours(-1), decision.Until);
    }

    [Fact]
    public void The_CAB_is_asked_after_three_planned_looks_and_a_look_that_somebody_asked_for_counts_for_nothing()
    {
        var (memory, asked) = (LookMemory.None, new List<(int Minute, bool Asked)>());
        foreach (var minute in (int[])[0, 30, 60, 90, 120, 150, 240, 360])
        {
            var at = Gate.Noon.AddMinutes(minute);
            var decision = Decide(InLab, Found(InLab, GateResult.Fail, at, next: at.AddHours(2)), memory);
            asked.Add((minute, decision.AskCab));
            memory = decision.Memory;
        }

        Assert.Equal([240], asked.Where(look => look.Asked).Select(look => look.Minute));
    }

    [Fact]
    public void A_look_that_somebody_asked_for_puts_no_planned_one_off()
    {
        var planned = Decide(InLab, Found(InLab, GateResult.Fail));

        var between = Decide(InLab, Found(InLab, GateResult.Fail, Gate.Noon.AddHours(1), next: Gate.Noon.AddHours(3)), planned.Memory);

        Assert.Equal(Next, between.Until);
    }

    [Fact]
    public void What_was_counted_at_another_step_or_revision_counts_no_more()
    {
        var counted = new LookMemory { Step = InLab.NextStep, Revision = InLab.Revision, Looks = new(2, false) };
        var canary = DeploymentStories.Active().Publishes().State;
        var again = DeploymentStories.Active().Revokes().Votes(Sample.Vote(People.Carol)).State;

        Assert.True(Decide(InLab, Found(InLab, GateResult.Fail), counted).AskCab);
        Assert.False(Decide(canary, Found(canary, GateResult.Fail), counted).AskCab);
        Assert.False(Decide(again, Found(again, GateResult.Fail), counted).AskCab);
    }

    [Fact]
    public void Silence_is_told_once_after_an_hour_and_again_only_after_an_answer()
    {
        var (memory, told) = (LookMemory.None, new List<int>());
        foreach (var (minute, result) in ((int, GateResult)[])[
            (0, GateResult.Unavailable), (59, GateResult.Unavailable), (60, GateResult.Unavailable), (65, GateResult.Unavailable),
            (70, GateResult.Inconclusive), (75, GateResult.Unavailable), (134, GateResult.Unavailable), (135, GateResult.Unavailable)])
        {
            var decision = Decide(InLab, Found(InLab, result, Gate.Noon.AddMinutes(minute)), memory);
            memory = decision.Memory;
            if (decision.Alert)
            {
                told.Add(minute);
            }
        }

        Assert.Equal([60, 135], told);
    }

    [Fact]
    public void A_held_rollout_whose_plane_is_silent_asks_again_soon()
    {
        var revoked = DeploymentStories.Active().Revokes().State;

        Assert.Equal(Next, Decide(revoked, Found(revoked, GateResult.Unavailable) with { WatchAgainAt = Next.AddHours(9) }).Until);
    }

    [Fact]
    public void A_freeze_that_ends_before_the_next_look_is_looked_at_when_it_ends()
    {
        var verdict = Gate.Judge(Gate.Leaving(Ring.Lab) with
        {
            Measured = Gate.Measured(Gate.Results(50, 50)),
            Freeze = new("f", "Holidays", Gate.Noon.AddMinutes(40)),
        });

        Assert.Equal(Gate.Noon.AddMinutes(40), verdict.LookAgainAt);
    }

    [Fact]
    public void A_failure_stays_the_same_while_the_period_runs_on()
    {
        var early = Gate.Judge(Gate.Leaving(Ring.Lab) with { Incidents = new(0, 0, 0, 1), Measured = Gate.Measured(Gate.Results(), TimeSpan.FromHours(1)) });
        var late = Gate.Judge(Gate.Leaving(Ring.Lab) with { Incidents = new(0, 0, 0, 1) });

        Assert.True(late.SameCausesAs(early));
        Assert.False(late.SameCausesAs(Gate.Judge(Gate.Leaving(Ring.Lab) with { Measured = Gate.Measured(Gate.Results(50, 50)) })));
    }

    private static (LookAction, Ring?) Did(DeploymentState state, LookFindings found)
    {
        var decision = Decide(state, found);
        return (decision.Do, decision.Ring);
    }

    private static LookDecision Decide(DeploymentState state, LookFindings found, LookMemory? memory = null) =>
        RolloutLook.Decide(state, found, memory ?? LookMemory.None, Gate.V1);

    private static LookFindings Found(
        DeploymentState state, GateResult result, DateTimeOffset? at = null, DateTimeOffset? next = null, GateCondition cause = GateCondition.SuccessRate) => new()
        {
            Verdict = Sample.Gate(state.NextStep, result, cause) with { JudgedAt = at ?? Gate.Noon, LookAgainAt = result == GateResult.Pass ? null : next ?? Next },
            Breach = Breach.Nothing,
        };
}
