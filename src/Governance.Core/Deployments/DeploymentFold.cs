using Governance.Core.Cab;
using Governance.Core.Events;
using Governance.Core.Policy;
using Governance.Core.Remediation;
using Governance.Core.Rollout;

namespace Governance.Core.Deployments;

/// <summary>Folds events into a deployment's state. Never refuses: what has happened has happened.</summary>
public static class DeploymentFold
{
    /// <summary>Folds one event; the state is null before the first.</summary>
    /// <exception cref="InvalidOperationException">The stream does not begin with DEPLOYMENT_CREATED: it is corrupt.</exception>
    public static DeploymentState Evolve(DeploymentState? state, Recorded<DeploymentEvent> happened) => (state, happened.Event) switch
    {
        (null, DeploymentCreated e) => new()
        {
            Id = e.Id,
            Request = e.Request,
            Status = DeploymentStatus.Pending,
            Evidence = e.Evidence,
            CreatedAt = happened.At,
            StatusSince = happened.At,
        },
        (null, _) or (_, DeploymentCreated) => throw new InvalidOperationException(
            $"A deployment begins with DEPLOYMENT_CREATED and has it once; event {happened.Sequence} is {happened.Event.EventType}."),
        ({ } known, _) => Apply(known, happened),
    };

    private static DeploymentState Apply(DeploymentState state, Recorded<DeploymentEvent> happened) => happened.Event switch
    {
        EvidenceLinked e => Restart(state, e.Revision, happened.At) with { Evidence = e.Evidence },
        RecheckRequested e => Restart(state, e.Revision, happened.At),
        DeploymentCancelled e => End(state, DeploymentStatus.Cancelled, happened.At) with { Reason = e.Reason },
        IncidentReported e => state with { Incidents = state.Incidents.With(e.Severity, e.Security) },
        PolicyCheckCompleted e => Checked(state, e, happened.At),
        PolicyBlocked e => To(state, DeploymentStatus.Blocked, happened.At) with { Reason = string.Join("; ", e.Reasons), Approval = null },
        CabSubmissionPrepared or CabVoteRecorded or CabApproved or CabRejected or CabEscalated or CabExpired
            or EmergencyApproved or EmergencyReviewed or ApprovalRevoked => CabFold.Apply(state, happened),
        _ => RolloutFold.Apply(state, happened),
    };

    /// <summary>The same state in another status.</summary>
    internal static DeploymentState To(DeploymentState state, DeploymentStatus status, DateTimeOffset at) =>
        state.Status == status ? state : state with { Status = status, StatusSince = at };

    /// <summary>The same state at its end: nothing is waited for or mended any more.</summary>
    internal static DeploymentState End(DeploymentState state, DeploymentStatus end, DateTimeOffset at) =>
        To(state, end, at) with { Holds = [], EndedExceptions = [], PublishRetry = null, Remediation = null, Drift = [] };

    /// <summary>The same state with one more reason to wait.</summary>
    internal static DeploymentState Hold(DeploymentState state, WaitReason reason) => state.IsHeldFor(reason)
        ? state
        : state with { Holds = [.. state.Holds.Append(reason).Order()] };

    /// <summary>The same state with one reason less.</summary>
    internal static DeploymentState Lift(DeploymentState state, WaitReason reason) =>
        state with { Holds = [.. state.Holds.Where(held => held != reason)] };

    // A new subject: votes, waits and attempts of the old one are void. What a person holds stays held.
    private static DeploymentState Restart(DeploymentState state, int revision, DateTimeOffset at) => To(state, DeploymentStatus.Pending, at) with
    {
        Revision = revision,
        Approval = null,
        Cab = null,
        Reason = null,
        GateFailure = null,
        Holds = [.. state.Holds.Where(held => held == WaitReason.Operator)],
        EndedExceptions = [],
        PublishAttempts = 0,
        PublishFailure = null,
        PublishRetry = null,
    };

    private static DeploymentState Checked(DeploymentState state, PolicyCheckCompleted e, DateTimeOffset at)
    {
        var known = state with { Check = e.Check, Reliances = e.Reliances };
        return e.Check.Verdict == PolicyVerdict.Allowed
            ? To(known, DeploymentStatus.Approved, at) with { Approval = new(ApprovalSource.Policy, e.Revision, SubjectDigest.Of(known), [], at) }
            : known;
    }
}
