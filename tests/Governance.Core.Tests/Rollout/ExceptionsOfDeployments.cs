using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Policy;
using Governance.Core.Rollout;
using Governance.Testing;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Rollout;

public sealed class ExceptionsOfDeployments
{
    private static readonly Guid A = new("c0000000-0000-4000-8000-00000000000a");
    private static readonly Guid B = new("c0000000-0000-4000-8000-00000000000b");
    private static readonly Guid New = new("c0000000-0000-4000-8000-0000000000cc");
    private static readonly Reliance OnA = new(A, People.Dave);
    private static readonly Reliance OnB = new(B, People.Dave);
    private static readonly Reliance OnNew = new(New, People.Sam);

    [Theory]
    [InlineData(PolicyVerdict.Blocked)]
    [InlineData(PolicyVerdict.CabRequired)]
    [InlineData(PolicyVerdict.Allowed)]
    public void The_end_of_an_exception_asks_for_a_new_check_before_anything_is_published(PolicyVerdict verdict) =>
        Pending().Checked(verdict, 1, OnA).When(state => RolloutDecider.ExceptionEnded(state, A, null, PublishStage.Claimed))
            .Then(new RecheckRequested("exception_ended", A.ToString(), 2));

    [Fact]
    public void The_end_of_an_exception_holds_what_is_on_devices()
    {
        var held = Running(OnA).Does(Actor.System, at => RolloutDecider.ExceptionEnded(at.State, A, null, PublishStage.None));

        Assert.Equal(new RelianceExpired(A), held.Log[^1].Event);
        Assert.Equal("EXCEPTION_EXPIRED", held.Types.Last());
        Assert.Equal([WaitReason.Exception], held.State.Holds);
        held.When(state => RolloutDecider.ExceptionEnded(state, A, null, PublishStage.None)).ThenNothing();
    }

    [Fact]
    public void The_end_of_an_exception_while_groups_are_being_assigned_is_logged_and_the_publish_still_counts()
    {
        var held = Pending().Checked(PolicyVerdict.Allowed, 1, OnA).Does(Actor.System, at => RolloutDecider.ExceptionEnded(at.State, A, null, PublishStage.Assigning));

        Assert.Equal((DeploymentStatus.Approved, 1), (held.State.Status, held.State.Revision));
        var active = held.Publishes().State;
        Assert.Equal(DeploymentStatus.Active, active.Status);
        Assert.Equal([WaitReason.Exception], active.Holds);
    }

    [Fact]
    public void The_end_of_an_exception_that_nothing_rests_on_changes_nothing() =>
        Running(OnA).When(state => RolloutDecider.ExceptionEnded(state, B, null, PublishStage.None)).ThenNothing();

    [Theory]
    [InlineData(PolicyVerdict.Blocked)]
    [InlineData(PolicyVerdict.CabRequired)]
    [InlineData(PolicyVerdict.Allowed)]
    public void An_exception_that_matters_asks_for_a_new_check(PolicyVerdict verdict) =>
        Pending().Checked(verdict).When(state => RolloutDecider.ExceptionApproved(state, New, matters: true, null, PublishStage.None))
            .Then(new RecheckRequested("exception_approved", New.ToString(), 2));

    [Fact]
    public void An_exception_that_does_not_matter_changes_nothing() =>
        Blocked().When(state => RolloutDecider.ExceptionApproved(state, New, matters: false, null, PublishStage.None)).ThenNothing();

    [Fact]
    public void An_exception_that_the_check_rests_on_already_changes_nothing() =>
        Pending().Checked(PolicyVerdict.CabRequired, 1, OnNew)
            .When(state => RolloutDecider.ExceptionApproved(state, New, matters: true, null, PublishStage.None)).ThenNothing();

    [Fact]
    public void Nothing_is_checked_anew_while_groups_are_being_assigned() =>
        Approved().When(state => RolloutDecider.ExceptionApproved(state, New, matters: true, null, PublishStage.Assigning)).ThenNothing();

    [Fact]
    public void Nothing_is_checked_anew_on_devices() =>
        Active().When(state => RolloutDecider.ExceptionApproved(state, New, matters: true, null, PublishStage.None)).ThenNothing();

    [Fact]
    public void A_replacement_resumes_the_rollout_which_rests_on_it_from_then_on()
    {
        var resumed = Running(OnA)
            .Does(Actor.System, at => RolloutDecider.ExceptionEnded(at.State, A, null, PublishStage.None))
            .Does(Actor.System, at => RolloutDecider.ExceptionApproved(at.State, New, matters: false, [OnNew], PublishStage.None));

        Assert.Equal(new RolloutResumed(WaitReason.Exception, New.ToString()) { Reliances = [OnNew] }, resumed.Log[^1].Event);
        Assert.Empty(resumed.State.Holds);
        Assert.Empty(resumed.State.EndedExceptions);
        Assert.Contains(People.Sam, resumed.State.Involved);
        resumed.When(state => RolloutDecider.ExceptionApproved(state, New, matters: false, [OnNew], PublishStage.None)).ThenNothing();
        resumed.When(state => RolloutDecider.ExceptionEnded(state, New, null, PublishStage.None)).Then(new RelianceExpired(New));
    }

    [Fact]
    public void While_something_that_ended_is_not_replaced_the_rollout_waits()
    {
        var held = Running(OnA, OnB)
            .Does(Actor.System, at => RolloutDecider.ExceptionEnded(at.State, A, null, PublishStage.None))
            .Does(Actor.System, at => RolloutDecider.ExceptionEnded(at.State, B, null, PublishStage.None));

        Assert.Equal([A, B], held.State.EndedExceptions);
        held.When(state => RolloutDecider.ExceptionApproved(state, New, matters: true, null, PublishStage.None)).ThenNothing();
    }

    [Fact]
    public void A_replacement_resumes_what_is_approved_and_waits_too()
    {
        var held = Pending().Checked(PolicyVerdict.Allowed, 1, OnA).Does(Actor.System, at => RolloutDecider.ExceptionEnded(at.State, A, null, PublishStage.Assigning));

        held.When(state => RolloutDecider.ExceptionApproved(state, New, matters: true, [OnNew], PublishStage.None))
            .Then(new RolloutResumed(WaitReason.Exception, New.ToString()) { Reliances = [OnNew] });
    }

    private static Story<DeploymentState, DeploymentEvent> Running(params Reliance[] reliances) => Pending().Checked(PolicyVerdict.Allowed, 1, reliances).Publishes();
}
