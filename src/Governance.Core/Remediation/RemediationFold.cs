using Governance.Core.Deployments;
using Governance.Core.Rollout;

namespace Governance.Core.Remediation;

/// <summary>Folds the events of drift and mending.</summary>
internal static class RemediationFold
{
    internal static DeploymentState Apply(DeploymentState state, DeploymentEvent happened, DateTimeOffset at) => happened switch
    {
        DriftDetected e => state with { Drift = [.. state.Drift.Where(known => !known.IsAbout(e)), new KnownDrift(e.Kind, e.Ring, e.Difference) { Since = at }] },
        RemediationStarted { Cause: RemediationCause.PublishFailed } e => state with { PublishRetry = Open(e) },
        RemediationStarted e => state with { Remediation = Open(e) },
        RemediationSucceeded e when state.PublishRetry?.Id == e.RemediationId => state with { PublishRetry = null },
        RemediationSucceeded e => Mended(e.Publication is { } publication ? Moved(state, publication) : state) with { MendedAt = at },
        RemediationEscalated e => Escalated(state, e),
        _ => state,
    };

    // Mending brings the plane to what the log says, so whatever drift was known is gone; what was removed on request stays away until mended again.
    private static DeploymentState Mended(DeploymentState state)
    {
        var mended = state with { Remediation = null, Drift = [] };
        return state.Remediation?.Action switch
        {
            RemediationAction.Remove when state.Status == DeploymentStatus.Active => DeploymentFold.Hold(mended, WaitReason.Operator) with { AssignmentsRemoved = true },
            RemediationAction.Remove => mended with { AssignmentsRemoved = true },
            RemediationAction.Reinstall or RemediationAction.Resync => mended with { AssignmentsRemoved = false },
            _ => mended,
        };
    }

    // One app serves all rings: made anew, it is another one for all of them.
    private static DeploymentState Moved(DeploymentState state, Publication publication) => state with
    {
        Rings = [.. state.Rings.Select(ring => ring with
        {
            Publication = ring.Publication with { ExternalId = publication.ExternalId, ContentVersion = publication.ContentVersion },
        })],
    };

    // What is on devices waits for a person; a failed publish of the first ring ends the deployment by its own event.
    private static DeploymentState Escalated(DeploymentState state, RemediationEscalated e)
    {
        var closed = state with
        {
            PublishRetry = state.PublishRetry?.Id == e.RemediationId ? null : state.PublishRetry,
            Remediation = state.Remediation?.Id == e.RemediationId ? null : state.Remediation,
        };
        return state.Status.IsOnDevices() ? DeploymentFold.Hold(closed, WaitReason.Operator) : closed;
    }

    private static OpenRemediation Open(RemediationStarted e) => new(e.RemediationId, e.Cause, e.Action, e.Attempt, e.DueAt) { Reason = e.Reason };
}
