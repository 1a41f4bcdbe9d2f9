using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Policy;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Testing;
using Governance.Testing.Deployments;
using static Governance.Testing.Deployments.DeploymentStories;

namespace Governance.Core.Tests.Deployments;

/// <summary>Every command in every status: the events and the status they lead to, or the refusal, or nothing.</summary>
public sealed class TransitionTable
{
    private const string Nothing = "nothing";
    private static readonly Guid Exception = new("c0000000-0000-4000-8000-00000000000a");
    private static readonly Guid Mend = DeploymentIds.Remediation(Sample.Id, 50);

    // For each command: "STATUS STATUS: answer; …", where * stands for every status that is not named before it.
    private static readonly Dictionary<string, (Actor By, Func<DeploymentState, DateTimeOffset, Outcome<DeploymentEvent>> Command, string Expected)> Table = new()
    {
        ["link the awaited pack again"] = (
            People.Alice.Acts(), (state, _) => DeploymentDecider.LinkEvidence(state, Sample.Link(), Sample.About, By(People.Alice), PublishStage.None), $"*: {Nothing}"),
        ["link another pack"] = (
            People.Alice.Acts(),
            (state, _) => DeploymentDecider.LinkEvidence(state, Sample.Link(Sample.OtherPack), Sample.About, By(People.Alice), PublishStage.None),
            "BLOCKED AWAITING_CAB APPROVED: EVIDENCE_LINKED > PENDING; ACTIVE COMPLETED: ALREADY_PUBLISHED; *: NOT_IN_THIS_STATUS"),
        ["recheck"] = (
            Admin.Actor,
            (state, _) => DeploymentDecider.Recheck(state, RecheckCause.Requested, "New rules.", Admin, PublishStage.None),
            $"PENDING: {Nothing}; BLOCKED AWAITING_CAB APPROVED: RECHECK_REQUESTED > PENDING; *: NOT_IN_THIS_STATUS"),
        ["cancel"] = (
            People.Alice.Acts(),
            (state, _) => DeploymentDecider.Cancel(state, "Not needed.", By(People.Alice), PublishStage.None),
            $"PENDING BLOCKED AWAITING_CAB APPROVED: DEPLOYMENT_CANCELLED > CANCELLED; ACTIVE COMPLETED: ALREADY_PUBLISHED; CANCELLED: {Nothing}; *: NOT_IN_THIS_STATUS"),
        ["sweep what is stale"] = (
            Actor.System, (state, at) => DeploymentDecider.CancelStale(state, at.AddDays(30)), $"BLOCKED: DEPLOYMENT_CANCELLED > CANCELLED; *: {Nothing}"),
        ["report an incident"] = (
            People.Dave.Acts(), (_, _) => DeploymentDecider.ReportIncident(Mend, IncidentSeverity.Major, "Broken.", false), "*: INCIDENT_REPORTED > same"),
        ["check: allowed"] = Check(PolicyVerdict.Allowed, "PENDING: POLICY_CHECK_COMPLETED > APPROVED"),
        ["check: CAB needed"] = Check(PolicyVerdict.CabRequired, "PENDING: POLICY_CHECK_COMPLETED CAB_SUBMISSION_PREPARED > AWAITING_CAB"),
        ["check: blocked"] = Check(PolicyVerdict.Blocked, "PENDING: POLICY_CHECK_COMPLETED POLICY_BLOCKED > BLOCKED"),
        ["approve"] = (
            People.Carol.Acts(),
            (state, at) => CabDecider.Vote(state, Sample.Vote(People.Carol) with { At = at }),
            "PENDING BLOCKED CANCELLED: NOTHING_TO_DECIDE; AWAITING_CAB: CAB_APPROVED > APPROVED; *: ALREADY_DECIDED"),
        ["reject"] = (
            People.Carol.Acts(),
            (state, at) => CabDecider.Vote(state, Sample.Vote(People.Carol, Ballot.Reject) with { At = at }),
            "PENDING BLOCKED CANCELLED: NOTHING_TO_DECIDE; AWAITING_CAB: CAB_REJECTED > REJECTED; *: ALREADY_DECIDED"),
        ["deadline"] = (Actor.System, (state, at) => CabDecider.Escalate(state, 1, at.AddHours(48)), $"AWAITING_CAB: CAB_ESCALATED > same; *: {Nothing}"),
        ["twice the deadline"] = (Actor.System, (state, at) => CabDecider.Expire(state, 1, at.AddHours(96)), $"AWAITING_CAB: CAB_EXPIRED > EXPIRED; *: {Nothing}"),
        ["emergency"] = (
            Admin.Actor,
            (state, at) => CabDecider.ApproveInEmergency(state, "INC-1", "Exploited now.", Admin.Actor, at),
            "AWAITING_CAB: EMERGENCY_APPROVED > APPROVED; *: NOTHING_TO_DECIDE"),
        ["review without an emergency"] = (
            People.Bob.Acts(), (state, _) => CabDecider.Review(state, ReviewOutcome.Confirmed, "Fine.", People.Bob.Acts()), "*: NOTHING_TO_REVIEW"),
        ["revoke"] = (
            People.Bob.Acts(),
            (state, at) => CabDecider.Revoke(state, "New facts.", People.Bob.Acts(), PublishStage.None, at),
            "APPROVED: APPROVAL_REVOKED CAB_SUBMISSION_PREPARED > AWAITING_CAB; ACTIVE: APPROVAL_REVOKED CAB_SUBMISSION_PREPARED > ACTIVE; *: NOTHING_TO_REVOKE"),
        ["gate fails"] = (
            Actor.System,
            (state, _) => RolloutDecider.RecordGate(state, Sample.Gate(state.NextStep, GateResult.Fail)),
            $"APPROVED ACTIVE: PROMOTION_GATE_FAILED > same; *: {Nothing}"),
        ["the next ring is published"] = (
            Actor.System,
            (state, _) => RolloutDecider.RecordPublished(
                state, state.NextRing ?? Ring.Department, Sample.Gate(state.NextStep), new("app-1", "1", Digest.Zero), PublishStage.Assigning),
            "APPROVED: DEPLOYMENT_PUBLISHED > ACTIVE; ACTIVE: RING_PROMOTED > ACTIVE; *: CLAIM_VOID"),
        ["publish failed, to be retried"] = Fail(ErrorClass.Transient, "APPROVED ACTIVE: DEPLOYMENT_PUBLISH_FAILED REMEDIATION_STARTED > same"),
        ["publish failed for good"] = Fail(
            ErrorClass.Permanent,
            "APPROVED: DEPLOYMENT_PUBLISH_FAILED REMEDIATION_ESCALATED DEPLOYMENT_FAILED > FAILED; ACTIVE: DEPLOYMENT_PUBLISH_FAILED REMEDIATION_ESCALATED > ACTIVE"),
        ["tenant asks its own people"] = (
            Actor.System, (state, _) => RolloutDecider.AwaitTenantApproval(state, Ring.Lab, "code"), $"APPROVED ACTIVE: TENANT_APPROVAL_REQUESTED > same; *: {Nothing}"),
        ["an exception that was relied on ends"] = (
            Actor.System,
            (state, _) => RolloutDecider.ExceptionEnded(state with { Reliances = [new(Exception, People.Dave)] }, Exception, null, PublishStage.None),
            $"BLOCKED AWAITING_CAB APPROVED: RECHECK_REQUESTED > PENDING; ACTIVE: EXCEPTION_EXPIRED > ACTIVE; *: {Nothing}"),
        ["an exception that matters is approved"] = (
            Actor.System,
            (state, _) => RolloutDecider.ExceptionApproved(state, Exception, matters: true, null, PublishStage.None),
            $"BLOCKED AWAITING_CAB APPROVED: RECHECK_REQUESTED > PENDING; *: {Nothing}"),
        ["hold"] = (
            People.Alice.Acts(), (state, _) => RolloutDecider.Hold(state, "Wait.", By(People.Alice)), "APPROVED ACTIVE: ROLLOUT_HELD > same; *: NOT_IN_THIS_STATUS"),
        ["resume"] = (
            Admin.Actor, (state, _) => RolloutDecider.Resume(state, "Go on.", Admin), "APPROVED ACTIVE COMPLETED: NOTHING_TO_RESUME; *: NOT_IN_THIS_STATUS"),
        ["completion gate passes"] = (
            Actor.System,
            (state, _) => RolloutDecider.Complete(state, Ring.Lab, Sample.Gate(GateStep.Completion(Ring.Lab))),
            $"ACTIVE: NOT_THE_NEXT_RING; COMPLETED: {Nothing}; *: NOT_IN_THIS_STATUS"),
        ["drift"] = (
            Actor.System,
            (state, _) => RemediationDecider.RecordDrift(state, new("app_gone", "high", null, "The app is gone.")),
            $"ACTIVE COMPLETED: DRIFT_DETECTED > same; *: {Nothing}"),
        ["remediate"] = (
            People.Alice.Acts(),
            (state, at) => RemediationDecider.Start(state, Mend, RemediationCause.Requested, RemediationAction.Resync, "Broken.", By(People.Alice), at),
            "ACTIVE COMPLETED: REMEDIATION_STARTED > same; *: NOTHING_TO_REMEDIATE"),
        ["a remediation that was never started ends"] = (Actor.System, (state, _) => RemediationDecider.Succeeded(state, Mend, "Mended."), $"*: {Nothing}"),
        ["roll back"] = (
            Admin.Actor,
            (state, _) => RemediationDecider.StartRollback(state, "requested", "Broken.", ["Uninstall."], Admin),
            $"ACTIVE COMPLETED: ROLLBACK_STARTED > same; ROLLED_BACK: {Nothing}; *: NOTHING_TO_ROLL_BACK"),
        ["a rollback that was never started ends"] = (Actor.System, (state, _) => RemediationDecider.RolledBack(state, []), $"*: {Nothing}"),
        ["a rollback that was never started fails"] = (Actor.System, (state, _) => RemediationDecider.RollbackFailed(state, "No."), $"*: {Nothing}"),
        ["a newer deployment takes the first ring"] = (
            Actor.System, (state, _) => RolloutDecider.Supersede(state, Ring.Lab, Sample.OtherId), $"ACTIVE COMPLETED: RING_SUPERSEDED > same; *: {Nothing}"),
        ["a newer deployment gives back what it never took"] = (Actor.System, (state, _) => RolloutDecider.Restore(state, Ring.Lab, Sample.OtherId), $"*: {Nothing}"),
    };

    public static TheoryData<string, DeploymentStatus> Cells
    {
        get
        {
            var cells = new TheoryData<string, DeploymentStatus>();
            foreach (var command in Table.Keys)
            {
                foreach (var status in Enum.GetValues<DeploymentStatus>())
                {
                    cells.Add(command, status);
                }
            }

            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Every_command_in_every_status_does_what_the_table_says_and_nothing_else(string command, DeploymentStatus status)
    {
        var story = In(status);
        var (by, decide, expected) = Table[command];

        Assert.Equal(Expect(expected, status), Tell(story, by, decide(story.State, story.Now)));
    }

    [Fact]
    public void A_refusal_has_a_status_that_clients_can_act_on() => Assert.All(
        from row in Table.Values
        from status in Enum.GetValues<DeploymentStatus>()
        let outcome = row.Command(In(status).State, Sample.Noon)
        where outcome is Outcome<DeploymentEvent>.Refused
        select ((Outcome<DeploymentEvent>.Refused)outcome).Reason,
        reason => Assert.Equal((409, true), (reason.Status, reason.Message.EndsWith('.'))));

    private static (Actor By, Func<DeploymentState, DateTimeOffset, Outcome<DeploymentEvent>> Command, string Expected) Check(PolicyVerdict verdict, string expected) =>
        (Actor.System, (state, at) => PolicyDecider.RecordCheck(state, 1, Sample.Check(verdict), [], at), $"{expected}; *: {Nothing}");

    private static (Actor By, Func<DeploymentState, DateTimeOffset, Outcome<DeploymentEvent>> Command, string Expected) Fail(ErrorClass errorClass, string expected) => (
        Actor.System,
        (state, at) => RemediationDecider.RecordPublishFailed(state, state.NextRing ?? Ring.Department, 1, Sample.Failure(errorClass), Mend, at),
        $"{expected}; *: {Nothing}");

    private static string Expect(string row, DeploymentStatus status)
    {
        var cell = row.Split("; ").Select(part => part.Split(": ", 2))
            .First(part => part[0] == "*" || part[0].Split(' ').Contains(status.WireName()))[1];
        return cell.EndsWith("> same", StringComparison.Ordinal) ? cell[..^4] + status.WireName() : cell;
    }

    private static string Tell(Story<DeploymentState, DeploymentEvent> story, Actor by, Outcome<DeploymentEvent> outcome) => outcome switch
    {
        Outcome<DeploymentEvent>.Refused refused => refused.Reason.Code,
        Outcome<DeploymentEvent>.Accepted { Events.IsEmpty: true } => Nothing,
        Outcome<DeploymentEvent>.Accepted accepted =>
            $"{string.Join(' ', accepted.Events.Select(each => each.EventType))} > {story.Happened(by, accepted.Events).State.Status.WireName()}",
        _ => throw new InvalidOperationException("A decider accepts or refuses."),
    };
}
