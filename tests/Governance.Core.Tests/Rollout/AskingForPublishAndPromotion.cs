using Governance.Core.Deployments;
using Governance.Core.Rollout;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Rollout;

public sealed class AskingForPublishAndPromotion
{
    private static readonly GateVerdict Passing = Sample.Gate(GateStep.First(Ring.Lab));

    [Fact]
    public void An_approved_deployment_may_be_woken() => Approved().When(state => RolloutDecider.AskToPublish(state, true, Passing)).ThenNothing();

    [Theory]
    [InlineData(DeploymentStatus.Active)]
    [InlineData(DeploymentStatus.Completed)]
    public void What_is_on_devices_already_is_answered_as_it_is(DeploymentStatus status) =>
        In(status).When(state => RolloutDecider.AskToPublish(state, false, null)).ThenNothing();

    [Theory]
    [InlineData(DeploymentStatus.Pending)]
    [InlineData(DeploymentStatus.Blocked)]
    [InlineData(DeploymentStatus.AwaitingCab)]
    [InlineData(DeploymentStatus.Rejected)]
    [InlineData(DeploymentStatus.Expired)]
    [InlineData(DeploymentStatus.Cancelled)]
    [InlineData(DeploymentStatus.Failed)]
    [InlineData(DeploymentStatus.RolledBack)]
    public void What_is_not_approved_is_not_published(DeploymentStatus status) =>
        In(status).When(state => RolloutDecider.AskToPublish(state, true, Passing)).ThenRefused(new NotApproved(status));

    [Fact]
    public void A_pack_without_an_artifact_has_to_be_replaced() =>
        Pending(link: Sample.Link() with { Artifact = null }).Checked(Core.Policy.PolicyVerdict.Allowed)
            .When(state => RolloutDecider.AskToPublish(state, true, Passing)).ThenRefused(new ArtifactMissing(Named: false));

    [Fact]
    public void An_artifact_that_is_not_verified_has_to_be_uploaded() =>
        Approved().When(state => RolloutDecider.AskToPublish(state, false, Passing)).ThenRefused(new ArtifactMissing(Named: true));

    [Fact]
    public void A_gate_that_does_not_pass_is_never_bypassed()
    {
        var gate = Sample.Gate(GateStep.First(Ring.Lab), GateResult.Inconclusive);

        Approved().When(state => RolloutDecider.AskToPublish(state, true, gate)).ThenRefused(new GateNotPassed(gate.Reason));
    }

    [Fact]
    public void A_hold_is_never_bypassed() =>
        Approved().Revokes(PublishStage.Assigning).When(state => RolloutDecider.AskToPublish(state, true, Passing)).ThenRefused(new RolloutIsHeld([WaitReason.Approval]));

    [Fact]
    public void A_lost_approval_is_never_bypassed() =>
        Assert.Equal(
            new Outcome<DeploymentEvent>.Refused(new NotApproved(DeploymentStatus.Approved)),
            RolloutDecider.AskToPublish(Approved().State with { Approval = null }, true, Passing));

    [Fact]
    public void An_administrator_has_the_gate_looked_at_at_once()
    {
        Approved().When(state => RolloutDecider.AskToPromote(state, Admin)).ThenNothing();
        Active().When(state => RolloutDecider.AskToPromote(state, Admin)).ThenNothing();
    }

    [Fact]
    public void The_submitter_does_not_promote() => Active().When(state => RolloutDecider.AskToPromote(state, By(People.Alice))).ThenRefused(new AdminRequired());

    [Fact]
    public void A_held_rollout_is_not_promoted() =>
        Active().RollsBack().When(state => RolloutDecider.AskToPromote(state, Admin)).ThenRefused(new RolloutIsHeld([WaitReason.Rollback]));

    [Fact]
    public void What_is_over_is_not_promoted() =>
        Completed().When(state => RolloutDecider.AskToPromote(state, Admin)).ThenRefused(new NotInThisStatus("Promoting", DeploymentStatus.Completed));
}
