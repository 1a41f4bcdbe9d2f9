using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;

namespace Governance.Functions.Cab;

/// <summary>A CAB request as the API shows it; its id is the deployment's correlation id.</summary>
internal sealed record CabRequestView(
    CorrelationId Id,
    string AppName,
    string Version,
    Ring TargetRing,
    DeploymentStatus Status,
    int Revision,
    CabDecision Decision,
    PersonId? Approver,
    DateTimeOffset? ApprovalTimestamp,
    IReadOnlyList<CabCondition> Conditions,
    IReadOnlyList<ConditionStandingView> ConditionsKept,
    string? Comments,
    IReadOnlyList<CabVote> Votes,
    int Needed,
    int? RiskScore,
    Urgency Urgency,
    Digest SubjectDigest,
    DateTimeOffset RequestedAt,
    DateTimeOffset DueAt,
    DateTimeOffset ExpiresAt,
    bool Escalated,
    EmergencyReview? EmergencyReview)
{
    /// <summary>Null where the CAB was never asked.</summary>
    internal static CabRequestView? Of(DeploymentState state, DateTimeOffset now) => state.Cab is not { } cab ? null : new(
        state.Id,
        state.Request.AppName,
        state.Request.Version,
        state.Request.TargetRing,
        state.Status,
        cab.Revision,
        cab.Decision,
        cab.Approver,
        cab.DecidedAt,
        cab.Conditions,
        [.. ConditionStandings.Of(state, now).Select(standing => new ConditionStandingView(standing.Condition.Kind, standing.State, standing.Reason))],
        cab.Comments,
        cab.Votes,
        cab.Needed,
        state.Check?.Score,
        state.Request.Urgency,
        cab.SubjectDigest,
        cab.RequestedAt,
        cab.DueAt,
        cab.ExpiresAt,
        cab.Escalated,
        state.Review);
}

/// <summary>Whether a condition of the standing approval is kept; in the order of the conditions.</summary>
internal sealed record ConditionStandingView(CabConditionKind Kind, ConditionState State, string Reason);
