using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Rollout;
using Governance.Testing;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Rollout;

public sealed class HoldingAndCompleting
{
    private static readonly GateVerdict AtPilot = Sample.Gate(GateStep.Completion(Ring.Pilot));

    [Fact]
    public void The_submitter_holds() =>
        Active().When(state => RolloutDecider.Hold(state, "Wait.", By(People.Alice))).Then(new RolloutHeld("Wait."));

    [Fact]
    public void Another_publisher_does_not_hold() =>
        Active().When(state => RolloutDecider.Hold(state, "Wait.", By(People.Dave))).ThenRefused(new NotYours());

    [Fact]
    public void Holding_twice_is_holding_once() => Held().When(state => RolloutDecider.Hold(state, "Wait longer.", Admin)).ThenNothing();

    [Fact]
    public void An_administrator_resumes()
    {
        Held().When(state => RolloutDecider.Resume(state, "Go on.", Admin)).Then(new RolloutResumed(WaitReason.Operator, "Go on."));
        Assert.Empty(Resumed(Held()).Holds);
    }

    [Fact]
    public void The_submitter_does_not_resume() => Held().When(state => RolloutDecider.Resume(state, "Go on.", By(People.Alice))).ThenRefused(new AdminRequired());

    [Fact]
    public void There_is_nothing_to_resume_where_nobody_holds() =>
        Active().Revokes().When(state => RolloutDecider.Resume(state, "Go on.", Admin)).ThenRefused(new NothingToResume());

    [Fact]
    public void Resuming_lifts_the_operators_hold_alone()
    {
        Assert.Equal([WaitReason.Approval], Resumed(Held().Revokes()).Holds);
    }

    [Fact]
    public void A_failed_rollback_of_a_completed_deployment_is_resumed_from_too()
    {
        var failed = Completed().RollsBack().Does(Actor.System, at => Core.Remediation.RemediationDecider.RollbackFailed(at.State, "No uninstall."));

        Assert.Empty(Resumed(failed).Holds);
    }

    [Fact]
    public void The_last_ring_completes()
    {
        Last().When(state => RolloutDecider.Complete(state, Ring.Pilot, AtPilot)).Then(new DeploymentCompleted(Ring.Pilot, AtPilot));
        var completed = Last().After(TimeSpan.FromDays(3)).Completes().State;
        Assert.Equal((DeploymentStatus.Completed, Sample.Noon.AddDays(3)), (completed.Status, completed.Rings[^1].CompletedAt));
    }

    [Fact]
    public void Completing_twice_is_completing_once() => Completed().When(state => RolloutDecider.Complete(state, Ring.Pilot, AtPilot)).ThenNothing();

    [Fact]
    public void No_ring_completes_before_the_last() =>
        Active().When(state => RolloutDecider.Complete(state, Ring.Lab, Sample.Gate(GateStep.Completion(Ring.Lab)))).ThenRefused(new NotTheNextRing(Ring.Lab, Ring.Canary));

    [Fact]
    public void A_verdict_about_a_promotion_completes_nothing() =>
        Last().When(state => RolloutDecider.Complete(state, Ring.Pilot, Sample.Gate(GateStep.Promotion(Ring.Pilot)))).ThenRefused(new NotTheNextRing(Ring.Pilot, null));

    [Fact]
    public void A_gate_that_does_not_pass_completes_nothing()
    {
        var gate = Sample.Gate(GateStep.Completion(Ring.Pilot), GateResult.Inconclusive);

        Last().When(state => RolloutDecider.Complete(state, Ring.Pilot, gate)).ThenRefused(new GateNotPassed(gate.Reason));
    }

    [Fact]
    public void A_held_rollout_does_not_complete() =>
        Last().Does(People.Alice.Acts(), at => RolloutDecider.Hold(at.State, "Wait.", By(People.Alice)))
            .When(state => RolloutDecider.Complete(state, Ring.Pilot, AtPilot)).ThenRefused(new RolloutIsHeld([WaitReason.Operator]));

    [Fact]
    public void A_gate_that_turns_to_fail_is_logged()
    {
        var gate = Failing(GateCondition.SuccessRate);

        Active().When(state => RolloutDecider.RecordGate(state, gate)).Then(new PromotionGateFailed(gate));
    }

    [Fact]
    public void The_same_failure_with_other_figures_is_logged_once() =>
        Active().Does(Actor.System, at => RolloutDecider.RecordGate(at.State, Failing(GateCondition.SuccessRate)))
            .When(state => RolloutDecider.RecordGate(state, Failing(GateCondition.SuccessRate) with { Reason = "89 of 98." })).ThenNothing();

    [Fact]
    public void A_failure_for_another_reason_is_logged_again() =>
        Active().Does(Actor.System, at => RolloutDecider.RecordGate(at.State, Failing(GateCondition.SuccessRate)))
            .When(state => RolloutDecider.RecordGate(state, Failing(GateCondition.Incident))).Then(new PromotionGateFailed(Failing(GateCondition.Incident)));

    [Theory]
    [InlineData(GateResult.Pass)]
    [InlineData(GateResult.Inconclusive)]
    [InlineData(GateResult.Unavailable)]
    public void Any_other_verdict_is_no_event(GateResult result) =>
        Active().When(state => RolloutDecider.RecordGate(state, Sample.Gate(GateStep.Promotion(Ring.Lab), result))).ThenNothing();

    [Fact]
    public void A_verdict_about_a_step_that_was_taken_is_no_event() =>
        Active().Publishes().When(state => RolloutDecider.RecordGate(state, Failing(GateCondition.SuccessRate))).ThenNothing();

    [Fact]
    public void A_failure_is_forgotten_once_the_ring_is_published() =>
        Assert.Null(Active().Does(Actor.System, at => RolloutDecider.RecordGate(at.State, Failing(GateCondition.SuccessRate))).Publishes().State.GateFailure);

    private static GateVerdict Failing(GateCondition cause) => Sample.Gate(GateStep.Promotion(Ring.Lab), GateResult.Fail, cause);

    private static Story<DeploymentState, DeploymentEvent> Last() => Active().Publishes().Publishes();

    private static Story<DeploymentState, DeploymentEvent> Held() => Active().Does(People.Alice.Acts(), at => RolloutDecider.Hold(at.State, "Wait.", By(People.Alice)));

    private static DeploymentState Resumed(Story<DeploymentState, DeploymentEvent> story) =>
        story.Does(Admin.Actor, at => RolloutDecider.Resume(at.State, "Go on.", Admin)).State;
}
