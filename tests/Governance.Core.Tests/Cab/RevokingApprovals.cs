using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Rollout;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Cab;

public sealed class RevokingApprovals
{
    [Theory]
    [InlineData(PublishStage.None)]
    [InlineData(PublishStage.Claimed)]
    public void Before_groups_are_assigned_the_cab_is_asked_anew(PublishStage stage)
    {
        var revoked = Approved().Revokes(stage);

        Assert.Equal(
            [
                new ApprovalRevoked("New facts.", 2),
                new CabSubmissionPrepared
                {
                    Revision = 2,
                    SubjectDigest = SubjectDigest.Of(revoked.State),
                    Needed = 1,
                    RemindAt = Sample.Noon.AddHours(24),
                    DueAt = Sample.Noon.AddHours(48),
                    ExpiresAt = Sample.Noon.AddHours(96),
                },
            ],
            revoked.Log.TakeLast(2).Select(each => each.Event));
        Assert.Equal((DeploymentStatus.AwaitingCab, 2, null), (revoked.State.Status, revoked.State.Revision, revoked.State.Approval));
        Assert.Empty(revoked.State.Holds);
        Assert.NotEqual(Approved().State.Approval!.SubjectDigest, revoked.State.OpenCab!.SubjectDigest);
    }

    [Fact]
    public void An_approval_by_policy_alone_is_revoked_too() =>
        Assert.Equal(DeploymentStatus.AwaitingCab, Allowed().Revokes().State.Status);

    [Fact]
    public void While_groups_are_being_assigned_it_stays_approved_and_waits()
    {
        var revoked = Approved().Revokes(PublishStage.Assigning);

        Assert.Equal((DeploymentStatus.Approved, 2, false), (revoked.State.Status, revoked.State.Revision, revoked.State.ApprovalStands));
        Assert.Equal([WaitReason.Approval], revoked.State.Holds);
    }

    [Fact]
    public void A_publish_that_was_being_assigned_is_still_recorded_and_nothing_is_promoted()
    {
        var published = Approved().Revokes(PublishStage.Assigning).Publishes();

        Assert.Equal((DeploymentStatus.Active, Ring.Lab), (published.State.Status, published.State.CurrentRing));
        Assert.Equal([WaitReason.Approval], published.State.Holds);
        published.When(state => RolloutDecider.MayClaim(state, Ring.Canary)).ThenRefused(new RolloutIsHeld([WaitReason.Approval]));
    }

    [Fact]
    public void A_running_rollout_waits_for_the_new_approval()
    {
        var revoked = Active().Revokes(PublishStage.Claimed);

        Assert.Equal((DeploymentStatus.Active, 2), (revoked.State.Status, revoked.State.Revision));
        Assert.Equal([WaitReason.Approval], revoked.State.Holds);
    }

    [Fact]
    public void A_new_approval_resumes_the_rollout()
    {
        var revoked = Active().Revokes();

        revoked.When(state => CabDecider.Vote(state, Sample.Vote(People.Carol))).Then(
            new CabApproved(revoked.State.OpenCab!.SubjectDigest, "Seen and agreed.", [], []),
            new RolloutResumed(WaitReason.Approval, "Approved again."));

        var resumed = revoked.Votes(Sample.Vote(People.Carol)).State;
        Assert.Equal((DeploymentStatus.Active, true), (resumed.Status, resumed.ApprovalStands));
        Assert.Empty(resumed.Holds);
    }

    [Fact]
    public void Whoever_approved_before_may_approve_the_new_revision() => Active().Revokes().Votes(Sample.Vote(People.Bob));

    [Fact]
    public void A_vote_below_quorum_leaves_the_rollout_waiting()
    {
        var voted = AwaitingCab(quorum: 2).Votes(Sample.Vote(People.Bob)).Votes(Sample.Vote(People.Carol)).Publishes().Revokes().Votes(Sample.Vote(People.Carol));

        Assert.Equal("CAB_VOTE_RECORDED", voted.Types.Last());
        Assert.Equal([WaitReason.Approval], voted.State.Holds);
        Assert.Equal(DeploymentStatus.Active, voted.State.Status);
    }

    [Fact]
    public void A_rejection_leaves_a_running_rollout_to_an_operator()
    {
        var rejected = Active().Revokes().Votes(Sample.Vote(People.Carol, Ballot.Reject)).State;

        Assert.Equal((DeploymentStatus.Active, CabDecision.Rejected), (rejected.Status, rejected.Cab!.Decision));
        Assert.Equal([WaitReason.Operator], rejected.Holds);
    }

    [Fact]
    public void A_request_that_expires_leaves_a_running_rollout_to_an_operator()
    {
        var expired = Active().Revokes().After(TimeSpan.FromHours(96)).Does(Actor.System, at => CabDecider.Expire(at.State, 2, at.Now)).State;

        Assert.Equal((DeploymentStatus.Active, CabDecision.Expired), (expired.Status, expired.Cab!.Decision));
        Assert.Equal([WaitReason.Operator], expired.Holds);
    }

    [Fact]
    public void An_operator_does_not_resume_what_the_cab_rejected() =>
        Active().Revokes().Votes(Sample.Vote(People.Carol, Ballot.Reject)).When(state => RolloutDecider.Resume(state, "Go on.", Admin)).ThenRefused(new ApprovalLost());

    [Fact]
    public void What_the_cab_rejected_is_not_completed_either()
    {
        var rejected = Active().Publishes().Publishes().Revokes().Votes(Sample.Vote(People.Carol, Ballot.Reject)).State with { Holds = [] };

        Assert.Equal(
            new Outcome<DeploymentEvent>.Refused(new NotApproved(DeploymentStatus.Active)),
            RolloutDecider.Complete(rejected, Ring.Pilot, Sample.Gate(GateStep.Completion(Ring.Pilot))));
    }

    [Theory]
    [InlineData(PublishStage.None)]
    [InlineData(PublishStage.Assigning)]
    public void The_same_revocation_again_changes_nothing(PublishStage stage)
    {
        Approved().Revokes(stage).When((state, at) => CabDecider.Revoke(state, "New facts.", People.Bob.Acts(), stage, at)).ThenNothing();
        Active().Revokes(stage).When((state, at) => CabDecider.Revoke(state, "New facts.", People.Bob.Acts(), stage, at)).ThenNothing();
    }

    [Fact]
    public void There_is_nothing_to_revoke_before_an_approval() =>
        AwaitingCab().When((state, at) => CabDecider.Revoke(state, "New facts.", People.Bob.Acts(), PublishStage.None, at))
            .ThenRefused(new NothingToRevoke(DeploymentStatus.AwaitingCab));

    [Fact]
    public void Only_a_person_revokes() =>
        Approved().When((state, at) => CabDecider.Revoke(state, "New facts.", Actor.System, PublishStage.None, at)).ThenRefused(new HumanRequired());
}
