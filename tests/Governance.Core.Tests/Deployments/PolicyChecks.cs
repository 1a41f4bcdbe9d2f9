using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Policy;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Deployments;

public sealed class PolicyChecks
{
    [Fact]
    public void An_allowed_deployment_is_approved_by_policy_for_what_was_checked()
    {
        var allowed = Allowed();

        Assert.Equal(["DEPLOYMENT_CREATED", "POLICY_CHECK_COMPLETED"], allowed.Types);
        Assert.Equal(new Approval(ApprovalSource.Policy, 1, SubjectDigest.Of(allowed.State), [], Sample.Noon), allowed.State.Approval);
        Assert.Equal(DeploymentStatus.Approved, allowed.State.Status);
        Assert.True(allowed.State.ApprovalStands);
    }

    [Fact]
    public void A_blocked_deployment_lists_its_reasons() =>
        Pending().When((state, at) => PolicyDecider.RecordCheck(state, 1, Sample.Check(PolicyVerdict.Blocked), [], at)).Then(
            new PolicyCheckCompleted(1, Sample.Check(PolicyVerdict.Blocked), []),
            new PolicyBlocked(1, Sample.Check(PolicyVerdict.Blocked).Reasons));

    [Fact]
    public void A_blocked_deployment_says_why()
    {
        var blocked = Blocked().State;

        Assert.Equal((DeploymentStatus.Blocked, "The score is 60.", null), (blocked.Status, blocked.Reason, blocked.Approval));
    }

    [Theory]
    [InlineData(Urgency.Standard, 24, 48, 96)]
    [InlineData(Urgency.Urgent, 12, 24, 48)]
    public void The_cab_is_asked_with_its_deadlines(Urgency urgency, int remind, int due, int expires)
    {
        var asked = Pending(Sample.Request() with { Urgency = urgency }).Checked(PolicyVerdict.CabRequired, quorum: 2);

        Assert.Equal(
            new CabSubmissionPrepared
            {
                Revision = 1,
                SubjectDigest = SubjectDigest.Of(asked.State),
                Needed = 2,
                RemindAt = Sample.Noon.AddHours(remind),
                DueAt = Sample.Noon.AddHours(due),
                ExpiresAt = Sample.Noon.AddHours(expires),
            },
            asked.Log[^1].Event);
        Assert.Equal(DeploymentStatus.AwaitingCab, asked.State.Status);
    }

    [Fact]
    public void A_check_of_an_earlier_revision_is_not_recorded() =>
        Pending().When((state, at) => PolicyDecider.RecordCheck(state, 2, Sample.Check(PolicyVerdict.Allowed), [], at)).ThenNothing();

    [Fact]
    public void A_check_without_evidence_is_not_recorded() =>
        Pending(awaitsEvidence: true).When((state, at) => PolicyDecider.RecordCheck(state, 1, Sample.Check(PolicyVerdict.Allowed), [], at)).ThenNothing();

    [Fact]
    public void A_second_check_of_the_same_revision_is_not_recorded() =>
        Allowed().When((state, at) => PolicyDecider.RecordCheck(state, 1, Sample.Check(PolicyVerdict.Blocked), [], at)).ThenNothing();

    [Fact]
    public void The_one_ring_path_logs_exactly_its_five_events() => Assert.Equal(
        ["DEPLOYMENT_CREATED", "POLICY_CHECK_COMPLETED", "CAB_SUBMISSION_PREPARED", "CAB_APPROVED", "DEPLOYMENT_PUBLISHED"],
        Pending(Sample.Request(Ring.Canary, Ring.Canary)).Checked(PolicyVerdict.CabRequired).Votes(Sample.Vote(People.Bob)).Publishes().Types);
}
