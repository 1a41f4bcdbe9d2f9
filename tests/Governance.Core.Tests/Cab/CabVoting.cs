using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Policy;
using Governance.Core.Rollout;
using Governance.Testing.Cab;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Cab;

public sealed class CabVoting
{
    private static readonly Digest Shown = AwaitingCab().State.OpenCab!.SubjectDigest;
    private static readonly CabCondition Note = new() { Kind = CabConditionKind.Note, Text = "Tell the help desk." };

    [Fact]
    public void With_a_quorum_of_one_the_vote_is_the_decision() =>
        AwaitingCab().When(state => CabDecider.Vote(state, Sample.Vote(People.Bob))).Then(new CabApproved(Shown, "Seen and agreed.", [], []));

    [Fact]
    public void The_first_of_two_needed_approvals_is_recorded() =>
        AwaitingCab(quorum: 2).When(state => CabDecider.Vote(state, Sample.Vote(People.Bob)))
            .Then(new CabVoteRecorded(AwaitingCab(2).State.OpenCab!.SubjectDigest, "Seen and agreed.", []));

    [Fact]
    public void The_second_of_two_needed_approvals_settles_the_request()
    {
        var settled = AwaitingCab(quorum: 2).Votes(Sample.Vote(People.Bob)).Votes(Sample.Vote(People.Carol)).State;

        Assert.Equal(DeploymentStatus.Approved, settled.Status);
        Assert.Equal((CabDecision.Approved, People.Carol, Sample.Noon), (settled.Cab!.Decision, settled.Cab.Approver, settled.Cab.DecidedAt));
        Assert.Equal([People.Bob, People.Carol], settled.Cab.Votes.Select(vote => vote.Voter));
        Assert.True(settled.ApprovalStands);
    }

    [Fact]
    public void Two_approvals_of_one_person_are_one()
    {
        var again = AwaitingCab(quorum: 2).Votes(Sample.Vote(People.Bob)).Votes(Sample.Vote(People.Bob) with { Comments = "Still agreed." });

        Assert.Equal("CAB_VOTE_RECORDED", again.Types.Last());
        Assert.Equal([new CabVote(People.Bob, Ballot.Approve, "Still agreed.", [], Sample.Noon)], again.State.OpenCab!.Votes);
    }

    [Fact]
    public void The_same_vote_again_changes_nothing_while_it_is_open() =>
        AwaitingCab(quorum: 2).Votes(Sample.Vote(People.Bob)).When(state => CabDecider.Vote(state, Sample.Vote(People.Bob))).ThenNothing();

    [Fact]
    public void The_same_vote_again_changes_nothing_once_it_is_decided() =>
        Approved().When(state => CabDecider.Vote(state, Sample.Vote(People.Bob) with { Comments = "Other words." })).ThenNothing();

    [Fact]
    public void The_same_rejection_again_changes_nothing() =>
        In(DeploymentStatus.Rejected).When(state => CabDecider.Vote(state, Sample.Vote(People.Bob, Ballot.Reject))).ThenNothing();

    [Fact]
    public void Another_vote_after_the_decision_is_refused() =>
        Approved().When(state => CabDecider.Vote(state, Sample.Vote(People.Carol))).ThenRefused(new AlreadyDecided(CabDecision.Approved));

    [Fact]
    public void A_changed_mind_after_the_decision_is_refused() =>
        Approved().When(state => CabDecider.Vote(state, Sample.Vote(People.Bob, Ballot.Reject))).ThenRefused(new AlreadyDecided(CabDecision.Approved));

    [Fact]
    public void An_approver_may_change_to_a_rejection_before_quorum() =>
        AwaitingCab(quorum: 2).Votes(Sample.Vote(People.Bob)).When(state => CabDecider.Vote(state, Sample.Vote(People.Bob, Ballot.Reject)))
            .Then(new CabRejected(AwaitingCab(2).State.OpenCab!.SubjectDigest, "Not like this."));

    [Fact]
    public void One_rejection_rejects()
    {
        var rejected = AwaitingCab(quorum: 2).Votes(Sample.Vote(People.Bob)).Votes(Sample.Vote(People.Carol, Ballot.Reject)).State;

        Assert.Equal((DeploymentStatus.Rejected, CabDecision.Rejected, People.Carol), (rejected.Status, rejected.Cab!.Decision, rejected.Cab.Approver));
        Assert.Equal(("Not like this.", null), (rejected.Reason, rejected.Approval));
    }

    [Fact]
    public void The_submitter_does_not_vote() =>
        AwaitingCab().When(state => CabDecider.Vote(state, Sample.Vote(People.Alice))).ThenRefused(new SelfApproval());

    [Fact]
    public void The_submitter_does_not_reject_either() =>
        AwaitingCab().When(state => CabDecider.Vote(state, Sample.Vote(People.Alice, Ballot.Reject))).ThenRefused(new SelfApproval());

    [Fact]
    public void The_owner_of_the_pipeline_that_submitted_does_not_vote() =>
        Pending(Sample.Request() with { Submitter = People.Pipeline.Acts(), Owners = [People.Bob] }).Checked(PolicyVerdict.CabRequired, 2)
            .When(state => CabDecider.Vote(state, Sample.Vote(People.Bob))).ThenRefused(new SelfApproval());

    [Fact]
    public void Whoever_asked_for_an_exception_that_the_check_rests_on_does_not_vote() =>
        Pending().Checked(PolicyVerdict.CabRequired, 1, new Reliance(ExceptionStories.Id, People.Dave))
            .When(state => CabDecider.Vote(state, Sample.Vote(People.Dave))).ThenRefused(new SelfApproval());

    [Fact]
    public void An_application_does_not_vote() =>
        AwaitingCab().When(state => CabDecider.Vote(state, Sample.Vote(People.Pipeline))).ThenRefused(new HumanRequired());

    [Fact]
    public void The_system_does_not_vote() =>
        AwaitingCab().When(state => CabDecider.Vote(state, Sample.Vote(People.Bob) with { Voter = Actor.System })).ThenRefused(new HumanRequired());

    [Fact]
    public void A_vote_on_what_was_shown_counts() =>
        AwaitingCab().When(state => CabDecider.Vote(state, Sample.Vote(People.Bob) with { Seen = Shown })).Then(new CabApproved(Shown, "Seen and agreed.", [], []));

    [Fact]
    public void A_vote_on_something_else_is_refused() =>
        AwaitingCab().When(state => CabDecider.Vote(state, Sample.Vote(People.Bob) with { Seen = Digest.Of("old"u8) })).ThenRefused(new SubjectChanged(Shown));

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public void A_vote_counts_until_the_instant_of_expiry(int ticks, bool counts)
    {
        var outcome = AwaitingCab().When(state => CabDecider.Vote(state, Sample.Vote(People.Bob) with { At = Sample.Noon.AddHours(96).AddTicks(ticks) }));

        if (counts)
        {
            outcome.Then(new CabApproved(Shown, "Seen and agreed.", [], []));
        }
        else
        {
            outcome.ThenRefused(new DecisionExpired(Sample.Noon.AddHours(96)));
        }
    }

    [Fact]
    public void A_vote_is_still_welcome_between_the_deadline_and_expiry() =>
        AwaitingCab().After(TimeSpan.FromHours(50)).Does(Actor.System, at => CabDecider.Escalate(at.State, 1, at.Now))
            .When((state, at) => CabDecider.Vote(state, Sample.Vote(People.Bob) with { At = at })).Then(new CabApproved(Shown, "Seen and agreed.", [], []));

    [Fact]
    public void Votes_of_an_earlier_revision_do_not_count()
    {
        var asked = AwaitingCab(quorum: 2).Votes(Sample.Vote(People.Bob))
            .Does(Admin.Actor, at => DeploymentDecider.Recheck(at.State, "requested", "New rules.", Admin, PublishStage.None))
            .Checked(PolicyVerdict.CabRequired, quorum: 2);

        Assert.Empty(asked.State.OpenCab!.Votes);
        asked.When(state => CabDecider.Vote(state, Sample.Vote(People.Carol))).Then(new CabVoteRecorded(asked.State.OpenCab.SubjectDigest, "Seen and agreed.", []));
    }

    [Fact]
    public void An_approval_with_a_condition_is_conditional()
    {
        var approved = Approved(Note).State;

        Assert.Equal(CabDecision.Conditional, approved.Cab!.Decision);
        Assert.Equal([Note], approved.Approval!.Conditions);
    }

    [Fact]
    public void Conditions_of_all_approvers_hold_and_the_strictest_value_wins()
    {
        var settled = AwaitingCab(quorum: 2)
            .Votes(Sample.Vote(People.Bob, Ballot.Approve, UpTo(Ring.Canary), Note))
            .Votes(Sample.Vote(People.Carol, Ballot.Approve, UpTo(Ring.Pilot)));

        Assert.Equal([UpTo(Ring.Canary), Note], settled.State.Approval!.Conditions);
        Assert.Equal(
            new CabApproved(settled.State.Cab!.SubjectDigest, "Seen and agreed.", [UpTo(Ring.Pilot)], [UpTo(Ring.Canary), Note]), settled.Log[^1].Event);
    }

    [Fact]
    public void A_condition_that_its_approver_took_back_does_not_hold()
    {
        var settled = AwaitingCab(quorum: 2)
            .Votes(Sample.Vote(People.Bob, Ballot.Approve, UpTo(Ring.Canary)))
            .Votes(Sample.Vote(People.Bob))
            .Votes(Sample.Vote(People.Carol));

        Assert.Equal(CabDecision.Approved, settled.State.Cab!.Decision);
        Assert.Empty(settled.State.Approval!.Conditions);
    }

    [Fact]
    public void A_last_ring_before_the_first_is_refused() =>
        Pending(Sample.Request(Ring.Canary, Ring.Pilot)).Checked(PolicyVerdict.CabRequired)
            .When(state => CabDecider.Vote(state, Sample.Vote(People.Bob, Ballot.Approve, UpTo(Ring.Lab)))).ThenRefused(new ConditionImpossible(Ring.Canary));

    [Fact]
    public void A_last_ring_that_is_the_first_is_fine() =>
        Pending(Sample.Request(Ring.Canary, Ring.Pilot)).Checked(PolicyVerdict.CabRequired)
            .Votes(Sample.Vote(People.Bob, Ballot.Approve, UpTo(Ring.Canary)));

    private static CabCondition UpTo(Ring ring) => new() { Kind = CabConditionKind.MaxRing, Ring = ring };
}
