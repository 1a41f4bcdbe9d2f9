using Governance.Core.Deployments;
using Governance.Core.Events;
using static Governance.Core.Outcome<Governance.Core.Cab.ExceptionEvent>;

namespace Governance.Core.Cab;

/// <summary>One person's vote on an exception.</summary>
/// <param name="Voter">Who.</param>
/// <param name="Roles">What the validated token lets them decide on.</param>
/// <param name="Ballot">Yes or no.</param>
/// <param name="Comments">At most 4,000 characters.</param>
/// <param name="At">When the vote reached us, UTC.</param>
public sealed record CastExceptionVote(Actor Voter, ReviewerRoles Roles, Ballot Ballot, string Comments, DateTimeOffset At);

/// <summary>The roles that decide on exceptions.</summary>
/// <param name="CabApprover">Whether they hold the role CabApprover: gate overrides and the mending of drift.</param>
/// <param name="SecurityReviewer">Whether they hold the role SecurityReviewer: findings and rules.</param>
public sealed record ReviewerRoles(bool CabApprover, bool SecurityReviewer)
{
    /// <summary>Whether they decide on this kind.</summary>
    public bool DecideOn(ExceptionKind kind) => kind is ExceptionKind.GateOverride or ExceptionKind.DriftRemediation ? CabApprover : SecurityReviewer;
}

/// <summary>The rules of exceptions. Pure: the same state and command always give the same answer.</summary>
public static class ExceptionDecider
{
    /// <summary>How long after the request an exception may hold at most.</summary>
    public static readonly TimeSpan LongestTerm = TimeSpan.FromDays(90);

    /// <summary>How long before its end the requester and the reviewers of an exception are warned: time to ask for a renewal and to decide on it.</summary>
    public static readonly TimeSpan WarnBefore = TimeSpan.FromDays(14);

    /// <summary>A new exception; whether the id is free is told by the insert, and what has it already is the same request (<see cref="ExceptionIds"/>).</summary>
    /// <param name="id">Its id.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="requester">Who asks.</param>
    /// <param name="deployment">The deployment that the request names, as it stands; null where it names none or there is none.</param>
    /// <param name="at">When, UTC.</param>
    /// <param name="replaced">The exception that the request is to replace, as it stands; null where it names none or there is none.</param>
    /// <returns>
    /// <see cref="HumanRequired"/> where the system asks for anything but an override; <see cref="ExceptionIncomplete"/>, <see cref="ControlsRequired"/>,
    /// <see cref="ExpiryOutOfRange"/>, <see cref="DeploymentUnknown"/>, <see cref="ExceptionMismatch"/>, <see cref="NotInThisStatus"/>, <see cref="NotTheNextStep"/>,
    /// <see cref="ExceptionUnknown"/>, <see cref="RenewalMismatch"/>.
    /// </returns>
    public static Outcome<ExceptionEvent> Request(
        Guid id, ExceptionRequest request, Actor requester, DeploymentState? deployment, DateTimeOffset at, ExceptionState? replaced = null) => request switch
        {
            { Kind: ExceptionKind.Finding or ExceptionKind.Rule } when requester.Kind == ActorKind.System => new HumanRequired(),
            { Kind: ExceptionKind.DriftRemediation } when requester.Kind != ActorKind.System => new SystemOnly(),
            { Kind: ExceptionKind.DriftRemediation, DeploymentId: null } => new ExceptionIncomplete("deployment_id"),
            { Kind: ExceptionKind.DriftRemediation, Action: null } => new ExceptionIncomplete("action"),
            { Kind: ExceptionKind.Finding, FindingIds.Count: 0 } => new ExceptionIncomplete("finding_ids"),
            { Kind: ExceptionKind.Rule, RuleId: null } => new ExceptionIncomplete("rule_id"),
            { Kind: ExceptionKind.GateOverride, DeploymentId: null } => new ExceptionIncomplete("deployment_id"),
            { Kind: ExceptionKind.GateOverride, FromRing: null } => new ExceptionIncomplete("from_ring"),
            { CompensatingControls.Count: 0 } => new ControlsRequired(),
            _ when request.ExpiresAt <= at || request.ExpiresAt > at + LongestTerm => new ExpiryOutOfRange(at + LongestTerm),
            { Replaces: { } renewed } when replaced?.Id != renewed => new ExceptionUnknown(),
            { Replaces: not null } when !Renews(request, replaced!) => new RenewalMismatch(),
            { DeploymentId: { } named } when deployment?.Id != named => new DeploymentUnknown(),
            { DeploymentId: not null } when !IsOf(request, deployment!) => new ExceptionMismatch(deployment!.Request.AppName, deployment.Request.Version),
            { Kind: ExceptionKind.GateOverride } => RequestOverride(id, request, deployment!),
            { Kind: ExceptionKind.DriftRemediation } => deployment!.Status.IsOnDevices()
                ? Accept(new ExceptionRequested(id, request, deployment.Revision, deployment.Check!.Quorum))
                : new NotInThisStatus("Mending drift", deployment.Status),
            _ => Accept(new ExceptionRequested(id, request, null, 1)),
        };

    /// <summary>Decides whether a vote counts and whether it settles the exception.</summary>
    /// <param name="state">As it stands.</param>
    /// <param name="vote">The vote.</param>
    /// <param name="deployment">For a gate override or drift, its deployment as that stands now; else null.</param>
    /// <returns>
    /// No event when this person already voted so; or <see cref="HumanRequired"/>, <see cref="RoleRequired"/>, <see cref="SelfApproval"/>,
    /// <see cref="ExceptionDecided"/>, <see cref="DecisionExpired"/>, <see cref="OverrideOutdated"/>.
    /// </returns>
    public static Outcome<ExceptionEvent> Vote(ExceptionState state, CastExceptionVote vote, DeploymentState? deployment)
    {
        if (vote.Voter is not { Kind: ActorKind.User, Id: { } voter })
        {
            return new HumanRequired();
        }

        return state switch
        {
            { Request.Kind: var kind } when !vote.Roles.DecideOn(kind) => new RoleRequired(kind is ExceptionKind.GateOverride or ExceptionKind.DriftRemediation ? "CabApprover" : "SecurityReviewer"),
            { IsOpen: false } when Repeats(state, voter, vote) => Accept(),
            _ when state.IsRequester(voter) => new SelfApproval(),
            { Request.Kind: ExceptionKind.GateOverride or ExceptionKind.DriftRemediation } when deployment is not null && deployment.Involved.Contains(voter) => new SelfApproval(),
            { IsOpen: false } => new ExceptionDecided(state.Status),
            _ when vote.At >= state.Request.ExpiresAt => new DecisionExpired(state.Request.ExpiresAt),
            { Request.Kind: ExceptionKind.GateOverride or ExceptionKind.DriftRemediation } when deployment is null || !state.Concerns(deployment) => new OverrideOutdated(),
            _ when vote.Ballot == Ballot.Reject => Accept(new ExceptionDenied(vote.Comments)),
            _ when Repeats(state, voter, vote) => Accept(),
            _ when state.Votes.Count(cast => cast.Voter != voter) + 1 < state.Needed => Accept(new ExceptionVoteRecorded(vote.Comments)),
            _ => Accept(new ExceptionApproved(vote.Comments)),
        };
    }

    /// <summary>The sweep's end of what is over.</summary>
    /// <returns>No event where it was denied, has ended, or still has time.</returns>
    public static Outcome<ExceptionEvent> Expire(ExceptionState state, DateTimeOffset at) =>
        state.Status is ExceptionStatus.Pending or ExceptionStatus.Approved && at >= state.Request.ExpiresAt
            ? Accept(new ExceptionExpired(state.Status == ExceptionStatus.Approved))
            : Accept();

    /// <summary>How an approved exception for findings or a rule runs out.</summary>
    /// <param name="state">As it stands.</param>
    /// <param name="known">The app's exceptions, in any order and status: one that stands in for it in full makes a warning needless.</param>
    /// <param name="at">Now, UTC.</param>
    public static ExceptionTerm Term(ExceptionState state, IEnumerable<ExceptionSummary> known, DateTimeOffset at) => state switch
    {
        { Status: not ExceptionStatus.Approved } => new(ExceptionTermStep.Over, null),
        { Request.ExpiresAt: var end } when at >= end => new(ExceptionTermStep.Expire, null),
        { Request.ExpiresAt: var end } when at < end - WarnBefore => new(ExceptionTermStep.Wait, end - WarnBefore),
        { Request.ExpiresAt: var end } when ExceptionMatching.IsRenewed(state, known) => new(ExceptionTermStep.Wait, end),
        { Request.ExpiresAt: var end } => new(ExceptionTermStep.Warn, end),
    };

    private static Outcome<ExceptionEvent> RequestOverride(Guid id, ExceptionRequest request, DeploymentState deployment) => deployment switch
    {
        { Status: not (DeploymentStatus.Approved or DeploymentStatus.Active) } => new NotInThisStatus("A gate override", deployment.Status),
        { NextStep: var next } when next.From != request.FromRing || next.To != request.ToRing => new NotTheNextStep(next.From, next.To),
        _ => Accept(new ExceptionRequested(id, request, deployment.Revision, deployment.Check!.Quorum)),
    };

    // An override is for one step and is asked for anew; of the rest, a renewal is about the same thing and covers whatever of it is still needed.
    private static bool Renews(ExceptionRequest request, ExceptionState replaced) =>
        request.Kind != ExceptionKind.GateOverride
        && replaced.Status is ExceptionStatus.Approved or ExceptionStatus.Expired
        && replaced.Request.Kind == request.Kind
        && replaced.Request.AppName == request.AppName
        && replaced.Request.RuleId == request.RuleId
        && (request.Kind != ExceptionKind.Finding || request.FindingIds.Any(id => replaced.Request.FindingIds.Contains(id, StringComparer.OrdinalIgnoreCase)));

    private static bool IsOf(ExceptionRequest request, DeploymentState deployment) =>
        request.AppName == deployment.Request.AppName && (request.Version is null || request.Version == deployment.Request.Version);

    private static bool Repeats(ExceptionState state, PersonId voter, CastExceptionVote vote) => state.Votes.Any(cast =>
        cast.Voter == voter && cast.Ballot == vote.Ballot && (!state.IsOpen || cast.Comments == vote.Comments));
}

/// <summary>What the term of an exception asks for now.</summary>
/// <param name="Step">What to do.</param>
/// <param name="NextAt">When to look again, UTC; null where there is nothing more to look at, or at once after it expired.</param>
public sealed record ExceptionTerm(ExceptionTermStep Step, DateTimeOffset? NextAt);

/// <summary>What the term of an exception asks for.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter<ExceptionTermStep>))]
public enum ExceptionTermStep
{
    /// <summary>Nothing yet.</summary>
    Wait,

    /// <summary>A warning.</summary>
    Warn,

    /// <summary>Its end.</summary>
    Expire,

    /// <summary>Nothing any more.</summary>
    Over,
}
