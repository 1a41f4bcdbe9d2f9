using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Testing;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Remediation;

public sealed class RollingBack
{
    private static readonly Guid Asked = DeploymentIds.Remediation(Sample.Id, 6);

    [Theory]
    [InlineData(DeploymentStatus.Active)]
    [InlineData(DeploymentStatus.Completed)]
    public void An_administrator_starts_it_and_nothing_is_promoted_meanwhile(DeploymentStatus status)
    {
        var started = In(status).RollsBack();

        Assert.Equal(new RollbackStarted("requested", "Broken.", ["Uninstall."]), started.Log[^1].Event);
        Assert.Equal(status, started.State.Status);
        Assert.Equal([WaitReason.Rollback], started.State.Holds);
    }

    [Fact]
    public void A_breach_starts_it() =>
        Active().When(state => RemediationDecider.StartRollback(state, "breach", "91 of 98.", [], By(null))).Then(new RollbackStarted("breach", "91 of 98.", []));

    [Fact]
    public void The_submitter_asks_through_a_remediation_and_not_directly() =>
        Active().When(state => RemediationDecider.StartRollback(state, "requested", "Broken.", [], By(People.Alice))).ThenRefused(new AdminRequired());

    [Fact]
    public void Starting_twice_is_starting_once()
    {
        Active().RollsBack().When(state => RemediationDecider.StartRollback(state, "breach", "91 of 98.", [], By(null))).ThenNothing();
        In(DeploymentStatus.RolledBack).When(state => RemediationDecider.StartRollback(state, "requested", "Broken.", [], Admin)).ThenNothing();
    }

    [Fact]
    public void What_was_never_published_is_not_taken_back() =>
        Approved().When(state => RemediationDecider.StartRollback(state, "requested", "Broken.", [], Admin)).ThenRefused(new NothingToRollBack(DeploymentStatus.Approved));

    [Fact]
    public void Once_verified_it_is_over()
    {
        var done = In(DeploymentStatus.RolledBack);

        Assert.Equal(new DeploymentRolledBack(["Uninstalled."]), done.Log[^1].Event);
        Assert.Empty(done.State.Holds);
        done.When(state => RemediationDecider.RolledBack(state, ["Uninstalled."])).ThenNothing();
    }

    [Fact]
    public void What_is_impossible_is_left_to_an_operator()
    {
        var failed = Completed().RollsBack().Does(Actor.System, at => RemediationDecider.RollbackFailed(at.State, "No uninstall command."));

        Assert.Equal(new RollbackFailed("No uninstall command."), failed.Log[^1].Event);
        Assert.Equal((DeploymentStatus.Completed, "No uninstall command."), (failed.State.Status, failed.State.Reason));
        Assert.Equal([WaitReason.Operator], failed.State.Holds);
        failed.When(state => RemediationDecider.RollbackFailed(state, "No uninstall command.")).ThenNothing();
    }

    [Fact]
    public void It_may_be_asked_again_after_it_failed() =>
        Completed().RollsBack().Does(Actor.System, at => RemediationDecider.RollbackFailed(at.State, "No uninstall command.")).RollsBack();

    [Fact]
    public void A_remediation_that_asked_for_it_succeeds_with_it() =>
        AskedFor().When(state => RemediationDecider.RolledBack(state, ["Uninstalled."]))
            .Then(new RemediationSucceeded(Asked, "The app is rolled back."), new DeploymentRolledBack(["Uninstalled."]));

    [Fact]
    public void A_remediation_that_asked_for_it_is_escalated_with_it()
    {
        AskedFor().When(state => RemediationDecider.RollbackFailed(state, "No uninstall command."))
            .Then(new RollbackFailed("No uninstall command."), new RemediationEscalated(Asked, "No uninstall command."));
        Assert.Null(AskedFor().Does(Actor.System, at => RemediationDecider.RollbackFailed(at.State, "No uninstall command.")).State.RunningRemediation);
    }

    [Fact]
    public void A_rollback_ends_what_the_cab_was_asked()
    {
        var back = Active().Revokes().RollsBack().Does(Actor.System, at => RemediationDecider.RolledBack(at.State, ["Uninstalled."]));

        Assert.Null(back.State.OpenCab);
        back.When(state => Core.Cab.CabDecider.Vote(state, Sample.Vote(People.Carol))).ThenRefused(new Core.Cab.NothingToDecide(DeploymentStatus.RolledBack));
    }

    private static Story<DeploymentState, DeploymentEvent> AskedFor() => Active()
        .Does(People.Alice.Acts(), at => RemediationDecider.Start(
            at.State, Asked, RemediationCause.Requested, RemediationAction.Rollback, "Broken.", By(People.Alice), at.Now))
        .Does(Actor.System, at => RemediationDecider.StartRollback(at.State, "requested", "Broken.", ["Uninstall."], By(null)));
}
