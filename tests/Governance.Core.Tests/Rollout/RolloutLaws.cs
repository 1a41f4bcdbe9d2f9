using FsCheck;
using FsCheck.Fluent;
using Governance.Core.Deployments;
using Governance.Core.Rollout;
using Governance.Testing;

namespace Governance.Core.Tests.Rollout;

/// <summary>Whatever devices report, people decide and clocks say, in any order.</summary>
public sealed class RolloutLaws
{
    [Fact]
    public void No_ring_is_ever_published_without_its_gate_and_approvals_valid_at_that_moment()
    {
        var seen = new HashSet<string>();
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(400).WithReplay(20260321UL, 7UL),
            Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed => seen.UnionWith(new ImaginedRollout(new Seeded(seed)).Run(150))));

        // The sequences are worth something only if they get everywhere.
        Assert.Superset(
            new HashSet<string>
            {
                "DEPLOYMENT_PUBLISHED", "RING_PROMOTED", "DEPLOYMENT_COMPLETED", "PROMOTION_GATE_FAILED", "ROLLBACK_STARTED", "APPROVAL_REVOKED", "EXCEPTION_EXPIRED",
                "ROLLOUT_RESUMED", "refused at assigning", "promoted by an override", "the clock went back", "the CAB was asked",
            },
            seen);
    }
}
