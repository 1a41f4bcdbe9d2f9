using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Testing;
using Governance.Testing.Cab;
using Governance.Testing.Deployments;
using static Governance.Testing.Cab.ExceptionStories;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Cab;

public sealed class DecidingExceptions
{
    private static readonly DeploymentState Deployment = Active().State;
    private static readonly DeploymentState Risky = AwaitingCab(quorum: 2).Votes(Sample.Vote(People.Bob)).Votes(Sample.Vote(People.Carol)).Publishes().State;

    [Fact]
    public void A_security_reviewer_approves_findings_and_rules()
    {
        Asked().When(state => ExceptionDecider.Vote(state, Vote(), null)).Then(new ExceptionApproved("Looked at."));
        Asked(Rule).When(state => ExceptionDecider.Vote(state, Vote(), null)).Then(new ExceptionApproved("Looked at."));
    }

    [Fact]
    public void An_approved_exception_says_who_approved_it_and_when()
    {
        var approved = Asked().After(TimeSpan.FromHours(2)).Votes(Vote()).State;

        Assert.Equal(
            (ExceptionStatus.Approved, People.Sam, Sample.Noon.AddHours(2), "Looked at."), (approved.Status, approved.DecidedBy!.Value, approved.DecidedAt!.Value, approved.Comments));
        Assert.Equal([new ExceptionVote(People.Sam, Ballot.Approve, "Looked at.", Sample.Noon.AddHours(2))], approved.Votes);
    }

    [Fact]
    public void One_rejection_denies()
    {
        var denied = Asked().Votes(Vote(ballot: Ballot.Reject));

        Assert.Equal(new ExceptionDenied("Looked at."), denied.Log[^1].Event);
        Assert.Equal((ExceptionStatus.Denied, People.Sam), (denied.State.Status, denied.State.DecidedBy));
    }

    [Fact]
    public void A_cab_approver_decides_on_no_finding_or_rule()
    {
        Asked().When(state => ExceptionDecider.Vote(state, Vote(roles: ExceptionStories.Cab), null)).ThenRefused(new RoleRequired("SecurityReviewer"));
        Asked(Rule).When(state => ExceptionDecider.Vote(state, Vote(roles: ExceptionStories.Cab), null)).ThenRefused(new RoleRequired("SecurityReviewer"));
    }

    [Fact]
    public void A_security_reviewer_decides_on_no_gate() =>
        Gate(Deployment).When(state => ExceptionDecider.Vote(state, Vote(), Deployment)).ThenRefused(new RoleRequired("CabApprover"));

    [Fact]
    public void The_requester_never_decides() =>
        Asked(requester: People.Sam.Acts()).When(state => ExceptionDecider.Vote(state, Vote(), null)).ThenRefused(new SelfApproval());

    [Fact]
    public void The_owner_of_the_application_that_asks_never_decides() =>
        Asked(Finding with { Owners = [People.Sam] }, People.Pipeline.Acts()).When(state => ExceptionDecider.Vote(state, Vote(), null)).ThenRefused(new SelfApproval());

    [Fact]
    public void An_application_never_decides() =>
        Asked().When(state => ExceptionDecider.Vote(state, Vote(People.Pipeline), null)).ThenRefused(new HumanRequired());

    [Fact]
    public void The_cab_approves_an_override() =>
        Gate(Deployment).When(state => ExceptionDecider.Vote(state, ByCab(People.Bob), Deployment)).Then(new ExceptionApproved("Looked at."));

    [Fact]
    public void Whoever_is_involved_in_the_deployment_decides_on_no_override_of_it() =>
        Gate(Deployment, Actor.System).When(state => ExceptionDecider.Vote(state, ByCab(People.Alice), Deployment)).ThenRefused(new SelfApproval());

    [Fact]
    public void An_override_of_the_system_is_decided_by_anybody_who_is_not_involved() =>
        Gate(Deployment, Actor.System).When(state => ExceptionDecider.Vote(state, ByCab(People.Bob), Deployment)).Then(new ExceptionApproved("Looked at."));

    [Fact]
    public void An_override_needs_the_quorum_of_its_deployment()
    {
        var asked = Gate(Risky, Actor.System);

        asked.When(state => ExceptionDecider.Vote(state, ByCab(People.Bob), Risky)).Then(new ExceptionVoteRecorded("Looked at."));
        asked.Votes(ByCab(People.Bob), Risky).When(state => ExceptionDecider.Vote(state, ByCab(People.Carol), Risky)).Then(new ExceptionApproved("Looked at."));
    }

    [Fact]
    public void Two_approvals_of_one_person_are_one()
    {
        var voted = Gate(Risky, Actor.System).Votes(ByCab(People.Bob), Risky);

        voted.When(state => ExceptionDecider.Vote(state, ByCab(People.Bob) with { Comments = "Still." }, Risky)).Then(new ExceptionVoteRecorded("Still."));
        voted.When(state => ExceptionDecider.Vote(state, ByCab(People.Bob), Risky)).ThenNothing();
        Assert.Single(voted.Votes(ByCab(People.Bob) with { Comments = "Still." }, Risky).State.Votes);
    }

    [Fact]
    public void An_approver_may_change_to_a_rejection_before_quorum() =>
        Gate(Risky, Actor.System).Votes(ByCab(People.Bob), Risky)
            .When(state => ExceptionDecider.Vote(state, ByCab(People.Bob) with { Ballot = Ballot.Reject }, Risky)).Then(new ExceptionDenied("Looked at."));

    [Fact]
    public void An_override_of_a_step_that_was_taken_is_decided_no_more() =>
        Gate(Deployment).When(state => ExceptionDecider.Vote(state, ByCab(People.Bob), Active().Publishes().State)).ThenRefused(new OverrideOutdated());

    [Fact]
    public void An_override_is_about_both_ends_of_its_step()
    {
        var asked = Gate(Deployment).State;

        Assert.True(asked.Concerns(Deployment));
        Assert.False((asked with { Request = asked.Request with { FromRing = Ring.Canary } }).Concerns(Deployment));
        Assert.False((asked with { Request = asked.Request with { ToRing = null } }).Concerns(Deployment));
    }

    [Fact]
    public void An_override_of_an_earlier_revision_is_decided_no_more() =>
        Gate(Deployment).When(state => ExceptionDecider.Vote(state, ByCab(People.Bob), Active().Revokes().State)).ThenRefused(new OverrideOutdated());

    [Fact]
    public void An_override_of_another_deployment_is_decided_no_more() =>
        Gate(Deployment).When(state => ExceptionDecider.Vote(state, ByCab(People.Bob), Deployment with { Id = Sample.OtherId })).ThenRefused(new OverrideOutdated());

    [Fact]
    public void An_override_of_what_has_ended_is_decided_no_more() =>
        Gate(Deployment).When(state => ExceptionDecider.Vote(state, ByCab(People.Bob), In(DeploymentStatus.RolledBack).State)).ThenRefused(new OverrideOutdated());

    [Fact]
    public void The_same_vote_again_changes_nothing_once_it_is_decided()
    {
        Asked().Votes(Vote()).When(state => ExceptionDecider.Vote(state, Vote() with { Comments = "Again." }, null)).ThenNothing();
        Asked().Votes(Vote(ballot: Ballot.Reject)).When(state => ExceptionDecider.Vote(state, Vote(ballot: Ballot.Reject), null)).ThenNothing();
    }

    [Fact]
    public void Another_vote_after_the_decision_is_refused()
    {
        Asked().Votes(Vote()).When(state => ExceptionDecider.Vote(state, Vote(ballot: Ballot.Reject), null)).ThenRefused(new ExceptionDecided(ExceptionStatus.Approved));
        Asked().Votes(Vote(ballot: Ballot.Reject)).When(state => ExceptionDecider.Vote(state, Vote(People.Bob), null)).ThenRefused(new ExceptionDecided(ExceptionStatus.Denied));
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public void A_vote_counts_until_the_exception_would_end(int ticks, bool counts)
    {
        var outcome = Asked().When(state => ExceptionDecider.Vote(state, Vote() with { At = Finding.ExpiresAt.AddTicks(ticks) }, null));
        if (counts)
        {
            outcome.Then(new ExceptionApproved("Looked at."));
        }
        else
        {
            outcome.ThenRefused(new DecisionExpired(Finding.ExpiresAt));
        }
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public void The_sweep_ends_it_when_its_time_is_over(int ticks, bool ended)
    {
        foreach (var story in new[] { Asked(), Asked().Votes(Vote()) })
        {
            var outcome = story.When(state => ExceptionDecider.Expire(state, Finding.ExpiresAt.AddTicks(ticks)));
            if (ended)
            {
                outcome.Then(new ExceptionExpired(story.State.Status == ExceptionStatus.Approved));
            }
            else
            {
                outcome.ThenNothing();
            }
        }
    }

    [Fact]
    public void What_was_denied_or_has_ended_is_not_ended_again()
    {
        Asked().Votes(Vote(ballot: Ballot.Reject)).When(state => ExceptionDecider.Expire(state, Finding.ExpiresAt)).ThenNothing();
        var ended = Asked().After(TimeSpan.FromDays(30)).Does(Actor.System, at => ExceptionDecider.Expire(at.State, at.Now));
        Assert.Equal((ExceptionStatus.Expired, Finding.ExpiresAt), (ended.State.Status, ended.State.EndedAt));
        ended.When(state => ExceptionDecider.Expire(state, Finding.ExpiresAt)).ThenNothing();
        ended.When(state => ExceptionDecider.Vote(state, Vote(), null)).ThenRefused(new ExceptionDecided(ExceptionStatus.Expired));
    }

    private static Story<ExceptionState, ExceptionEvent> Gate(DeploymentState deployment, Actor? requester = null) =>
        Asked(Override(deployment), requester ?? People.Dave.Acts(), deployment);

    private static CastExceptionVote ByCab(PersonId voter) => Vote(voter, Ballot.Approve, ExceptionStories.Cab);
}
