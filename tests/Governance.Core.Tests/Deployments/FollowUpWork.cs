using System.Text.Json;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Policy;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Testing;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Deployments;

public sealed class FollowUpWork
{
    [Fact]
    public void A_new_deployment_starts_its_orchestration_and_shows_in_the_views()
    {
        var messages = Last(Pending(), null);

        Assert.Equal(["start_orchestration", "views"], Kinds(messages));
        Assert.Equal(new SignalRequest(Sample.Id, WaitingOrchestration.Deployment, 1), Signal(messages[0]));
        Assert.Equal(
            DeploymentSummary.Of(null, Pending().State, 1, Sample.Noon, People.Alice.Acts(), ["DEPLOYMENT_CREATED"]),
            JsonSerializer.Deserialize(messages[1].Payload.Span, DeploymentJson.Default.DeploymentSummary));
    }

    [Fact]
    public void What_the_orchestration_did_itself_wakes_nobody()
    {
        Assert.Equal(["views"], Kinds(Last(Allowed(), Pending())));
        Assert.Equal(["views", "card"], Kinds(Last(AwaitingCab(), Pending(), 2)));
        Assert.Equal(["views"], Kinds(Last(Active(), Approved())));
        Assert.Equal(["views"], Kinds(Last(Approved().FailsToPublish(ErrorClass.Transient), Approved(), 2)));
    }

    [Fact]
    public void A_vote_wakes_the_approval_and_updates_its_card()
    {
        var messages = Last(Approved(), AwaitingCab());

        Assert.Equal(["signal", "views", "card"], Kinds(messages));
        Assert.Equal(new SignalRequest(Sample.Id, WaitingOrchestration.CabApproval, 1), Signal(messages[0]));
        Assert.Equal(new CardRequest(Sample.Id, 1, 1), JsonSerializer.Deserialize(messages[2].Payload.Span, DeploymentJson.Default.CardRequest));
    }

    [Fact]
    public void Another_pack_wakes_whoever_waited_and_voids_the_card()
    {
        var after = AwaitingCab().Does(
            People.Alice.Acts(), at => DeploymentDecider.LinkEvidence(at.State, Sample.Link(Sample.OtherPack), Sample.About, By(People.Alice), PublishStage.None));
        var messages = Last(after, AwaitingCab());

        Assert.Equal(["signal", "views", "card"], Kinds(messages));
        Assert.Equal(new SignalRequest(Sample.Id, WaitingOrchestration.CabApproval, 1), Signal(messages[0]));
        Assert.Equal(new CardRequest(Sample.Id, 1, null), JsonSerializer.Deserialize(messages[2].Payload.Span, DeploymentJson.Default.CardRequest));
    }

    [Fact]
    public void The_awaited_pack_wakes_the_deployment()
    {
        var after = Pending(awaitsEvidence: true).Does(
            People.Alice.Acts(), at => DeploymentDecider.LinkEvidence(at.State, Sample.Link(), Sample.About, By(People.Alice), PublishStage.None));

        Assert.Equal(new SignalRequest(Sample.Id, WaitingOrchestration.Deployment, 1), Signal(Last(after, Pending(awaitsEvidence: true))[0]));
    }

    [Fact]
    public void A_rollout_that_waits_for_approval_is_woken_with_it()
    {
        var messages = Last(Active().Revokes().Votes(Sample.Vote(People.Carol)), Active().Revokes(), 2);

        Assert.Equal(["signal", "signal", "views", "card"], Kinds(messages));
        Assert.Equal([WaitingOrchestration.CabApproval, WaitingOrchestration.RingRollout], messages.Take(2).Select(message => Signal(message).Waiting));
    }

    [Fact]
    public void A_revoked_rollout_and_an_emergency_start_a_wait_of_the_CABs_own()
    {
        var revoked = Last(Active().Revokes(), Active(), 2);
        Assert.Equal(["signal", "start_cab_watch", "views", "card"], Kinds(revoked));
        Assert.Equal(new CabWatchRequest(Sample.Id, CabWatchKind.Decision, 2), Watch(revoked));

        Assert.Equal(new CabWatchRequest(Sample.Id, CabWatchKind.Review, 1), Watch(Last(AwaitingCab().ApprovedInEmergency(), AwaitingCab())));

        // Before anything is published the deployment's own orchestration asks again.
        Assert.DoesNotContain("start_cab_watch", Kinds(Last(Approved().Revokes(), Approved(), 2)));
    }

    [Fact]
    public void A_hold_an_incident_and_the_end_of_an_exception_wake_the_rollout()
    {
        var running = Pending().Checked(PolicyVerdict.Allowed, 1, new Reliance(Guid.Empty, People.Dave)).Publishes();

        Assert.All(
            new[]
            {
                running.Does(People.Alice.Acts(), at => RolloutDecider.Hold(at.State, "Wait.", By(People.Alice))),
                running.Does(People.Dave.Acts(), at => DeploymentDecider.ReportIncident(Guid.Empty, IncidentSeverity.Major, "Broken.", true)),
                running.Does(Actor.System, at => RolloutDecider.ExceptionEnded(at.State, Guid.Empty, null, PublishStage.None)),
            },
            after => Assert.Equal(new SignalRequest(Sample.Id, WaitingOrchestration.RingRollout, 1), Signal(Last(after, running)[0])));
    }

    [Fact]
    public void What_has_ended_is_woken_for_a_rollback_alone()
    {
        var taken = Completed().Does(Actor.System, at => RolloutDecider.Supersede(at.State, Ring.Canary, Sample.OtherId));
        var reported = Completed().Does(People.Dave.Acts(), at => DeploymentDecider.ReportIncident(Guid.Empty, IncidentSeverity.Major, "Broken.", false));
        Assert.All([taken, reported], after => Assert.DoesNotContain("signal", Kinds(Last(after, Completed()))));

        var back = Completed().RollsBack();
        Assert.Equal(new SignalRequest(Sample.Id, WaitingOrchestration.RingRollout, 1), Signal(Last(back, Completed())[0]));
    }

    [Fact]
    public void A_remediation_that_was_asked_for_is_started_once()
    {
        var id = DeploymentIds.Remediation(Sample.Id, 6);
        var after = Active().Does(People.Alice.Acts(), at => RemediationDecider.Start(
            at.State, id, RemediationCause.Requested, RemediationAction.Remove, "Broken.", By(People.Alice), at.Now));
        var messages = Last(after, Active());

        Assert.Equal(["signal", "start_remediation", "views"], Kinds(messages));
        Assert.Equal(
            new RemediationRequest(Sample.Id, id, RemediationAction.Remove),
            JsonSerializer.Deserialize(messages[1].Payload.Span, DeploymentJson.Default.RemediationRequest));

        var again = after.Does(Actor.System, at => RemediationDecider.AttemptFailed(at.State, id, 1, Sample.Failure(), at.Now));
        Assert.Equal(["views"], Kinds(Last(again, after, 2)));
    }

    [Fact]
    public void A_request_that_ends_with_its_deployment_updates_its_card()
    {
        var before = Approved().Revokes(PublishStage.Assigning);
        var after = before.Does(Admin.Actor, at => DeploymentDecider.Cancel(at.State, "Not needed.", Admin, PublishStage.None));

        Assert.Contains("card", Kinds(Last(after, before)));
    }

    private static IReadOnlyList<OutboxMessage> Last(Story<DeploymentState, DeploymentEvent> after, Story<DeploymentState, DeploymentEvent>? before, int events = 1) =>
        new DeploymentCodec().Consequences(Sample.Id, before?.State, after.State, [.. after.Log.TakeLast(events)]);

    private static IEnumerable<string> Kinds(IReadOnlyList<OutboxMessage> messages) => messages.Select(message => message.Kind);

    private static SignalRequest Signal(OutboxMessage message) => JsonSerializer.Deserialize(message.Payload.Span, DeploymentJson.Default.SignalRequest)!;

    private static CabWatchRequest Watch(IReadOnlyList<OutboxMessage> messages) =>
        JsonSerializer.Deserialize(messages.Single(message => message.Kind == "start_cab_watch").Payload.Span, DeploymentJson.Default.CabWatchRequest)!;
}
