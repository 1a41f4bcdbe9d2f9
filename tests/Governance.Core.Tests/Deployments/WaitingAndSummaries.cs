using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Policy;
using Governance.Core.Rollout;
using Governance.Testing.Cab;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Deployments;

public sealed class WaitingAndSummaries
{
    [Fact]
    public void An_intent_without_its_pack_waits_for_evidence() => Assert.Equal([WaitReason.Evidence], Pending(awaitsEvidence: true).State.WaitingFor());

    [Fact]
    public void An_intent_with_its_pack_waits_for_nothing() => Assert.Empty(Pending().State.WaitingFor(WaitReason.Freeze));

    [Fact]
    public void An_approved_deployment_whose_pack_names_no_artifact_waits_for_one() =>
        Assert.Equal([WaitReason.Artifact], Pending(link: Sample.Link() with { Artifact = null }).Checked(PolicyVerdict.Allowed).State.WaitingFor());

    [Fact]
    public void What_is_logged_and_what_is_seen_stand_together_once_in_order() => Assert.Equal(
        [WaitReason.Artifact, WaitReason.Freeze, WaitReason.Approval, WaitReason.EarlierRollout],
        Approved().Revokes(PublishStage.Assigning).State.WaitingFor(WaitReason.EarlierRollout, WaitReason.Freeze, WaitReason.Artifact, WaitReason.Approval));

    [Theory]
    [InlineData(DeploymentStatus.Completed)]
    [InlineData(DeploymentStatus.Rejected)]
    [InlineData(DeploymentStatus.Cancelled)]
    [InlineData(DeploymentStatus.Failed)]
    [InlineData(DeploymentStatus.RolledBack)]
    public void What_is_over_waits_for_nothing(DeploymentStatus status) => Assert.Empty(In(status).State.WaitingFor(WaitReason.Freeze, WaitReason.Artifact));

    [Fact]
    public void Every_reason_and_status_has_the_wire_name_that_json_uses()
    {
        foreach (var reason in Enum.GetValues<WaitReason>())
        {
            Assert.Equal($"\"{reason.WireName()}\"", System.Text.Json.JsonSerializer.Serialize(reason));
        }

        foreach (var status in Enum.GetValues<DeploymentStatus>())
        {
            Assert.Equal($"\"{status.WireName()}\"", System.Text.Json.JsonSerializer.Serialize(status));
            Assert.True(DeploymentStatuses.TryParse(status.WireName(), out var parsed));
            Assert.Equal(status, parsed);
        }

        foreach (var status in Enum.GetValues<ExceptionStatus>())
        {
            Assert.Equal($"\"{status.WireName()}\"", System.Text.Json.JsonSerializer.Serialize(status));
        }

        Assert.False(DeploymentStatuses.TryParse("approved", out _));
        Assert.False(DeploymentStatuses.TryParse(null, out _));
    }

    [Fact]
    public void A_summary_shows_an_open_request_and_whom_it_is_for()
    {
        var story = AwaitingCab(quorum: 2).Votes(Sample.Vote(People.Bob));
        var summary = DeploymentSummary.Of(Pending().State, story.State, 4, story.Now, People.Bob.Acts(), ["CAB_VOTE_RECORDED"]);

        Assert.Equal(
            new OpenCabRequest(1, story.State.Cab!.SubjectDigest, 2, 1, Sample.Noon, Sample.Noon.AddHours(48), Sample.Noon.AddHours(96), false), summary.Cab);
        Assert.Equal(
            new DeploymentSummary
            {
                CorrelationId = Sample.Id,
                Sequence = 4,
                AppName = "7-Zip",
                Version = "24.09",
                StartRing = Ring.Lab,
                TargetRing = Ring.Pilot,
                Status = DeploymentStatus.AwaitingCab,
                StatusBefore = DeploymentStatus.Pending,
                Connector = "INTUNE",
                SubmittedBy = People.Alice,
                EvidencePackId = Sample.Pack,
                RiskScore = 80,
                Criticality = Criticality.Standard,
                Cab = summary.Cab,
                Actor = People.Bob.Acts(),
                EventTypes = ["CAB_VOTE_RECORDED"],
                CreatedAt = Sample.Noon,
                UpdatedAt = Sample.Noon,
            },
            summary);
    }

    [Fact]
    public void A_request_that_can_be_decided_no_more_is_not_open()
    {
        Assert.Null(Summary(Approved().State).Cab);
        Assert.Null(Summary(Active().Revokes().RollsBack().Does(Actor.System, at => Core.Remediation.RemediationDecider.RolledBack(at.State, [])).State).Cab);
        Assert.NotNull(Summary(Active().Revokes().State).Cab);
    }

    [Fact]
    public void A_summary_says_what_is_awaited_relied_on_and_due()
    {
        Assert.True(Summary(Pending(awaitsEvidence: true).State).AwaitsEvidence);
        Assert.Equal([ExceptionStories.Id], Summary(Pending().Checked(PolicyVerdict.Allowed, 1, new Reliance(ExceptionStories.Id, People.Dave)).State).ExceptionIds);
        Assert.Equal(Sample.Noon.AddHours(72), Summary(AwaitingCab().ApprovedInEmergency().State).ReviewDueAt);
        Assert.Null(Summary(AwaitingCab().ApprovedInEmergency()
            .Does(People.Bob.Acts(), at => CabDecider.Review(at.State, ReviewOutcome.Confirmed, "Fine.", People.Bob.Acts())).State).ReviewDueAt);
    }

    private static DeploymentSummary Summary(DeploymentState state) => DeploymentSummary.Of(null, state, 1, Sample.Noon, Actor.System, []);
}
