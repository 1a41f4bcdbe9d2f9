using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Rollout;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Rollout;

public sealed class TakingRings
{
    private static readonly CorrelationId Third = new(new Guid("d0000000-0000-4000-8000-000000000003"));

    [Fact]
    public void A_newer_deployment_takes_a_ring_and_gives_it_back()
    {
        var taken = Completed().Does(Actor.System, at => RolloutDecider.Supersede(at.State, Ring.Canary, Sample.OtherId));

        Assert.Equal(new RingSuperseded(Ring.Canary, Sample.OtherId), taken.Log[^1].Event);
        Assert.Equal([null, Sample.OtherId, null], taken.State.Rings.Select(ring => ring.SupersededBy));
        Assert.Equal(DeploymentStatus.Completed, taken.State.Status);

        var restored = taken.Does(Actor.System, at => RolloutDecider.Restore(at.State, Ring.Canary, Sample.OtherId));
        Assert.Equal(new RingRestored(Ring.Canary, Sample.OtherId), restored.Log[^1].Event);
        Assert.Equal(Completed().State.Rings, restored.State.Rings);
    }

    [Fact]
    public void A_ring_that_was_taken_is_not_taken_again() =>
        Completed().Does(Actor.System, at => RolloutDecider.Supersede(at.State, Ring.Canary, Sample.OtherId))
            .When(state => RolloutDecider.Supersede(state, Ring.Canary, Third)).ThenNothing();

    [Fact]
    public void A_ring_is_given_back_by_whoever_took_it() =>
        Completed().Does(Actor.System, at => RolloutDecider.Supersede(at.State, Ring.Canary, Sample.OtherId))
            .When(state => RolloutDecider.Restore(state, Ring.Canary, Third)).ThenNothing();

    [Fact]
    public void A_ring_that_was_never_reached_is_not_taken() => Active().When(state => RolloutDecider.Supersede(state, Ring.Canary, Sample.OtherId)).ThenNothing();

    [Fact]
    public void Nobody_takes_a_ring_from_itself() => Active().When(state => RolloutDecider.Supersede(state, Ring.Lab, Sample.Id)).ThenNothing();

    [Fact]
    public void What_is_off_devices_has_no_ring_to_take_or_get_back()
    {
        In(DeploymentStatus.RolledBack).When(state => RolloutDecider.Supersede(state, Ring.Lab, Sample.OtherId)).ThenNothing();
        In(DeploymentStatus.RolledBack).When(state => RolloutDecider.Restore(state, Ring.Lab, Sample.OtherId)).ThenNothing();
    }
}
