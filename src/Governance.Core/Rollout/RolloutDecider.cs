using Governance.Core.Deployments;
using static Governance.Core.Outcome<Governance.Core.Deployments.DeploymentEvent>;

namespace Governance.Core.Rollout;

/// <summary>The rules of publishing, promoting, holding and completing. Pure: the same state and command always give the same answer.</summary>
public static class RolloutDecider
{
    /// <summary>Whether this ring may be claimed for publishing now; the gate is judged apart.</summary>
    /// <returns>No event where it may; or <see cref="NotApproved"/>, <see cref="RolloutIsHeld"/>, <see cref="NotTheNextRing"/>.</returns>
    public static Outcome<DeploymentEvent> MayClaim(DeploymentState state, Ring ring) => state switch
    {
        { Status: not (DeploymentStatus.Approved or DeploymentStatus.Active) } => new NotApproved(state.Status),
        { Holds.Count: > 0 } => new RolloutIsHeld(state.Holds),
        { ApprovalStands: false } => new NotApproved(state.Status),
        _ when state.NextRing != ring => new NotTheNextRing(ring, state.NextRing),
        _ => Accept(),
    };

    /// <summary>A ring has the app.</summary>
    /// <param name="state">As it stands.</param>
    /// <param name="ring">Which ring.</param>
    /// <param name="gate">The verdict under which the ring was claimed; null only for LAB as the first ring.</param>
    /// <param name="publication">What the plane made.</param>
    /// <param name="stage">The claim's stage; once assigning, a publish is accepted whatever was held meanwhile.</param>
    /// <returns>No event where it was recorded already; or <see cref="ClaimVoid"/>.</returns>
    public static Outcome<DeploymentEvent> RecordPublished(DeploymentState state, Ring ring, GateVerdict? gate, Publication publication, PublishStage stage)
    {
        if (state.Rings.Any(known => known.Ring == ring))
        {
            return Accept();
        }

        if (state.NextRing != ring || stage != PublishStage.Assigning
            || state.Status is not (DeploymentStatus.Approved or DeploymentStatus.Active)
            || (ring != Ring.Lab && gate is null))
        {
            return new ClaimVoid();
        }

        DeploymentEvent published = state.CurrentRing is { } from
            ? new RingPromoted(from, ring, gate!, publication)
            : new DeploymentPublished(ring, gate, publication);
        return state.Remediation is { Cause: Remediation.RemediationCause.PublishFailed } mending
            ? Accept(published, new Remediation.RemediationSucceeded(mending.Id, $"{ring.WireName()} is published."))
            : Accept(published);
    }

    /// <summary>A gate does not pass: logged when the verdict turns to FAIL or its reason changes.</summary>
    /// <returns>No event for any other verdict, and for a failure that is logged already.</returns>
    public static Outcome<DeploymentEvent> RecordGate(DeploymentState state, GateVerdict gate) => state switch
    {
        { Status: not (DeploymentStatus.Approved or DeploymentStatus.Active) } => Accept(),
        _ when gate.Verdict != GateResult.Fail || gate.SameCausesAs(state.GateFailure) => Accept(),
        _ => Accept(new PromotionGateFailed(gate)),
    };

    /// <summary>The last ring passed its completion gate.</summary>
    /// <returns>No event where it is completed; or <see cref="GateNotPassed"/>, <see cref="RolloutIsHeld"/>, <see cref="NotInThisStatus"/>.</returns>
    public static Outcome<DeploymentEvent> Complete(DeploymentState state, Ring ring, GateVerdict gate) => state switch
    {
        { Status: DeploymentStatus.Completed } => Accept(),
        { Status: not DeploymentStatus.Active } => new NotInThisStatus("Completing", state.Status),
        { Holds.Count: > 0 } => new RolloutIsHeld(state.Holds),
        _ when state.CurrentRing != ring || state.NextRing is not null => new NotTheNextRing(ring, state.NextRing),
        _ when !gate.Promotes => new GateNotPassed(gate.Reason),
        _ => Accept(new DeploymentCompleted(ring, gate)),
    };

    /// <summary>A person holds the rollout.</summary>
    /// <returns>No event where a person holds it already; or <see cref="NotYours"/>, <see cref="NotInThisStatus"/>.</returns>
    public static Outcome<DeploymentEvent> Hold(DeploymentState state, string reason, Requester requester) => state switch
    {
        _ when !requester.MayManage(state) => new NotYours(),
        { Status: not (DeploymentStatus.Approved or DeploymentStatus.Active) } => new NotInThisStatus("Holding", state.Status),
        _ when state.IsHeldFor(WaitReason.Operator) => Accept(),
        _ => Accept(new RolloutHeld(reason)),
    };

    /// <summary>A person lets the rollout go on; other holds stay.</summary>
    /// <returns><see cref="NotYours"/>, <see cref="NotInThisStatus"/>, <see cref="NothingToResume"/>.</returns>
    public static Outcome<DeploymentEvent> Resume(DeploymentState state, string reason, Requester requester) => state switch
    {
        _ when !requester.MayManage(state) => new NotYours(),
        { Status: not (DeploymentStatus.Approved or DeploymentStatus.Active or DeploymentStatus.Completed) } => new NotInThisStatus("Resuming", state.Status),
        _ when !state.IsHeldFor(WaitReason.Operator) => new NothingToResume(),
        _ => Accept(new RolloutResumed(WaitReason.Operator, reason)),
    };

    /// <summary>The tenant's own second approval is needed.</summary>
    /// <returns>No event where it is waited for already, or nothing can be published any more.</returns>
    public static Outcome<DeploymentEvent> AwaitTenantApproval(DeploymentState state, Ring ring, string code) => state switch
    {
        { Status: not (DeploymentStatus.Approved or DeploymentStatus.Active) } => Accept(),
        _ when state.IsHeldFor(WaitReason.TenantApproval) => Accept(),
        _ => Accept(new TenantApprovalRequested(ring, code)),
    };

    /// <summary>The tenant approved, or the request ended: the publish goes on.</summary>
    /// <returns>No event where it is not waited for.</returns>
    public static Outcome<DeploymentEvent> TenantDecided(DeploymentState state, string reason) =>
        state.IsHeldFor(WaitReason.TenantApproval) ? Accept(new RolloutResumed(WaitReason.TenantApproval, reason)) : Accept();

    /// <summary>An exception that the check relied on ended: a new check before publishing, a hold after.</summary>
    /// <returns>No event where it is not relied on, or is known to have ended.</returns>
    public static Outcome<DeploymentEvent> ExceptionEnded(DeploymentState state, Guid exceptionId) => state switch
    {
        _ when !state.Reliances.Any(used => used.ExceptionId == exceptionId) => Accept(),
        { Status: DeploymentStatus.Blocked or DeploymentStatus.AwaitingCab or DeploymentStatus.Approved } =>
            Accept(new RecheckRequested("exception_ended", exceptionId.ToString(), state.Revision + 1)),
        { Status: DeploymentStatus.Active } when !state.EndedExceptions.AsSpan().Contains(exceptionId) => Accept(new RelianceExpired(exceptionId)),
        _ => Accept(),
    };

    /// <summary>A new exception for the app was approved: a new check where one may matter, an end of the hold where it replaces one.</summary>
    /// <param name="state">As it stands.</param>
    /// <param name="exceptionId">The new exception.</param>
    /// <param name="replaces">The ended exception that it covers in full; null where it covers none.</param>
    /// <returns>No event where it does not matter.</returns>
    public static Outcome<DeploymentEvent> ExceptionApproved(DeploymentState state, Guid exceptionId, Guid? replaces) => state switch
    {
        { Status: DeploymentStatus.Blocked or DeploymentStatus.AwaitingCab or DeploymentStatus.Approved } =>
            Accept(new RecheckRequested("exception_approved", exceptionId.ToString(), state.Revision + 1)),
        { Status: DeploymentStatus.Active } when replaces is { } ended && state.EndedExceptions is [var only] && only == ended =>
            Accept(new RolloutResumed(WaitReason.Exception, exceptionId.ToString())),
        _ => Accept(),
    };

    /// <summary>Another deployment of the app takes a ring.</summary>
    /// <returns>No event where the ring is not ours any more.</returns>
    public static Outcome<DeploymentEvent> Supersede(DeploymentState state, Ring ring, CorrelationId by) =>
        state.Status.IsOnDevices() && state.Rings.Any(known => known.Ring == ring && known.SupersededBy is null) ? Accept(new RingSuperseded(ring, by)) : Accept();

    /// <summary>Another deployment of the app gives a ring back.</summary>
    /// <returns>No event where it has not taken it.</returns>
    public static Outcome<DeploymentEvent> Restore(DeploymentState state, Ring ring, CorrelationId by) =>
        state.Status.IsOnDevices() && state.Rings.Any(known => known.Ring == ring && known.SupersededBy == by) ? Accept(new RingRestored(ring, by)) : Accept();
}
