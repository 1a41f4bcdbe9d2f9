using Governance.Core.Deployments;
using Governance.Core.Rollout;
using static Governance.Core.Outcome<Governance.Core.Deployments.DeploymentEvent>;

namespace Governance.Core.Remediation;

/// <summary>The rules of failed publishes, drift, remediation and rollback. Pure: the same state and command always give the same answer.</summary>
public static class RemediationDecider
{
    /// <summary>A publish did not succeed: tried again after 1, 2 and 4 hours where that may help, else a person has to look.</summary>
    /// <param name="state">As it stands.</param>
    /// <param name="ring">Which ring.</param>
    /// <param name="attempt">Which attempt failed, one more than the state's count; any other is a repeat and changes nothing.</param>
    /// <param name="failure">What the plane said.</param>
    /// <param name="remediationId">The id of the remediation that this starts.</param>
    /// <param name="at">When, UTC.</param>
    /// <param name="speed">How many times shorter the waits are.</param>
    /// <returns>No event where this attempt is recorded already, or nothing is being published any more.</returns>
    public static Outcome<DeploymentEvent> RecordPublishFailed(
        DeploymentState state, Ring ring, int attempt, PlaneFailure failure, Guid remediationId, DateTimeOffset at, int speed = 1)
    {
        if (state.Status is not (DeploymentStatus.Approved or DeploymentStatus.Active) || state.NextRing != ring || attempt != state.PublishAttempts + 1)
        {
            return Accept();
        }

        var failed = new DeploymentPublishFailed(ring, attempt, failure.Class, failure.Code, failure.Message);
        if (PublishRetry.After(attempt, failure.Class, speed) is { } wait)
        {
            return Accept(failed, new RemediationStarted(
                state.PublishRetry?.Id ?? remediationId, RemediationCause.PublishFailed, RemediationAction.Resync, attempt, at + wait, failure.Message));
        }

        var escalated = new RemediationEscalated(state.PublishRetry?.Id, $"The publish to {ring.WireName()} failed: {failure.Message}");
        return state.Status == DeploymentStatus.Approved
            ? Accept(failed, escalated, new DeploymentFailed(failure.Message))
            : Accept(failed, escalated);
    }

    /// <summary>A sweep found drift.</summary>
    /// <returns>No event where it is known already, or the app is not meant to be on devices: never published, removed or being taken back.</returns>
    public static Outcome<DeploymentEvent> RecordDrift(DeploymentState state, DriftDetected drift) => state switch
    {
        _ when !state.Status.IsOnDevices() || state.AssignmentsRemoved || state.IsHeldFor(WaitReason.Rollback) => Accept(),
        _ when state.Drift.Any(known => known.IsAbout(drift)) => Accept(),
        _ => Accept(drift),
    };

    /// <summary>A sweep found nothing of the drift that was known: somebody mended it elsewhere, and it counts as new should it come back.</summary>
    /// <param name="state">As it stands.</param>
    /// <param name="remediationId">The id under which the log says so.</param>
    /// <returns>No event where none was known, or it is being mended by us.</returns>
    public static Outcome<DeploymentEvent> RecordDriftGone(DeploymentState state, Guid remediationId) =>
        state is { Drift.Count: > 0, Remediation: null } && state.Status.IsOnDevices()
            ? Accept(new RemediationSucceeded(remediationId, "The drift is gone without our doing."))
            : Accept();

    /// <summary>Starts mending.</summary>
    /// <returns>
    /// No event where something is being mended or tried again already, <see cref="DeploymentState.RunningRemediation"/>;
    /// or <see cref="NotYours"/>, <see cref="NothingToRemediate"/>, <see cref="RollbackUnderWay"/>.
    /// </returns>
    public static Outcome<DeploymentEvent> Start(
        DeploymentState state, Guid remediationId, RemediationCause cause, RemediationAction action, string reason, Requester requester, DateTimeOffset at) => state switch
        {
            _ when !requester.MayManage(state) => new NotYours(),
            { RunningRemediation: not null } => Accept(),
            _ when !state.Status.IsOnDevices() => new NothingToRemediate(state.Status),
            _ when state.IsHeldFor(WaitReason.Rollback) => action == RemediationAction.Rollback ? Accept() : new RollbackUnderWay(),
            _ => Accept(new RemediationStarted(remediationId, cause, action, 1, at, reason)),
        };

    /// <summary>It is mended.</summary>
    /// <param name="state">As it stands.</param>
    /// <param name="remediationId">Which remediation.</param>
    /// <param name="result">What was done, in a sentence.</param>
    /// <param name="publication">The app as it is in the plane now, where it had to be made anew; null where it is the one that is known.</param>
    /// <returns>No event where that remediation is not open.</returns>
    public static Outcome<DeploymentEvent> Succeeded(DeploymentState state, Guid remediationId, string result, Publication? publication = null) =>
        state.Remediation?.Id == remediationId ? Accept(new RemediationSucceeded(remediationId, result) { Publication = publication }) : Accept();

    /// <summary>An attempt failed: the next one after the plan's wait, or a person has to look.</summary>
    /// <returns>No event where that attempt is not open.</returns>
    public static Outcome<DeploymentEvent> AttemptFailed(DeploymentState state, Guid remediationId, int attempt, PlaneFailure failure, DateTimeOffset at, int speed = 1)
    {
        if (state.Remediation is not { } open || open.Id != remediationId || open.Attempt != attempt)
        {
            return Accept();
        }

        var failed = new RemediationFailed(remediationId, attempt, failure.Message);
        return attempt < PublishRetry.Attempts && PublishRetry.After(attempt, failure.Class, speed) is { } wait
            ? Accept(failed, new RemediationStarted(remediationId, open.Cause, open.Action, attempt + 1, at + wait, failure.Message))
            : Accept(failed, new RemediationEscalated(remediationId, failure.Message));
    }

    /// <summary>Starts taking the app back.</summary>
    /// <returns>No event where it is under way or done; or <see cref="AdminRequired"/>, <see cref="NothingToRollBack"/>.</returns>
    public static Outcome<DeploymentEvent> StartRollback(DeploymentState state, string cause, string reason, EquatableArray<string> plan, Requester requester) => state switch
    {
        _ when !requester.MayOversee => new AdminRequired(),
        _ when state.IsHeldFor(WaitReason.Rollback) => Accept(),
        { Status: DeploymentStatus.RolledBack } => Accept(),
        _ when !state.Status.IsOnDevices() => new NothingToRollBack(state.Status),
        _ => Accept(new RollbackStarted(cause, reason, plan)),
    };

    /// <summary>The app is off the devices; a remediation that asked for it has succeeded.</summary>
    /// <returns>No event where no rollback is under way.</returns>
    public static Outcome<DeploymentEvent> RolledBack(DeploymentState state, EquatableArray<string> done) => state switch
    {
        _ when !state.IsHeldFor(WaitReason.Rollback) => Accept(),
        { Remediation: { Action: RemediationAction.Rollback } asked } =>
            Accept(new RemediationSucceeded(asked.Id, "The app is rolled back."), new DeploymentRolledBack(done)),
        _ => Accept(new DeploymentRolledBack(done)),
    };

    /// <summary>The app could not be taken back; a person has to look.</summary>
    /// <returns>No event where no rollback is under way.</returns>
    public static Outcome<DeploymentEvent> RollbackFailed(DeploymentState state, string reason) => state switch
    {
        _ when !state.IsHeldFor(WaitReason.Rollback) => Accept(),
        { Remediation: { Action: RemediationAction.Rollback } asked } => Accept(new RollbackFailed(reason), new RemediationEscalated(asked.Id, reason)),
        _ => Accept(new RollbackFailed(reason)),
    };
}
