using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Testing;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Remediation;

public sealed class DriftAndMending
{
    private static readonly DriftDetected Missing = new("missing_assignment", "high", Ring.Lab, "Group 1 is not assigned.");
    private static readonly Guid Mend = DeploymentIds.Remediation(Sample.Id, 6);
    private static readonly Guid Other = DeploymentIds.Remediation(Sample.Id, 99);

    [Fact]
    public void Drift_is_logged_once()
    {
        Active().When(state => RemediationDecider.RecordDrift(state, Missing)).Then(Missing);
        Drifted().When(state => RemediationDecider.RecordDrift(state, Missing with { Difference = "Group 2 too." })).ThenNothing();
    }

    [Fact]
    public void Drift_of_another_kind_or_ring_is_logged_apart()
    {
        Drifted().When(state => RemediationDecider.RecordDrift(state, Missing with { Ring = Ring.Canary })).Then(Missing with { Ring = Ring.Canary });
        Drifted().When(state => RemediationDecider.RecordDrift(state, Missing with { Kind = "app_gone" })).Then(Missing with { Kind = "app_gone" });
    }

    [Fact]
    public void A_completed_deployment_is_still_swept() => Completed().When(state => RemediationDecider.RecordDrift(state, Missing)).Then(Missing);

    [Fact]
    public void What_is_being_taken_back_does_not_drift() => Active().RollsBack().When(state => RemediationDecider.RecordDrift(state, Missing)).ThenNothing();

    [Fact]
    public void Drift_that_goes_by_itself_counts_as_new_when_it_comes_back()
    {
        Drifted().When(state => RemediationDecider.RecordDriftGone(state, Mend)).Then(new RemediationSucceeded(Mend, "The drift is gone without our doing."));
        Drifted().Does(Actor.System, at => RemediationDecider.RecordDriftGone(at.State, Mend))
            .When(state => RemediationDecider.RecordDrift(state, Missing)).Then(Missing);
    }

    [Fact]
    public void Drift_that_is_being_mended_or_was_never_known_is_not_reported_as_gone()
    {
        Mending(Drifted()).When(state => RemediationDecider.RecordDriftGone(state, Other)).ThenNothing();
        Active().When(state => RemediationDecider.RecordDriftGone(state, Other)).ThenNothing();
    }

    [Fact]
    public void The_submitter_has_it_mended() =>
        Active().When((state, at) => Start(state, RemediationAction.Reinstall, By(People.Alice), at))
            .Then(new RemediationStarted(Mend, RemediationCause.Requested, RemediationAction.Reinstall, 1, Sample.Noon, "Broken."));

    [Fact]
    public void Another_publisher_does_not() =>
        Active().When((state, at) => Start(state, RemediationAction.Reinstall, By(People.Dave), at)).ThenRefused(new NotYours());

    [Fact]
    public void One_is_mended_at_a_time()
    {
        var mending = Mending(Active());

        mending.When((state, at) => Start(state, RemediationAction.Remove, Admin, at)).ThenNothing();
        Assert.Equal(new OpenRemediation(Mend, RemediationCause.Requested, RemediationAction.Resync, 1, Sample.Noon) { Reason = "Broken." }, mending.State.RunningRemediation);
    }

    [Fact]
    public void A_publish_that_is_tried_again_is_the_one_that_is_mended() =>
        Active().FailsToPublish(ErrorClass.Transient).When((state, at) => Start(state, RemediationAction.Resync, Admin, at)).ThenNothing();

    [Fact]
    public void Nothing_is_mended_while_it_is_taken_back() =>
        Active().RollsBack().When((state, at) => Start(state, RemediationAction.Reinstall, Admin, at)).ThenRefused(new RollbackUnderWay());

    [Fact]
    public void A_rollback_that_is_under_way_is_the_one_asked_for() =>
        Active().RollsBack().When((state, at) => Start(state, RemediationAction.Rollback, Admin, at)).ThenNothing();

    [Fact]
    public void Mending_clears_the_drift()
    {
        var mended = Mending(Drifted()).Does(Actor.System, at => RemediationDecider.Succeeded(at.State, Mend, "Assigned."));

        Assert.Equal(new RemediationSucceeded(Mend, "Assigned."), mended.Log[^1].Event);
        Assert.Empty(mended.State.Drift);
        Assert.Null(mended.State.RunningRemediation);
        mended.When(state => RemediationDecider.Succeeded(state, Mend, "Assigned.")).ThenNothing();
    }

    [Fact]
    public void Another_remediations_success_is_not_this_ones() => Mending(Active()).When(state => RemediationDecider.Succeeded(state, Other, "Assigned.")).ThenNothing();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    public void A_transient_failure_is_tried_again(int attempt, int hours)
    {
        var story = Fail(Mending(Active()), attempt - 1);

        story.When((state, at) => RemediationDecider.AttemptFailed(state, Mend, attempt, Sample.Failure(), at)).Then(
            new RemediationFailed(Mend, attempt, "The plane said no."),
            new RemediationStarted(Mend, RemediationCause.Requested, RemediationAction.Resync, attempt + 1, Sample.Noon.AddHours(hours), "The plane said no."));
    }

    [Fact]
    public void The_third_failure_is_left_to_a_person()
    {
        var escalated = Fail(Mending(Active()), 3);

        Assert.Equal([new RemediationFailed(Mend, 3, "The plane said no."), new RemediationEscalated(Mend, "The plane said no.")], escalated.Log.TakeLast(2).Select(each => each.Event));
        Assert.Equal([WaitReason.Operator], escalated.State.Holds);
        Assert.Null(escalated.State.Remediation);
    }

    [Fact]
    public void A_permanent_failure_is_left_to_a_person_at_once() =>
        Mending(Completed(), DeploymentIds.Remediation(Sample.Id, 8)).When((state, at) =>
                RemediationDecider.AttemptFailed(state, DeploymentIds.Remediation(Sample.Id, 8), 1, Sample.Failure(ErrorClass.Permanent), at))
            .Then(
                new RemediationFailed(DeploymentIds.Remediation(Sample.Id, 8), 1, "The plane said no."),
                new RemediationEscalated(DeploymentIds.Remediation(Sample.Id, 8), "The plane said no."));

    [Fact]
    public void A_failure_that_is_recorded_already_changes_nothing()
    {
        Fail(Mending(Active()), 1).When((state, at) => RemediationDecider.AttemptFailed(state, Mend, 1, Sample.Failure(), at)).ThenNothing();
        Active().When((state, at) => RemediationDecider.AttemptFailed(state, Mend, 1, Sample.Failure(), at)).ThenNothing();
    }

    [Fact]
    public void What_was_removed_on_request_is_not_drift_until_it_is_mended_again()
    {
        var removed = Mending(Active(), Mend, RemediationAction.Remove).Does(Actor.System, at => RemediationDecider.Succeeded(at.State, Mend, "Removed."));

        Assert.True(removed.State.AssignmentsRemoved);
        Assert.Equal([WaitReason.Operator], removed.State.Holds);
        removed.When(state => RemediationDecider.RecordDrift(state, Missing)).ThenNothing();

        var again = Mending(removed, Other, RemediationAction.Reinstall).Does(Actor.System, at => RemediationDecider.Succeeded(at.State, Other, "Installed."));
        Assert.False(again.State.AssignmentsRemoved);
        again.When(state => RemediationDecider.RecordDrift(state, Missing)).Then(Missing);
    }

    [Fact]
    public void A_rollout_that_goes_on_after_a_removal_assigns_every_ring_again_and_is_watched_again()
    {
        var removed = Mending(Active(), Mend, RemediationAction.Remove).Does(Actor.System, at => RemediationDecider.Succeeded(at.State, Mend, "Removed."));

        var resumed = removed.Does(People.Dave.Acts(), at => RolloutDecider.Resume(at.State, "Mended.", new Requester(People.Dave.Acts(), IsAdmin: true))).Publishes();

        Assert.False(resumed.State.AssignmentsRemoved);
        resumed.When(state => RemediationDecider.RecordDrift(state, Missing)).Then(Missing);
    }

    [Fact]
    public void A_completed_deployment_whose_assignments_are_removed_waits_for_nobody()
    {
        var removed = Mending(Completed(), Mend, RemediationAction.Remove).Does(Actor.System, at => RemediationDecider.Succeeded(at.State, Mend, "Removed.")).State;

        Assert.True(removed.AssignmentsRemoved);
        Assert.Empty(removed.Holds);
    }

    private static Story<DeploymentState, DeploymentEvent> Drifted() => Active().Does(Actor.System, at => RemediationDecider.RecordDrift(at.State, Missing));

    private static Story<DeploymentState, DeploymentEvent> Mending(
        Story<DeploymentState, DeploymentEvent> story, Guid? id = null, RemediationAction action = RemediationAction.Resync) => story.Does(
            People.Alice.Acts(), at => RemediationDecider.Start(at.State, id ?? Mend, RemediationCause.Requested, action, "Broken.", By(People.Alice), at.Now));

    private static Story<DeploymentState, DeploymentEvent> Fail(Story<DeploymentState, DeploymentEvent> story, int times) => Enumerable.Range(1, times).Aggregate(
        story,
        (failing, attempt) => failing.Does(Actor.System, at => RemediationDecider.AttemptFailed(at.State, Mend, attempt, Sample.Failure(), at.Now)));

    private static Outcome<DeploymentEvent> Start(DeploymentState state, RemediationAction action, Requester requester, DateTimeOffset at) =>
        RemediationDecider.Start(state, Mend, RemediationCause.Requested, action, "Broken.", requester, at);
}
