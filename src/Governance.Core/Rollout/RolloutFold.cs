using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Remediation;

namespace Governance.Core.Rollout;

/// <summary>Folds the events of publishing, holding, mending and taking back.</summary>
internal static class RolloutFold
{
    internal static DeploymentState Apply(DeploymentState state, Recorded<DeploymentEvent> happened) => happened.Event switch
    {
        PromotionGateFailed e => state with { GateFailure = e.Gate },
        DeploymentPublished e => DeploymentFold.To(Published(state, e.Ring, e.Gate, e.Publication, happened.At), DeploymentStatus.Active, happened.At),
        RingPromoted e => Published(state, e.To, e.Gate, e.Publication, happened.At),
        DeploymentPublishFailed e => Failed(state, e, happened.At),
        DeploymentFailed e => DeploymentFold.End(state, DeploymentStatus.Failed, happened.At) with { Reason = e.Reason },
        TenantApprovalRequested => DeploymentFold.Hold(state, WaitReason.TenantApproval),
        RelianceExpired e => DeploymentFold.Hold(state, WaitReason.Exception) with { EndedExceptions = state.EndedExceptions.Add(e.ExceptionId) },
        RolloutHeld => DeploymentFold.Hold(state, WaitReason.Operator),
        RolloutResumed e => Resumed(state, e),
        DeploymentCompleted e => DeploymentFold.To(state, DeploymentStatus.Completed, happened.At) with
        {
            Rings = Change(state, e.Ring, ring => ring with { CompletedAt = happened.At, CompletionGate = e.Gate }),
            GateFailure = null,
        },
        RingSuperseded e => state with { Rings = Change(state, e.Ring, ring => ring with { SupersededBy = e.By }) },
        RingRestored e => state with { Rings = Change(state, e.Ring, ring => ring with { SupersededBy = null }) },
        DriftDetected or RemediationStarted or RemediationSucceeded or RemediationFailed or RemediationEscalated =>
            RemediationFold.Apply(state, happened.Event, happened.At),
        RollbackStarted e => DeploymentFold.Hold(state, WaitReason.Rollback) with
        {
            Reason = e.Reason,
            Rollback = new(happened.At, e.Cause),
            PublishRetry = null,
        },
        DeploymentRolledBack => DeploymentFold.End(state, DeploymentStatus.RolledBack, happened.At),
        RollbackFailed e => DeploymentFold.Hold(
            DeploymentFold.Lift(DeploymentFold.Lift(state, WaitReason.Rollback), WaitReason.TenantApproval), WaitReason.Operator) with
        {
            Reason = e.Reason,
            Rollback = null,

            // How far it came nobody knows for sure: no drift is looked for until somebody has it mended.
            AssignmentsRemoved = true,
        },
        _ => throw new InvalidOperationException($"{happened.Event.EventType} is not an event of a deployment."),
    };

    private static DeploymentState Published(DeploymentState state, Ring ring, GateVerdict? gate, Publication publication, DateTimeOffset at) => state with
    {
        Rings = state.Rings.Add(new(ring, at, publication, gate, state.Revision)),
        GateFailure = null,
        PublishAttempts = 0,
        PublishFailure = null,

        // A publish assigns every ring up to its own.
        AssignmentsRemoved = false,
        Holds = [.. state.Holds.Where(held => held != WaitReason.TenantApproval)],
    };

    private static DeploymentState Failed(DeploymentState state, DeploymentPublishFailed e, DateTimeOffset at) => state with
    {
        PublishAttempts = e.Attempt,
        PublishFailure = new(e.Ring, e.ErrorClass, e.Code, e.Message, at),
    };

    private static DeploymentState Resumed(DeploymentState state, RolloutResumed e)
    {
        var resumed = DeploymentFold.Lift(state, e.Lifted);
        return e.Lifted switch
        {
            WaitReason.Exception => resumed with { EndedExceptions = [], Reliances = e.Reliances ?? state.Reliances },
            WaitReason.Operator => resumed with { PublishAttempts = 0 },
            _ => resumed,
        };
    }

    private static EquatableArray<RingState> Change(DeploymentState state, Ring ring, Func<RingState, RingState> change) =>
        [.. state.Rings.Select(known => known.Ring == ring ? change(known) : known)];
}
