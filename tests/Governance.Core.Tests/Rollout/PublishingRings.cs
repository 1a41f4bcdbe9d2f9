using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Rollout;

public sealed class PublishingRings
{
    private static readonly Publication Made = new("app-1", "1", Digest.Of("subject"u8));
    private static readonly GateVerdict IntoLab = Sample.Gate(GateStep.First(Ring.Lab));
    private static readonly GateVerdict IntoCanary = Sample.Gate(GateStep.Promotion(Ring.Lab));

    [Fact]
    public void The_first_ring_makes_it_active() =>
        Approved().When(state => RolloutDecider.RecordPublished(state, Ring.Lab, IntoLab, Made, PublishStage.Assigning))
            .Then(new DeploymentPublished(Ring.Lab, IntoLab, Made));

    [Fact]
    public void The_lab_as_first_ring_needs_no_gate() =>
        Approved().When(state => RolloutDecider.RecordPublished(state, Ring.Lab, null, Made, PublishStage.Assigning)).Then(new DeploymentPublished(Ring.Lab, null, Made));

    [Fact]
    public void A_first_ring_above_the_lab_needs_a_gate() =>
        Allowed(Sample.Request(Ring.Canary, Ring.Pilot))
            .When(state => RolloutDecider.RecordPublished(state, Ring.Canary, null, Made, PublishStage.Assigning)).ThenRefused(new ClaimVoid());

    [Fact]
    public void A_further_ring_is_promoted_and_not_published_again() =>
        Active().When(state => RolloutDecider.RecordPublished(state, Ring.Canary, IntoCanary, Made, PublishStage.Assigning))
            .Then(new RingPromoted(Ring.Lab, Ring.Canary, IntoCanary, Made));

    [Fact]
    public void A_published_ring_is_kept_with_what_it_was_published_under()
    {
        var active = Active().After(TimeSpan.FromHours(1)).Publishes().State;

        Assert.Equal(
            [
                new RingState(Ring.Lab, Sample.Noon, Sample.Publication(active), IntoLab, 1),
                new RingState(Ring.Canary, Sample.Noon.AddHours(1), Sample.Publication(active), IntoCanary, 1),
            ],
            active.Rings);
        Assert.Equal((Ring.Canary, Ring.Pilot), (active.CurrentRing, active.NextRing));
    }

    [Fact]
    public void The_same_publish_again_changes_nothing()
    {
        Active().When(state => RolloutDecider.RecordPublished(state, Ring.Lab, IntoLab, Made, PublishStage.Assigning)).ThenNothing();
        Completed().When(state => RolloutDecider.RecordPublished(state, Ring.Lab, IntoLab, Made, PublishStage.Assigning)).ThenNothing();
    }

    [Theory]
    [InlineData(PublishStage.None)]
    [InlineData(PublishStage.Claimed)]
    public void A_publish_that_never_reached_assigning_is_not_recorded(PublishStage stage) =>
        Approved().When(state => RolloutDecider.RecordPublished(state, Ring.Lab, IntoLab, Made, stage)).ThenRefused(new ClaimVoid());

    [Fact]
    public void No_ring_is_left_out() =>
        Active().When(state => RolloutDecider.RecordPublished(state, Ring.Pilot, IntoCanary, Made, PublishStage.Assigning)).ThenRefused(new ClaimVoid());

    [Fact]
    public void A_verdict_about_another_step_lets_nothing_in() =>
        Active().When(state => RolloutDecider.RecordPublished(state, Ring.Canary, IntoLab, Made, PublishStage.Assigning)).ThenRefused(new ClaimVoid());

    [Theory]
    [InlineData(GateResult.Fail)]
    [InlineData(GateResult.Inconclusive)]
    [InlineData(GateResult.Unavailable)]
    public void A_verdict_that_does_not_promote_lets_nothing_in(GateResult result)
    {
        var gate = Sample.Gate(GateStep.Promotion(Ring.Lab), result);

        Active().When(state => RolloutDecider.RecordPublished(state, Ring.Canary, gate, Made, PublishStage.Assigning)).ThenRefused(new GateNotPassed(gate.Reason));
    }

    [Fact]
    public void An_override_promotes_and_the_verdict_is_kept_unchanged()
    {
        var gate = Sample.Gate(GateStep.Promotion(Ring.Lab), GateResult.Fail) with { Promotes = true, OverrideId = Guid.Empty };

        Active().When(state => RolloutDecider.RecordPublished(state, Ring.Canary, gate, Made, PublishStage.Assigning))
            .Then(new RingPromoted(Ring.Lab, Ring.Canary, gate, Made));
    }

    [Fact]
    public void A_hold_while_groups_are_being_assigned_does_not_undo_the_publish()
    {
        var published = Approved().Does(People.Alice.Acts(), at => RolloutDecider.Hold(at.State, "Wait.", By(People.Alice))).Publishes();

        Assert.Equal(DeploymentStatus.Active, published.State.Status);
        Assert.Equal([WaitReason.Operator], published.State.Holds);
    }

    [Fact]
    public void A_publish_that_succeeds_at_last_ends_its_retry()
    {
        var retried = Approved().FailsToPublish(ErrorClass.Transient);
        var id = retried.State.PublishRetry!.Id;

        retried.When(state => RolloutDecider.RecordPublished(state, Ring.Lab, null, Made, PublishStage.Assigning))
            .Then(new DeploymentPublished(Ring.Lab, null, Made), new RemediationSucceeded(id, "LAB is published."));
        var published = retried.Publishes().State;
        Assert.Equal((0, null, null), (published.PublishAttempts, published.PublishFailure, published.PublishRetry));
    }

    [Theory]
    [InlineData(DeploymentStatus.Pending)]
    [InlineData(DeploymentStatus.Blocked)]
    [InlineData(DeploymentStatus.AwaitingCab)]
    [InlineData(DeploymentStatus.Completed)]
    [InlineData(DeploymentStatus.Rejected)]
    [InlineData(DeploymentStatus.Expired)]
    [InlineData(DeploymentStatus.Cancelled)]
    [InlineData(DeploymentStatus.Failed)]
    [InlineData(DeploymentStatus.RolledBack)]
    public void Nothing_is_claimed_that_is_not_approved(DeploymentStatus status) =>
        In(status).When(state => RolloutDecider.MayClaim(state, Ring.Lab)).ThenRefused(new NotApproved(status));

    [Fact]
    public void The_first_ring_is_claimed_first()
    {
        Approved().When(state => RolloutDecider.MayClaim(state, Ring.Lab)).ThenNothing();
        Approved().When(state => RolloutDecider.MayClaim(state, Ring.Canary)).ThenRefused(new NotTheNextRing(Ring.Canary, Ring.Lab));
        Active().When(state => RolloutDecider.MayClaim(state, Ring.Canary)).ThenNothing();
        Active().When(state => RolloutDecider.MayClaim(state, Ring.Lab)).ThenRefused(new NotTheNextRing(Ring.Lab, Ring.Canary));
    }

    [Fact]
    public void No_ring_is_claimed_behind_the_last() =>
        Active().Publishes().Publishes().When(state => RolloutDecider.MayClaim(state, Ring.Department)).ThenRefused(new NotTheNextRing(Ring.Department, null));

    [Fact]
    public void Nothing_is_claimed_while_anything_is_waited_for() =>
        Approved().Does(People.Alice.Acts(), at => RolloutDecider.Hold(at.State, "Wait.", By(People.Alice)))
            .When(state => RolloutDecider.MayClaim(state, Ring.Lab)).ThenRefused(new RolloutIsHeld([WaitReason.Operator]));

    [Fact]
    public void Nothing_is_claimed_under_an_approval_of_an_earlier_revision() =>
        Assert.Equal(
            new Outcome<DeploymentEvent>.Refused(new NotApproved(DeploymentStatus.Approved)),
            RolloutDecider.MayClaim(Approved().State with { Revision = 2 }, Ring.Lab));

    [Fact]
    public void A_condition_on_the_last_ring_ends_the_rollout_there()
    {
        var story = Active(new CabCondition { Kind = CabConditionKind.MaxRing, Ring = Ring.Canary }).Publishes();

        Assert.Equal((Ring.Canary, null), (story.State.LastRing, story.State.NextRing));
        Assert.Equal(GateStep.Completion(Ring.Canary), story.State.NextStep);
        Assert.Equal(DeploymentStatus.Completed, story.Completes().State.Status);
    }

    [Fact]
    public void A_condition_beyond_the_target_widens_nothing() =>
        Assert.Equal(Ring.Pilot, Active(new CabCondition { Kind = CabConditionKind.MaxRing, Ring = Ring.Global }).State.LastRing);

    [Fact]
    public void A_later_condition_below_the_ring_reached_ends_the_rollout_where_it_is()
    {
        var story = Active().Publishes().Revokes().Votes(Sample.Vote(People.Carol, Ballot.Approve, new CabCondition { Kind = CabConditionKind.MaxRing, Ring = Ring.Lab }));

        Assert.Equal((Ring.Canary, GateStep.Completion(Ring.Canary)), (story.State.LastRing, story.State.NextStep));
    }

    [Fact]
    public void Steps_follow_each_other_from_the_first_ring_to_completion()
    {
        Assert.Equal(GateStep.First(Ring.Lab), Approved().State.NextStep);
        Assert.Equal(GateStep.Promotion(Ring.Lab), Active().State.NextStep);
        Assert.Equal(GateStep.Promotion(Ring.Canary), Active().Publishes().State.NextStep);
        Assert.Equal(GateStep.Completion(Ring.Pilot), Active().Publishes().Publishes().State.NextStep);
    }

    [Fact]
    public void The_tenants_second_approval_is_waited_for_and_ends_with_the_publish()
    {
        var waiting = Approved().Does(Actor.System, at => RolloutDecider.AwaitTenantApproval(at.State, Ring.Lab, "code-1"));

        Assert.Equal(new TenantApprovalRequested(Ring.Lab, "code-1"), waiting.Log[^1].Event);
        Assert.Equal([WaitReason.TenantApproval], waiting.State.Holds);
        waiting.When(state => RolloutDecider.AwaitTenantApproval(state, Ring.Lab, "code-1")).ThenNothing();
        waiting.When(state => RolloutDecider.TenantDecided(state, "Approved.")).Then(new RolloutResumed(WaitReason.TenantApproval, "Approved."));
        Approved().When(state => RolloutDecider.TenantDecided(state, "Approved.")).ThenNothing();
        Assert.Empty(waiting.Publishes().State.Holds);
    }
}
