using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Cab;

public sealed class Emergencies
{
    private static readonly Actor Erin = People.Erin.Acts();

    [Fact]
    public void An_administrator_approves_at_once_and_a_review_is_due_in_72_hours() =>
        AwaitingCab(quorum: 2).When((state, at) => CabDecider.ApproveInEmergency(state, "INC-1", "Exploited now.", Erin, at))
            .Then(new EmergencyApproved(AwaitingCab(2).State.OpenCab!.SubjectDigest, "INC-1", "Exploited now.", Sample.Noon.AddHours(72)));

    [Fact]
    public void An_emergency_approval_stands_like_any_other()
    {
        var approved = AwaitingCab().ApprovedInEmergency().State;

        Assert.Equal((DeploymentStatus.Approved, ApprovalSource.Emergency, true), (approved.Status, approved.Approval!.By, approved.ApprovalStands));
        Assert.Equal(new EmergencyReview(People.Erin, "INC-1", "Exploited now.", Sample.Noon.AddHours(72)), approved.Review);
        Assert.Equal((CabDecision.Approved, People.Erin), (approved.Cab!.Decision, approved.Cab.Approver));
    }

    [Fact]
    public void Whoever_is_involved_does_not_break_the_glass() =>
        AwaitingCab().When((state, at) => CabDecider.ApproveInEmergency(state, "INC-1", "Exploited now.", People.Alice.Acts(), at)).ThenRefused(new SelfApproval());

    [Fact]
    public void An_application_does_not_break_the_glass() =>
        AwaitingCab().When((state, at) => CabDecider.ApproveInEmergency(state, "INC-1", "Exploited now.", People.Pipeline.Acts(), at)).ThenRefused(new HumanRequired());

    [Fact]
    public void A_block_is_not_lifted() =>
        Blocked().When((state, at) => CabDecider.ApproveInEmergency(state, "INC-1", "Exploited now.", Erin, at)).ThenRefused(new NothingToDecide(DeploymentStatus.Blocked));

    [Fact]
    public void The_same_emergency_again_changes_nothing() =>
        AwaitingCab().ApprovedInEmergency().When((state, at) => CabDecider.ApproveInEmergency(state, "INC-1", "Exploited now.", Erin, at)).ThenNothing();

    [Fact]
    public void A_second_emergency_does_not_put_off_the_review_of_the_first()
    {
        var second = AwaitingCab().ApprovedInEmergency().Revokes().After(TimeSpan.FromHours(10)).ApprovedInEmergency();

        Assert.Equal(Sample.Noon.AddHours(72), second.State.Review!.DueAt);
    }

    [Fact]
    public void A_review_confirms()
    {
        var reviewed = Reviewed(AwaitingCab().ApprovedInEmergency(), ReviewOutcome.Confirmed);

        Assert.Equal(new EmergencyReviewed(ReviewOutcome.Confirmed, "Looked at."), reviewed.Log[^1].Event);
        Assert.Equal((ReviewOutcome.Confirmed, People.Bob), (reviewed.State.Review!.Outcome, reviewed.State.Review.Reviewer));
        Assert.Equal(DeploymentStatus.Approved, reviewed.State.Status);
    }

    [Fact]
    public void An_objection_leaves_a_running_rollout_to_an_operator()
    {
        var objected = Reviewed(AwaitingCab().ApprovedInEmergency().Publishes(), ReviewOutcome.Objected).State;

        Assert.Equal(DeploymentStatus.Active, objected.Status);
        Assert.Equal([WaitReason.Operator], objected.Holds);
    }

    [Fact]
    public void A_confirmation_leaves_a_running_rollout_alone() =>
        Assert.Empty(Reviewed(AwaitingCab().ApprovedInEmergency().Publishes(), ReviewOutcome.Confirmed).State.Holds);

    [Fact]
    public void A_review_is_due_in_every_status_even_after_the_end()
    {
        var ended = AwaitingCab().ApprovedInEmergency().FailsToPublish(Core.Rollout.ErrorClass.Permanent);

        Assert.Equal(DeploymentStatus.Failed, Reviewed(ended, ReviewOutcome.Objected).State.Status);
    }

    [Fact]
    public void Whoever_broke_the_glass_does_not_review() =>
        AwaitingCab().ApprovedInEmergency().When(state => CabDecider.Review(state, ReviewOutcome.Confirmed, "Fine.", Erin)).ThenRefused(new SelfApproval());

    [Fact]
    public void Whoever_is_involved_does_not_review() =>
        AwaitingCab().ApprovedInEmergency().When(state => CabDecider.Review(state, ReviewOutcome.Confirmed, "Fine.", People.Alice.Acts())).ThenRefused(new SelfApproval());

    [Fact]
    public void An_application_does_not_review() =>
        AwaitingCab().ApprovedInEmergency().When(state => CabDecider.Review(state, ReviewOutcome.Confirmed, "Fine.", Actor.System)).ThenRefused(new HumanRequired());

    [Fact]
    public void The_same_review_again_changes_nothing() =>
        Reviewed(AwaitingCab().ApprovedInEmergency(), ReviewOutcome.Objected)
            .When(state => CabDecider.Review(state, ReviewOutcome.Objected, "Looked at.", People.Bob.Acts())).ThenNothing();

    [Theory]
    [InlineData(ReviewOutcome.Confirmed)]
    [InlineData(ReviewOutcome.Objected)]
    public void A_review_is_made_once(ReviewOutcome second) =>
        Reviewed(AwaitingCab().ApprovedInEmergency(), ReviewOutcome.Confirmed)
            .When(state => CabDecider.Review(state, second, "Looked at.", People.Carol.Acts())).ThenRefused(new NothingToReview());

    [Fact]
    public void There_is_no_review_without_an_emergency() =>
        Approved().When(state => CabDecider.Review(state, ReviewOutcome.Confirmed, "Fine.", People.Bob.Acts())).ThenRefused(new NothingToReview());

    private static Testing.Story<DeploymentState, DeploymentEvent> Reviewed(Testing.Story<DeploymentState, DeploymentEvent> story, ReviewOutcome outcome) =>
        story.Does(People.Bob.Acts(), at => CabDecider.Review(at.State, outcome, "Looked at.", People.Bob.Acts()));
}
