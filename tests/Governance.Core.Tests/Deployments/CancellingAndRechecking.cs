using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Rollout;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Deployments;

public sealed class CancellingAndRechecking
{
    [Fact]
    public void The_submitter_cancels() =>
        Approved()
            .When(state => DeploymentDecider.Cancel(state, "Not needed.", By(People.Alice), PublishStage.Claimed))
            .Then(new DeploymentCancelled("Not needed."));

    [Fact]
    public void An_administrator_cancels() =>
        Approved().When(state => DeploymentDecider.Cancel(state, "Not needed.", Admin, PublishStage.None)).Then(new DeploymentCancelled("Not needed."));

    [Fact]
    public void Another_publisher_does_not_cancel() =>
        Approved().When(state => DeploymentDecider.Cancel(state, "Not needed.", By(People.Dave), PublishStage.None)).ThenRefused(new NotYours());

    [Fact]
    public void Nothing_is_cancelled_while_groups_are_being_assigned() =>
        Approved().When(state => DeploymentDecider.Cancel(state, "Not needed.", Admin, PublishStage.Assigning)).ThenRefused(new PublishInProgress());

    [Fact]
    public void What_is_on_devices_is_rolled_back_and_not_cancelled() =>
        Active().When(state => DeploymentDecider.Cancel(state, "Not needed.", Admin, PublishStage.None)).ThenRefused(new AlreadyPublished());

    [Fact]
    public void A_cancelled_deployment_waits_for_nothing_and_cannot_be_voted_on()
    {
        var cancelled = Approved().Revokes(PublishStage.Assigning)
            .Does(Admin.Actor, at => DeploymentDecider.Cancel(at.State, "Not needed.", Admin, PublishStage.None));

        Assert.Empty(cancelled.State.Holds);
        cancelled.When(state => Core.Cab.CabDecider.Vote(state, Sample.Vote(People.Carol)))
            .ThenRefused(new Core.Cab.NothingToDecide(DeploymentStatus.Cancelled));
        cancelled.When(state => Core.Cab.CabDecider.Expire(state, 2, Sample.Noon.AddDays(30))).ThenNothing();
        cancelled.When(state => Core.Cab.CabDecider.Escalate(state, 2, Sample.Noon.AddDays(30))).ThenNothing();
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public void An_intent_whose_pack_never_comes_is_cancelled_after_30_days(int ticks, bool cancelled)
    {
        var outcome = Pending(awaitsEvidence: true).After(TimeSpan.FromDays(30) + TimeSpan.FromTicks(ticks))
            .When(DeploymentDecider.CancelStale);

        if (cancelled)
        {
            outcome.Then(new DeploymentCancelled("No evidence arrived within 30 days."));
        }
        else
        {
            outcome.ThenNothing();
        }
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public void A_blocked_intent_is_cancelled_30_days_after_it_was_blocked(int ticks, bool cancelled)
    {
        var outcome = Pending().After(TimeSpan.FromDays(20)).Checked(Core.Policy.PolicyVerdict.Blocked)
            .After(TimeSpan.FromDays(30) + TimeSpan.FromTicks(ticks))
            .When(DeploymentDecider.CancelStale);

        if (cancelled)
        {
            outcome.Then(new DeploymentCancelled("Blocked for 30 days without other evidence."));
        }
        else
        {
            outcome.ThenNothing();
        }
    }

    [Fact]
    public void An_intent_with_evidence_is_not_stale_while_its_check_is_late() =>
        Pending().After(TimeSpan.FromDays(60)).When(DeploymentDecider.CancelStale).ThenNothing();

    [Fact]
    public void A_new_check_voids_the_votes()
    {
        var rechecked = AwaitingCab(quorum: 2).Votes(Sample.Vote(People.Bob)).Does(
            Admin.Actor, at => DeploymentDecider.Recheck(at.State, RecheckCause.Requested, "New rules.", Admin, PublishStage.None));

        Assert.Equal(new RecheckRequested("requested", "New rules.", 2), rechecked.Log[^1].Event);
        Assert.Equal((DeploymentStatus.Pending, 2, null), (rechecked.State.Status, rechecked.State.Revision, rechecked.State.Cab));
    }

    [Fact]
    public void The_submitter_does_not_ask_for_a_new_check() =>
        AwaitingCab()
            .When(state => DeploymentDecider.Recheck(state, RecheckCause.Requested, "Please.", By(People.Alice), PublishStage.None))
            .ThenRefused(new AdminRequired());

    [Fact]
    public void No_new_check_begins_while_groups_are_being_assigned() =>
        Approved()
            .When(state => DeploymentDecider.Recheck(state, RecheckCause.Requested, "Please.", Admin, PublishStage.Assigning))
            .ThenRefused(new PublishInProgress());

    [Fact]
    public void Incidents_are_counted_by_severity_and_security_apart()
    {
        var story = Pending();
        foreach (var (severity, security) in new[]
        {
            (IncidentSeverity.Minor, false), (IncidentSeverity.Moderate, false), (IncidentSeverity.Moderate, false), (IncidentSeverity.Major, false), (IncidentSeverity.Minor, true),
        })
        {
            story = story.Does(People.Dave.Acts(), at => DeploymentDecider.ReportIncident(DeploymentIds.Incident(Sample.Id, at.NextSequence), severity, "Broken.", security));
        }

        Assert.Equal(new IncidentCounts(1, 2, 1, 1), story.State.Incidents);
    }

    [Fact]
    public void The_system_may_manage_what_nobody_else_may()
    {
        Assert.True(new Requester(Actor.System, IsAdmin: false).MayManage(Pending().State));
        Assert.True(new Requester(Actor.System, IsAdmin: false).MayOversee);
        Assert.False(By(People.Alice).MayOversee);
    }
}
