using Governance.Core.Deployments;
using Governance.Core.Events;

namespace Governance.Core.Cab;

/// <summary>Folds the CAB's events.</summary>
internal static class CabFold
{
    internal static DeploymentState Apply(DeploymentState state, Recorded<DeploymentEvent> happened) => happened.Event switch
    {
        CabSubmissionPrepared e => Asked(state, e, happened.At),
        CabVoteRecorded e => state with { Cab = Voted(state.Cab!, happened, Ballot.Approve, e.Comments, e.Conditions) },
        CabApproved e => Approved(state, e, happened),
        CabRejected e => Ended(state, DeploymentStatus.Rejected, happened.At) with
        {
            Cab = Voted(state.Cab!, happened, Ballot.Reject, e.Comments, []) with
            {
                Decision = CabDecision.Rejected,
                DecidedAt = happened.At,
                Approver = happened.Actor.Id,
                Comments = e.Comments,
            },
            Reason = e.Comments,
        },
        CabEscalated => state with { Cab = state.Cab! with { Escalated = true } },
        CabExpired => Ended(state, DeploymentStatus.Expired, happened.At) with
        {
            Cab = state.Cab! with { Decision = CabDecision.Expired, DecidedAt = happened.At },
            Reason = "The CAB did not decide in time.",
        },
        EmergencyApproved e => DeploymentFold.To(state, DeploymentStatus.Approved, happened.At) with
        {
            Approval = new(ApprovalSource.Emergency, state.Revision, e.SubjectDigest, [], happened.At),
            Cab = state.Cab! with { Decision = CabDecision.Approved, DecidedAt = happened.At, Approver = happened.Actor.Id, Comments = e.Reason },
            Reason = null,
            Review = new(happened.Actor.Id!.Value, e.IncidentId, e.Reason, e.ReviewDueAt, Revision: state.Revision),
        },
        EmergencyReviewed e => Reviewed(state, e, happened),
        ApprovalRevoked e => state with { Revision = e.Revision, Approval = null, Reason = e.Reason },
        _ => throw new InvalidOperationException($"{happened.Event.EventType} is not an event of the CAB."),
    };

    // Asked after a revocation, what is on devices or being assigned keeps its status and waits; everything else awaits the CAB.
    private static DeploymentState Asked(DeploymentState state, CabSubmissionPrepared e, DateTimeOffset at)
    {
        var asked = state with
        {
            Cab = new()
            {
                Revision = e.Revision,
                SubjectDigest = e.SubjectDigest,
                Needed = e.Needed,
                RequestedAt = at,
                RemindAt = e.RemindAt,
                DueAt = e.DueAt,
                ExpiresAt = e.ExpiresAt,
            },
        };
        return e.WhileAssigning || state.Status == DeploymentStatus.Active
            ? DeploymentFold.Hold(asked, WaitReason.Approval)
            : DeploymentFold.To(asked, DeploymentStatus.AwaitingCab, at);
    }

    private static DeploymentState Approved(DeploymentState state, CabApproved e, Recorded<DeploymentEvent> happened)
    {
        var cab = Voted(state.Cab!, happened, Ballot.Approve, e.Comments, e.VoteConditions) with
        {
            Decision = e.Conditions.Count > 0 ? CabDecision.Conditional : CabDecision.Approved,
            Conditions = e.Conditions,
            DecidedAt = happened.At,
            Approver = happened.Actor.Id,
            Comments = e.Comments,
        };
        var approved = state with { Cab = cab, Approval = new(ApprovalSource.Cab, state.Revision, e.SubjectDigest, e.Conditions, happened.At), Reason = null };
        return state.Status == DeploymentStatus.AwaitingCab ? DeploymentFold.To(approved, DeploymentStatus.Approved, happened.At) : approved;
    }

    private static DeploymentState Ended(DeploymentState state, DeploymentStatus end, DateTimeOffset at) => state.Status == DeploymentStatus.AwaitingCab
        ? DeploymentFold.End(state, end, at)
        : DeploymentFold.Hold(DeploymentFold.Lift(state, WaitReason.Approval), WaitReason.Operator);

    private static DeploymentState Reviewed(DeploymentState state, EmergencyReviewed e, Recorded<DeploymentEvent> happened)
    {
        var reviewed = state with { Review = state.Review! with { Outcome = e.Outcome, Reviewer = happened.Actor.Id, ReviewedAt = happened.At } };
        return e.Outcome == ReviewOutcome.Objected && state.Status == DeploymentStatus.Active
            ? DeploymentFold.Hold(reviewed, WaitReason.Operator)
            : reviewed;
    }

    private static CabRequest Voted(CabRequest cab, Recorded<DeploymentEvent> happened, Ballot ballot, string comments, EquatableArray<CabCondition> conditions) =>
        happened.Actor.Id is { } voter
            ? cab with { Votes = [.. cab.Votes.Where(cast => cast.Voter != voter), new CabVote(voter, ballot, comments, conditions, happened.At)] }
            : cab;
}
