using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Policy;
using Governance.Core.Remediation;
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

    /// <summary>A publisher's own wish for the first ring: whether anything stands in its way now. It never bypasses anything.</summary>
    /// <param name="state">As it stands.</param>
    /// <param name="artifactVerified">Whether the bytes of the artifact that the pack names are uploaded and verified.</param>
    /// <param name="gate">The gate of the first ring as it was just judged; null where it needs none.</param>
    /// <returns>No event where the orchestration may be woken, or the first ring is published already; or <see cref="NotApproved"/>, <see cref="RolloutIsHeld"/>, <see cref="ArtifactMissing"/>, <see cref="GateNotPassed"/>.</returns>
    public static Outcome<DeploymentEvent> AskToPublish(DeploymentState state, bool artifactVerified, GateVerdict? gate) => state switch
    {
        { Status: DeploymentStatus.Active or DeploymentStatus.Completed } => Accept(),
        { Status: not DeploymentStatus.Approved } => new NotApproved(state.Status),
        { Holds.Count: > 0 } => new RolloutIsHeld(state.Holds),
        { ApprovalStands: false } => new NotApproved(state.Status),
        { Evidence.Artifact: null } => new ArtifactMissing(Named: false),
        _ when !artifactVerified => new ArtifactMissing(Named: true),
        _ when gate is { Promotes: false } => new GateNotPassed(gate.Reason),
        _ => Accept(),
    };

    /// <summary>An administrator's wish to look at the gate at once; it never skips one.</summary>
    /// <returns>No event where the orchestration may be woken; or <see cref="AdminRequired"/>, <see cref="NotInThisStatus"/>, <see cref="RolloutIsHeld"/>.</returns>
    public static Outcome<DeploymentEvent> AskToPromote(DeploymentState state, Requester requester) => state switch
    {
        _ when !requester.MayOversee => new AdminRequired(),
        { Status: not (DeploymentStatus.Approved or DeploymentStatus.Active) } => new NotInThisStatus("Promoting", state.Status),
        { Holds.Count: > 0 } => new RolloutIsHeld(state.Holds),
        _ => Accept(),
    };

    /// <summary>A ring has the app.</summary>
    /// <param name="state">As it stands.</param>
    /// <param name="ring">Which ring.</param>
    /// <param name="gate">The verdict under which the ring was claimed; null only for LAB as the first ring.</param>
    /// <param name="publication">What the plane made.</param>
    /// <param name="stage">The claim's stage; once assigning, a publish is accepted whatever was held meanwhile.</param>
    /// <returns>No event where it was recorded already; or <see cref="ClaimVoid"/>, <see cref="GateNotPassed"/>.</returns>
    public static Outcome<DeploymentEvent> RecordPublished(DeploymentState state, Ring ring, GateVerdict? gate, Publication publication, PublishStage stage)
    {
        if (state.Rings.Any(known => known.Ring == ring))
        {
            return Accept();
        }

        if (state.NextRing != ring || stage != PublishStage.Assigning
            || state.Status is not (DeploymentStatus.Approved or DeploymentStatus.Active)
            || (gate is null ? ring != Ring.Lab : gate.Step != state.NextStep))
        {
            return new ClaimVoid();
        }

        if (gate is { Promotes: false })
        {
            return new GateNotPassed(gate.Reason);
        }

        DeploymentEvent published = state.CurrentRing is { } from
            ? new RingPromoted(from, ring, gate!, publication)
            : new DeploymentPublished(ring, gate, publication);
        return state.PublishRetry is { } retry
            ? Accept(published, new RemediationSucceeded(retry.Id, $"{ring.WireName()} is published."))
            : Accept(published);
    }

    /// <summary>A gate does not pass: logged when the verdict turns to FAIL or its reason changes.</summary>
    /// <returns>No event for any other verdict, for a failure that is logged already, and for a step that is not the next one any more.</returns>
    public static Outcome<DeploymentEvent> RecordGate(DeploymentState state, GateVerdict gate) => state switch
    {
        { Status: not (DeploymentStatus.Approved or DeploymentStatus.Active) } => Accept(),
        _ when gate.Step != state.NextStep => Accept(),
        _ when gate.Verdict != GateResult.Fail || gate.SameCausesAs(state.GateFailure) => Accept(),
        _ => Accept(new PromotionGateFailed(gate)),
    };

    /// <summary>The last ring passed its completion gate.</summary>
    /// <returns>No event where it is completed; or <see cref="NotInThisStatus"/>, <see cref="RolloutIsHeld"/>, <see cref="NotApproved"/>, <see cref="NotTheNextRing"/>, <see cref="GateNotPassed"/>.</returns>
    public static Outcome<DeploymentEvent> Complete(DeploymentState state, Ring ring, GateVerdict gate) => state switch
    {
        { Status: DeploymentStatus.Completed } => Accept(),
        { Status: not DeploymentStatus.Active } => new NotInThisStatus("Completing", state.Status),
        { Holds.Count: > 0 } => new RolloutIsHeld(state.Holds),
        { ApprovalStands: false } => new NotApproved(state.Status),
        _ when state.NextStep != GateStep.Completion(ring) || gate.Step != state.NextStep => new NotTheNextRing(ring, state.NextRing),
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
    /// <returns><see cref="AdminRequired"/>, <see cref="NotInThisStatus"/>, <see cref="NothingToResume"/>, <see cref="ApprovalLost"/>.</returns>
    public static Outcome<DeploymentEvent> Resume(DeploymentState state, string reason, Requester requester) => state switch
    {
        _ when !requester.MayOversee => new AdminRequired(),
        { Status: not (DeploymentStatus.Approved or DeploymentStatus.Active or DeploymentStatus.Completed) } => new NotInThisStatus("Resuming", state.Status),
        _ when !state.IsHeldFor(WaitReason.Operator) => new NothingToResume(),
        { Status: not DeploymentStatus.Completed, ApprovalStands: false, OpenCab: null } => new ApprovalLost(),
        _ => Accept(new RolloutResumed(WaitReason.Operator, reason)),
    };

    /// <summary>The tenant's own second approval is needed.</summary>
    /// <returns>No event where it is waited for already, or nothing can be changed in the plane any more.</returns>
    public static Outcome<DeploymentEvent> AwaitTenantApproval(DeploymentState state, Ring ring, string code) => state switch
    {
        // What is completed is changed in the plane only while it is mended or taken back.
        { Status: DeploymentStatus.Completed, Remediation: null } when !state.IsHeldFor(WaitReason.Rollback) => Accept(),
        { Status: not (DeploymentStatus.Approved or DeploymentStatus.Active or DeploymentStatus.Completed) } => Accept(),
        _ when state.IsHeldFor(WaitReason.TenantApproval) => Accept(),
        _ => Accept(new TenantApprovalRequested(ring, code)),
    };

    /// <summary>The tenant approved, or the request ended: the publish goes on.</summary>
    /// <returns>No event where it is not waited for.</returns>
    public static Outcome<DeploymentEvent> TenantDecided(DeploymentState state, string reason) =>
        state.IsHeldFor(WaitReason.TenantApproval) ? Accept(new RolloutResumed(WaitReason.TenantApproval, reason)) : Accept();

    /// <summary>The tenant's own people said no to a publish: a person has to look.</summary>
    /// <returns>No event where it is not waited for.</returns>
    public static Outcome<DeploymentEvent> TenantRefused(DeploymentState state, Ring ring, PlaneFailure failure, Guid remediationId, DateTimeOffset at) =>
        state.IsHeldFor(WaitReason.TenantApproval)
            && RemediationDecider.RecordPublishFailed(state, ring, state.PublishAttempts + 1, failure, remediationId, at) is Outcome<DeploymentEvent>.Accepted failed
            ? Accept([new RolloutResumed(WaitReason.TenantApproval, failure.Message), .. failed.Events])
            : Accept();

    /// <summary>
    /// An exception that the check relied on ended: a new check before publishing, a hold once groups are being assigned. Where others stand in
    /// for it already, an approved or running rollout goes on without a gap and rests on those.
    /// </summary>
    /// <param name="state">As it stands.</param>
    /// <param name="exceptionId">What ended.</param>
    /// <param name="replaced">What the deployment rests on once others stand in for all that ended, this one included; null where they don't.</param>
    /// <param name="stage">How far a publish of the first ring has come.</param>
    /// <returns>No event where it is not relied on, or is known to have ended.</returns>
    public static Outcome<DeploymentEvent> ExceptionEnded(DeploymentState state, Guid exceptionId, EquatableArray<Reliance>? replaced, PublishStage stage) => state switch
    {
        _ when !state.Reliances.Any(used => used.ExceptionId == exceptionId) || state.EndedExceptions.AsSpan().Contains(exceptionId) => Accept(),
        { Status: DeploymentStatus.Active or DeploymentStatus.Approved } when replaced is not null =>
            Accept(new RelianceExpired(exceptionId), new RolloutResumed(WaitReason.Exception, exceptionId.ToString()) { Reliances = replaced }),
        { Status: DeploymentStatus.Active } => Accept(new RelianceExpired(exceptionId)),
        { Status: DeploymentStatus.Approved } when stage == PublishStage.Assigning => Accept(new RelianceExpired(exceptionId)),
        { Status: DeploymentStatus.Blocked or DeploymentStatus.AwaitingCab or DeploymentStatus.Approved } =>
            Accept(new RecheckRequested(RecheckCause.ExceptionEnded, exceptionId.ToString(), state.Revision + 1)),
        _ => Accept(),
    };

    /// <summary>A new exception for the app was approved: a new check where it would change the verdict, an end of the wait where it replaces what ended.</summary>
    /// <param name="state">As it stands.</param>
    /// <param name="exceptionId">The new exception.</param>
    /// <param name="matters">Whether it would change the verdict.</param>
    /// <param name="replaced">What the deployment rests on once replacements stand in for all that ended; null where they don't.</param>
    /// <param name="stage">How far a publish of the first ring has come; once assigning, nothing is checked anew.</param>
    /// <returns>No event where it does not matter, or the check rests on it already.</returns>
    public static Outcome<DeploymentEvent> ExceptionApproved(
        DeploymentState state, Guid exceptionId, bool matters, EquatableArray<Reliance>? replaced, PublishStage stage) => state switch
        {
            { Status: DeploymentStatus.Approved or DeploymentStatus.Active } when state.IsHeldFor(WaitReason.Exception) && replaced is not null =>
                Accept(new RolloutResumed(WaitReason.Exception, exceptionId.ToString()) { Reliances = replaced }),
            _ when !matters || state.Reliances.Any(used => used.ExceptionId == exceptionId) => Accept(),
            { Status: DeploymentStatus.Approved } when stage == PublishStage.Assigning => Accept(),
            { Status: DeploymentStatus.Blocked or DeploymentStatus.AwaitingCab or DeploymentStatus.Approved } =>
                Accept(new RecheckRequested(RecheckCause.ExceptionApproved, exceptionId.ToString(), state.Revision + 1)),
            _ => Accept(),
        };

    /// <summary>Another deployment of the app takes a ring.</summary>
    /// <returns>No event where the ring is not ours any more.</returns>
    public static Outcome<DeploymentEvent> Supersede(DeploymentState state, Ring ring, CorrelationId by) =>
        by != state.Id && state.Status.IsOnDevices() && state.Rings.Any(known => known.Ring == ring && known.SupersededBy is null) ? Accept(new RingSuperseded(ring, by)) : Accept();

    /// <summary>Another deployment of the app gives a ring back.</summary>
    /// <returns>No event where it has not taken it.</returns>
    public static Outcome<DeploymentEvent> Restore(DeploymentState state, Ring ring, CorrelationId by) =>
        state.Status.IsOnDevices() && state.Rings.Any(known => known.Ring == ring && known.SupersededBy == by) ? Accept(new RingRestored(ring, by)) : Accept();
}
