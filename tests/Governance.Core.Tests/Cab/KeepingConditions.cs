using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Rollout;
using Governance.Testing;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Cab;

public sealed class KeepingConditions
{
    private static readonly CabCondition UpToLab = new() { Kind = CabConditionKind.MaxRing, Ring = Ring.Lab };
    private static readonly CabCondition Rate99 = new() { Kind = CabConditionKind.MinSuccessRate, BasisPoints = 9_900 };
    private static readonly CabCondition TwoDays = new() { Kind = CabConditionKind.ObserveHours, Hours = 48 };

    [Fact]
    public void Before_anything_is_published_every_typed_condition_is_pending_and_a_note_is_for_people()
    {
        var note = new CabCondition { Kind = CabConditionKind.Note, Text = "Tell the help desk." };
        CabCondition[] all = [UpToLab, Rate99, TwoDays, At(CabConditionKind.NotBefore, 1), At(CabConditionKind.NotAfter, 9), note];

        var standings = ConditionStandings.Of(Approved(all).State, Sample.Noon);

        Assert.Equal(all, standings.Select(standing => standing.Condition));
        Assert.Equal([.. Enumerable.Repeat(ConditionState.Pending, 5), ConditionState.ForPeople], standings.Select(standing => standing.State));
        Assert.All(standings, standing => Assert.EndsWith(".", standing.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_standing_approval_there_is_nothing_to_keep()
    {
        Assert.Empty(ConditionStandings.Of(AwaitingCab().State, Sample.Noon));
        Assert.Empty(ConditionStandings.Of(Active(UpToLab).Revokes().State, Sample.Noon));
    }

    [Fact]
    public void The_furthest_ring_keeps_or_breaks_the_limit()
    {
        Assert.Equal(ConditionState.Kept, Only(Active(UpToLab)));

        // Revoked with CANARY reached, and approved again for LAB alone.
        var late = Active().Publishes().Revokes().Votes(Sample.Vote(People.Carol, Ballot.Approve, UpToLab));
        Assert.Equal(ConditionState.Broken, Only(late));
    }

    [Fact]
    public void The_moment_of_publishing_keeps_or_breaks_the_limits_of_time()
    {
        Assert.Equal(ConditionState.Kept, Only(Active(At(CabConditionKind.NotAfter, 0))));
        Assert.Equal(ConditionState.Broken, Only(Approved(At(CabConditionKind.NotAfter, 1)).After(TimeSpan.FromHours(2)).Publishes()));
        Assert.Equal(ConditionState.Broken, Only(Active(At(CabConditionKind.NotBefore, 1))));
        Assert.Equal(ConditionState.Kept, Only(Approved(At(CabConditionKind.NotBefore, 1)).After(TimeSpan.FromHours(1)).Publishes()));
    }

    [Fact]
    public void What_was_published_under_an_earlier_approval_breaks_no_later_condition()
    {
        var again = Active().After(TimeSpan.FromHours(5)).Revokes().Votes(Sample.Vote(People.Carol, Ballot.Approve, At(CabConditionKind.NotBefore, 4)));

        Assert.Equal(ConditionState.Pending, Only(again));
    }

    [Theory]
    [InlineData(99, 100, ConditionState.Kept)]
    [InlineData(98, 100, ConditionState.Broken)]
    [InlineData(9_899, 10_000, ConditionState.Broken)]
    public void A_gate_that_was_passed_shows_whether_the_rate_was_reached(long succeeded, long counted, ConditionState state)
    {
        var promoted = Promoted(Active(Rate99), succeeded, counted, hours: 24);

        Assert.Equal(state, Only(promoted));
        Assert.Contains($"{succeeded} of {counted} devices succeeded", ConditionStandings.Of(promoted.State, promoted.Now)[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_gate_breaks_the_rate_until_a_ring_is_published()
    {
        var failed = Active(Rate99).Does(Actor.System, at => RolloutDecider.RecordGate(at.State, Measured(at.State.NextStep, GateResult.Fail, 90, 100, 24)));

        Assert.Equal(ConditionState.Broken, Only(failed));
        Assert.StartsWith("The rollout waits in LAB", ConditionStandings.Of(failed.State, failed.Now)[0].Reason, StringComparison.Ordinal);
        Assert.Equal(ConditionState.Kept, Only(Promoted(failed, 100, 100, 24)));
    }

    [Fact]
    public void An_override_that_left_a_ring_too_early_breaks_the_period()
    {
        Assert.Equal(ConditionState.Kept, Only(Promoted(Active(TwoDays), 100, 100, hours: 48)));
        Assert.Equal(ConditionState.Broken, Only(Promoted(Active(TwoDays), 100, 100, hours: 47)));
    }

    [Fact]
    public void A_demonstration_is_measured_at_its_own_speed()
    {
        var fast = Measured(Active(TwoDays).State.NextStep, GateResult.Pass, 100, 100, hours: 1) with { Speed = 48 };
        var promoted = Active(TwoDays).Does(
            Actor.System, at => RolloutDecider.RecordPublished(at.State, Ring.Canary, fast, Sample.Publication(at.State), PublishStage.Assigning));

        Assert.Equal(ConditionState.Kept, Only(promoted));
    }

    [Fact]
    public void The_completion_is_measured_too()
    {
        var completed = Active(UpToLab, Rate99).Does(
            Actor.System, at => RolloutDecider.Complete(at.State, Ring.Lab, Measured(at.State.NextStep, GateResult.Pass, 98, 100, 24) with { OverrideId = Guid.Empty }));

        Assert.Equal([ConditionState.Kept, ConditionState.Broken], ConditionStandings.Of(completed.State, completed.Now).Select(standing => standing.State));
    }

    private static CabCondition At(CabConditionKind kind, int hours) => new() { Kind = kind, At = Sample.Noon.AddHours(hours) };

    private static ConditionState Only(Story<DeploymentState, DeploymentEvent> story) => Assert.Single(ConditionStandings.Of(story.State, story.Now)).State;

    private static Story<DeploymentState, DeploymentEvent> Promoted(Story<DeploymentState, DeploymentEvent> story, long succeeded, long counted, int hours) => story.Does(
        Actor.System,
        at => RolloutDecider.RecordPublished(
            at.State, Ring.Canary, Measured(at.State.NextStep, GateResult.Pass, succeeded, counted, hours), Sample.Publication(at.State), PublishStage.Assigning));

    private static GateVerdict Measured(GateStep step, GateResult result, long succeeded, long counted, int hours) => Sample.Gate(step, result) with
    {
        Figures = new(GateSource.Rollout, new(counted, succeeded, counted - succeeded, 0, 0), counted, 0, 9_800, counted, counted, hours * 3600L, 24 * 3600L),
    };
}
