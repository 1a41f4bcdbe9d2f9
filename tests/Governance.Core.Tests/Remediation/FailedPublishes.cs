using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Testing;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Remediation;

public sealed class FailedPublishes
{
    private static readonly Guid Retry = DeploymentIds.Remediation(Sample.Id, 5);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    public void A_transient_failure_is_tried_again_after_1_2_and_4_hours(int failures, int hours) =>
        Assert.Equal(TimeSpan.FromHours(hours), PublishRetry.After(failures, ErrorClass.Transient));

    [Theory]
    [InlineData(4, ErrorClass.Transient)]
    [InlineData(1, ErrorClass.Permanent)]
    [InlineData(1, ErrorClass.PolicyViolation)]
    public void Nothing_else_is_tried_again(int failures, ErrorClass errorClass) => Assert.Null(PublishRetry.After(failures, errorClass));

    [Fact]
    public void A_first_failure_starts_a_remediation_and_changes_no_status()
    {
        var failed = Approved().FailsToPublish(ErrorClass.Transient);

        Assert.Equal(
            [
                new DeploymentPublishFailed(Ring.Lab, 1, ErrorClass.Transient, "THROTTLED", "The plane said no."),
                new RemediationStarted(Retry, RemediationCause.PublishFailed, RemediationAction.Resync, 1, Sample.Noon.AddHours(1), "The plane said no."),
            ],
            failed.Log.TakeLast(2).Select(each => each.Event));
        Assert.Equal(DeploymentStatus.Approved, failed.State.Status);
        Assert.Equal(new OpenRemediation(Retry, RemediationCause.PublishFailed, RemediationAction.Resync, 1, Sample.Noon.AddHours(1)) { Reason = "The plane said no." }, failed.State.RunningRemediation);
        Assert.Empty(failed.State.Holds);
    }

    [Fact]
    public void Further_failures_belong_to_the_same_remediation()
    {
        var failed = Approved().FailsToPublish(ErrorClass.Transient).After(TimeSpan.FromHours(1)).FailsToPublish(ErrorClass.Transient);

        Assert.Equal(
            new RemediationStarted(Retry, RemediationCause.PublishFailed, RemediationAction.Resync, 2, Sample.Noon.AddHours(3), "The plane said no."), failed.Log[^1].Event);
        Assert.Equal(2, failed.State.PublishAttempts);
    }

    [Fact]
    public void After_three_attempts_an_unpublished_deployment_has_failed()
    {
        var failed = Fail(Approved(), 4);

        Assert.Equal(
            [
                new DeploymentPublishFailed(Ring.Lab, 4, ErrorClass.Transient, "THROTTLED", "The plane said no."),
                new RemediationEscalated(Retry, "The publish to LAB failed: The plane said no."),
                new DeploymentFailed("The plane said no."),
            ],
            failed.Log.TakeLast(3).Select(each => each.Event));
        Assert.Equal((DeploymentStatus.Failed, "The plane said no.", null), (failed.State.Status, failed.State.Reason, failed.State.RunningRemediation));
    }

    [Theory]
    [InlineData(ErrorClass.Permanent)]
    [InlineData(ErrorClass.PolicyViolation)]
    public void What_cannot_be_mended_by_waiting_fails_at_once(ErrorClass errorClass)
    {
        var failed = Approved().FailsToPublish(errorClass);

        Assert.Equal(["DEPLOYMENT_PUBLISH_FAILED", "REMEDIATION_ESCALATED", "DEPLOYMENT_FAILED"], failed.Types.TakeLast(3));
        Assert.Equal(new RemediationEscalated(null, "The publish to LAB failed: The plane said no."), failed.Log[^2].Event);
        Assert.Equal(DeploymentStatus.Failed, failed.State.Status);
    }

    [Fact]
    public void A_promotion_that_fails_for_good_leaves_the_rollout_to_an_operator()
    {
        var failed = Active().FailsToPublish(ErrorClass.Permanent);

        Assert.Equal(["DEPLOYMENT_PUBLISH_FAILED", "REMEDIATION_ESCALATED"], failed.Types.TakeLast(2));
        Assert.Equal(DeploymentStatus.Active, failed.State.Status);
        Assert.Equal([WaitReason.Operator], failed.State.Holds);
        Assert.Equal(new PublishFailure(Ring.Canary, ErrorClass.Permanent, "REFUSED", "The plane said no.", Sample.Noon), failed.State.PublishFailure);
    }

    [Fact]
    public void An_operator_who_resumes_gives_it_all_its_attempts_again()
    {
        var resumed = Fail(Active(), 4).Does(Admin.Actor, at => RolloutDecider.Resume(at.State, "Mended.", Admin));

        Assert.Equal(0, resumed.State.PublishAttempts);
        Assert.Equal("REMEDIATION_STARTED", resumed.FailsToPublish(ErrorClass.Transient).Types.Last());
    }

    [Fact]
    public void A_failure_that_is_recorded_already_changes_nothing() => Record(Approved().FailsToPublish(ErrorClass.Transient), Ring.Lab, 1).ThenNothing();

    [Fact]
    public void A_failure_of_another_ring_than_the_next_changes_nothing() => Record(Active(), Ring.Lab, 1).ThenNothing();

    [Fact]
    public void A_failed_promotion_beside_a_running_remediation_leaves_that_alone()
    {
        var mending = Active().Does(People.Alice.Acts(), at => RemediationDecider.Start(
            at.State, DeploymentIds.Remediation(Sample.Id, at.NextSequence), RemediationCause.Requested, RemediationAction.Resync, "Broken.", By(People.Alice), at.Now));

        var both = mending.FailsToPublish(ErrorClass.Transient);

        Assert.Equal(mending.State.Remediation, both.State.Remediation);
        Assert.NotEqual(both.State.Remediation!.Id, both.State.PublishRetry!.Id);
        var published = both.Publishes().State;
        Assert.Equal((mending.State.Remediation, null), (published.Remediation, published.PublishRetry));
        var mended = both.Does(Actor.System, at => RemediationDecider.Succeeded(at.State, at.State.Remediation!.Id, "Mended.")).State;
        Assert.Equal((null, both.State.PublishRetry), (mended.Remediation, mended.PublishRetry));
    }

    private static Outcome<DeploymentEvent> Record(Story<DeploymentState, DeploymentEvent> story, Ring ring, int attempt) =>
        story.When((state, at) => RemediationDecider.RecordPublishFailed(state, ring, attempt, Sample.Failure(), Retry, at));

    private static Story<DeploymentState, DeploymentEvent> Fail(Story<DeploymentState, DeploymentEvent> story, int times) =>
        Enumerable.Range(0, times).Aggregate(story, (failing, _) => failing.FailsToPublish(ErrorClass.Transient));
}
