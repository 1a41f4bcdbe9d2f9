using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Functions.Composition;
using Governance.Functions.Rollout;
using Governance.Storage.Streams;

namespace Governance.Functions.Remediation;

/// <summary>Brings the plane to what the log says, or takes all assignments away, under the deployment's claim.</summary>
internal sealed class AppMending(
    EventStreams<DeploymentState, DeploymentEvent> deployments, RingTakeover rings, AppRequests requests, TenantDecisions tenants, DevicePlanes planes, AppSettings settings, TimeProvider clock)
{
    /// <summary>Makes one attempt and logs what came of it; nothing is logged where somebody else is at work on the app, or the tenant's own people have to decide.</summary>
    internal async Task Mend(CorrelationId id, OpenRemediation open, CancellationToken cancellation)
    {
        bool Stands(DeploymentState state) => state.Remediation is { } now && now.Id == open.Id && now.Attempt == open.Attempt && !state.IsHeldFor(WaitReason.Rollback);

        if (await AppFence.Take(deployments, id, ClaimPurpose.Mend, 0, Stands, clock, cancellation) is not { } fence
            || await deployments.Read(id, cancellation) is not { State: var state })
        {
            return;
        }

        if (fence.Claim.Approval is { } asked)
        {
            switch (await tenants.Ask(state, asked, cancellation))
            {
                case TenantAnswer.Wait:
                    return;
                case TenantAnswer.Refused:
                    await Failed(fence, open, TenantDecisions.Refusal(asked), cancellation);
                    return;
                case TenantAnswer.FileAgain:
                    await fence.Ask(null, cancellation);
                    break;
                default:
                    break;
            }
        }

        await (open.Action == RemediationAction.Remove ? Remove(state, fence, open, cancellation) : Restore(state, fence, open, cancellation));
    }

    private async Task Remove(DeploymentState state, AppFence fence, OpenRemediation open, CancellationToken cancellation)
    {
        switch (await planes.Of(state).Unassign(AppRequests.AppOf(state, fence.Claim), AssignmentSet.Empty, fence, cancellation))
        {
            case PlaneChange.Done:
                await Succeeded(fence, open, "All assignments are taken away; what is installed stays.", null, cancellation);
                break;
            case PlaneChange.Failed failed:
                await Failed(fence, open, failed.Failure, cancellation);
                break;
            case PlaneChange.WaitingForTenantApproval waiting:
                await fence.Ask(waiting.Approval, cancellation);
                break;
            default:
                break;
        }
    }

    private async Task Restore(DeploymentState state, AppFence fence, OpenRemediation open, CancellationToken cancellation)
    {
        if (state.Rings.All(ring => ring.SupersededBy is not null))
        {
            await Succeeded(fence, open, "Newer versions have all of its rings; there is nothing to bring back.", null, cancellation);
            return;
        }

        // A ring that is on its way to another version is neither mended nor taken back half.
        await rings.Settle(state.Request.Connector, state.Request.AppName, cancellation);
        var request = await requests.AsLogged(state, fence.Claim, cancellation) with { EarlierAttemptAt = fence.EarlierAttemptAt };
        if (await planes.Of(state).ReadActual(AppRequests.AppOf(state, fence.Claim), cancellation) is PlaneReading<PlaneActual>.Read { Value.AppPresent: false })
        {
            // Known to be gone: not waited for as a new app's id is.
            request = request with { Known = PlaneIds.None };
        }

        switch (await planes.Of(state).Publish(request, fence, cancellation))
        {
            case PublishOutcome.Published published:
                var known = state.Rings[^1].Publication;
                var moved = published.ExternalId != known.ExternalId
                    ? known with { ExternalId = published.ExternalId, ContentVersion = published.Ids.ContentVersion }
                    : null;
                await Succeeded(fence, open, moved is null ? "The app is as the log says." : $"The app is made anew as {published.ExternalId}.", moved, cancellation);
                break;
            case PublishOutcome.Failed failed:
                await Failed(fence, open, failed.Failure, cancellation);
                break;
            case PublishOutcome.SubjectChanged changed:
                await Failed(fence, open, new() { Class = ErrorClass.PolicyViolation, Code = "SUBJECT_CHANGED", Message = changed.Detail }, cancellation);
                break;
            case PublishOutcome.WaitingForTenantApproval waiting:
                await fence.Checkpoint(waiting.Ids, cancellation);
                await fence.Ask(waiting.Approval, cancellation);
                break;
            default:
                break;
        }
    }

    private static Task<ChangeResult<DeploymentState>> Succeeded(AppFence fence, OpenRemediation open, string result, Publication? moved, CancellationToken cancellation) => fence.Finish(
        (state, _) => WithoutWait(state, RemediationDecider.Succeeded(state, open.Id, $"{open.Action.ToString().ToUpperInvariant()}: {result}", moved)), cancellation);

    private Task<ChangeResult<DeploymentState>> Failed(AppFence fence, OpenRemediation open, PlaneFailure failure, CancellationToken cancellation) => fence.Finish(
        (state, at) => WithoutWait(state, RemediationDecider.AttemptFailed(state, open.Id, open.Attempt, failure, at, settings.Speed)), cancellation);

    // The tenant's approval that this waited for is waited for no more.
    private static Outcome<DeploymentEvent> WithoutWait(DeploymentState state, Outcome<DeploymentEvent> outcome) =>
        outcome is Outcome<DeploymentEvent>.Accepted { Events.IsEmpty: false } accepted && RolloutDecider.TenantDecided(state, "It is decided.") is Outcome<DeploymentEvent>.Accepted lifted
            ? Outcome<DeploymentEvent>.Accept([.. lifted.Events, .. accepted.Events])
            : outcome;
}
