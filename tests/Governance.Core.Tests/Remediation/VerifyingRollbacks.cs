using Governance.Core.Deployments;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Remediation;

public sealed class VerifyingRollbacks
{
    [Theory]
    [InlineData(100, 98, 2, 0, 0, RollbackVerdict.Verified)]
    [InlineData(100, 97, 3, 0, 0, RollbackVerdict.NotYet)]
    [InlineData(100, 80, 0, 20, 0, RollbackVerdict.NotYet)]
    [InlineData(100, 79, 0, 0, 0, RollbackVerdict.NotYet)]
    [InlineData(100, 80, 0, 0, 0, RollbackVerdict.Verified)]
    [InlineData(9, 8, 0, 0, 0, RollbackVerdict.NotYet)]
    [InlineData(9, 0, 0, 0, 9, RollbackVerdict.Verified)]
    [InlineData(0, 0, 0, 0, 0, RollbackVerdict.Verified)]
    public void It_is_verified_at_the_rate_and_coverage_of_the_rings_gate(long targeted, long gone, long failed, long pending, long notApplicable, RollbackVerdict expected)
    {
        var check = Judge(new RingResults(targeted, gone, failed, pending, notApplicable), TimeSpan.FromHours(1));

        Assert.Equal(expected, check.Verdict);
        Assert.Contains("LAB", check.Reason, StringComparison.Ordinal);
        Assert.Equal(expected == RollbackVerdict.NotYet, check.LookAgainAt is not null);
    }

    [Fact]
    public void Devices_have_their_compliance_time_to_follow()
    {
        var results = new RingResults(100, 97, 3, 0, 0);

        Assert.Equal(RollbackVerdict.NotYet, Judge(results, TimeSpan.FromHours(24) - TimeSpan.FromTicks(1)).Verdict);
        Assert.Equal(RollbackVerdict.Failed, Judge(results, TimeSpan.FromHours(24)).Verdict);
        Assert.Equal(RollbackVerdict.NotYet, Judge(results, TimeSpan.FromHours(24), Connectivity.Intermittent).Verdict);
        Assert.Equal(RollbackVerdict.Failed, Judge(results, TimeSpan.FromHours(72), Connectivity.Intermittent).Verdict);
    }

    [Fact]
    public void A_plane_that_does_not_answer_has_twice_that_time()
    {
        Assert.Equal(RollbackVerdict.NotYet, Judge(null, TimeSpan.FromHours(47)).Verdict);
        Assert.Equal(RollbackVerdict.Failed, Judge(null, TimeSpan.FromHours(48)).Verdict);
        Assert.Equal(RollbackVerdict.NotYet, Judge(new RingResults(1, -1, 0, 0, 0), TimeSpan.FromHours(47)).Verdict);
    }

    [Fact]
    public void The_plan_says_what_will_be_done_before_it_is_done()
    {
        var state = Completed().State;

        Assert.Equal(
            [
                "Have 7-Zip 24.09 uninstalled from LAB, CANARY, PILOT.",
                $"Give LAB, CANARY back to version 23.01 ({Sample.OtherId}).",
                "Verify by what devices report.",
                "Delete the app once every device has reported.",
            ],
            RollbackPlan.Of(state, [new(Ring.Canary, Sample.OtherId, "23.01"), new(Ring.Lab, Sample.OtherId, "23.01")], canUninstall: true));
        Assert.Equal(
            ["Take 7-Zip 24.09 away from LAB, CANARY, PILOT; installed copies stay, because the evidence names no uninstall command.", "Verify that nobody is assigned."],
            RollbackPlan.Of(state, [], canUninstall: false));
    }

    [Fact]
    public void Rings_that_a_newer_version_took_are_not_taken_back()
    {
        var taken = Completed();
        foreach (var ring in taken.State.Rings.Select(each => each.Ring))
        {
            taken = taken.Does(Core.Events.Actor.System, at => RolloutDecider.Supersede(at.State, ring, Sample.OtherId));
        }

        Assert.Empty(RollbackPlan.RingsOf(taken.State));
        Assert.Equal(["7-Zip 24.09 has no ring any more; its app is left as it is."], RollbackPlan.Of(taken.State, [], canUninstall: true));
    }

    private static RollbackCheck Judge(RingResults? results, TimeSpan since, Connectivity connectivity = Connectivity.Online) => RollbackVerification.Judge(
        PromotionGates.V1, Ring.Lab, new(Sample.Noon, connectivity, results, results is null ? "no answer" : null), "uninstalled", Sample.Noon + since);
}
