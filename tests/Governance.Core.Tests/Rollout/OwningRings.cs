using Governance.Core.Deployments;
using Governance.Core.Rollout;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Rollout;

public sealed class OwningRings
{
    private static readonly CorrelationId First = Sample.Id;
    private static readonly CorrelationId Second = Sample.OtherId;
    private static readonly CorrelationId Third = new(new Guid("d0000000-0000-4000-8000-000000000003"));

    [Fact]
    public void The_first_to_reach_a_ring_takes_it_from_nobody()
    {
        var lab = Taken(First).Of(Ring.Lab)!;

        Assert.Equal(First, lab.Owner);
        Assert.Empty(lab.Earlier);
        Assert.Null(lab.Loser);
        Assert.Null(Taken(First).Of(Ring.Canary));
    }

    [Fact]
    public void A_newer_version_takes_the_ring_and_the_earlier_one_still_has_to_lose_its_groups()
    {
        var taken = Taken(First).Take(Ring.Lab, Second, ownerHasIt: true);

        Assert.Equal((Second, First), (taken.Of(Ring.Lab)!.Owner!.Value, taken.Of(Ring.Lab)!.Loser!.Value));
        Assert.Equal([First], taken.Of(Ring.Lab)!.Earlier);
        Assert.Single(taken.Unsettled);
        Assert.Empty(taken.Settle(Ring.Lab, Second).Unsettled);
        Assert.Equal(taken, taken.Settle(Ring.Lab, First));
    }

    [Fact]
    public void Who_took_a_ring_and_never_got_its_app_there_leaves_no_trace()
    {
        var taken = Taken(First).Take(Ring.Lab, Second, ownerHasIt: true).Take(Ring.Lab, Third, ownerHasIt: false).Of(Ring.Lab)!;

        Assert.Equal((Third, First), (taken.Owner!.Value, taken.Loser!.Value));
        Assert.Equal([First], taken.Earlier);
    }

    [Fact]
    public void Taking_it_twice_is_taking_it_once() => Assert.Equal(Taken(First), Taken(First).Take(Ring.Lab, First, ownerHasIt: true));

    [Fact]
    public void A_rollback_gives_the_ring_to_the_version_before_and_forgets_those_in_between()
    {
        var third = Taken(First).Take(Ring.Lab, Second, ownerHasIt: true).Settle(Ring.Lab, Second).Take(Ring.Lab, Third, ownerHasIt: true).Settle(Ring.Lab, Third);

        var back = third.GiveBack(Ring.Lab, Third, First).Of(Ring.Lab)!;

        Assert.Equal((First, Third), (back.Owner!.Value, back.GivenBackBy!.Value));
        Assert.Empty(back.Earlier);
        Assert.Equal([First], third.GiveBack(Ring.Lab, Third, Second).Of(Ring.Lab)!.Earlier);
        Assert.Equal(third, third.GiveBack(Ring.Lab, Second, First));
        Assert.Null(third.GiveBack(Ring.Lab, Third, null).Of(Ring.Lab)!.Owner);
        Assert.Null(third.GiveBack(Ring.Lab, Third, null).Of(Ring.Lab)!.GivenBackBy);
    }

    [Theory]
    [InlineData(DeploymentStatus.Approved, true)]
    [InlineData(DeploymentStatus.Active, true)]
    [InlineData(DeploymentStatus.Completed, false)]
    [InlineData(DeploymentStatus.Pending, false)]
    [InlineData(DeploymentStatus.Cancelled, false)]
    [InlineData(DeploymentStatus.Failed, false)]
    [InlineData(DeploymentStatus.RolledBack, false)]
    public void A_ring_is_held_while_its_owners_rollout_is_live(DeploymentStatus owner, bool held)
    {
        Assert.Equal(held, Taken(First).Of(Ring.Lab)!.IsHeldFrom(Second, In(owner).State));
        Assert.False(Taken(First).Of(Ring.Lab)!.IsHeldFrom(First, In(owner).State));
    }

    [Fact]
    public void A_ring_is_held_while_it_is_being_given_back()
    {
        Assert.True(Taken(First).Of(Ring.Lab)!.IsHeldFrom(Second, Completed().RollsBack().State));
        var back = Taken(First).Take(Ring.Lab, Third, ownerHasIt: true).GiveBack(Ring.Lab, Third, First).Of(Ring.Lab)!;
        Assert.True(back.IsHeldFrom(Second, Completed().State));
        Assert.False(back.IsHeldFrom(Second, null));
    }

    [Fact]
    public void Rollouts_that_wait_are_noted_once_and_woken_together()
    {
        var waiting = Taken(First).Await(Ring.Lab, Second).Await(Ring.Lab, Second).Await(Ring.Lab, Third);

        Assert.Equal([Second, Third], waiting.Of(Ring.Lab)!.Waiting);
        Assert.Equal([Third], waiting.Take(Ring.Lab, Second, ownerHasIt: true).Of(Ring.Lab)!.Waiting);
        Assert.Equal(Taken(First), waiting.Woken());
        Assert.Equal(RingOwnership.None, RingOwnership.None.Await(Ring.Lab, Second));
    }

    private static RingOwnership Taken(CorrelationId by) => RingOwnership.None.Take(Ring.Lab, by, ownerHasIt: false);
}
