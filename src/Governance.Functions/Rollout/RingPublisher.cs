using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Functions.Composition;
using Governance.Storage.Streams;
using Governance.Storage.Vault;

namespace Governance.Functions.Rollout;

/// <summary>Brings one ring its app: judges the gate once more, claims the ring, has the plane publish, and logs what came of it.</summary>
internal sealed class RingPublisher(
    EventStreams<DeploymentState, DeploymentEvent> deployments, RingGate gate, RingTakeover rings, AppRequests requests, ArtifactStore artifacts, DevicePlanes planes, AppSettings settings,
    TimeProvider clock)
{
    /// <summary>Publishes. Safe to repeat at any point: the claim and the plane tell how far an earlier try has come.</summary>
    internal async Task<PublishStep> Publish(StreamHead<DeploymentState> head, PublishOrder order, CancellationToken cancellation)
    {
        var state = head.State;
        if (state.Rings.Any(ring => ring.Ring == order.Ring))
        {
            await rings.Settle(state.Request.Connector, state.Request.AppName, cancellation);
            return PublishStep.Published;
        }

        if (RolloutDecider.MayClaim(state, order.Ring) is Outcome<DeploymentEvent>.Refused
            || state.Evidence?.Artifact is not { } artifact
            || !await artifacts.IsVerified(artifact.Sha256, cancellation))
        {
            return PublishStep.NotNow;
        }

        var verdict = await gate.Judge(state, cancellation);
        if (!verdict.Promotes)
        {
            await deployments.Change(head.Id, Actor.System, (now, _) => RolloutDecider.RecordGate(now, verdict), cancellation);
            return PublishStep.NotNow;
        }

        if (await rings.IsHeld(state, order.Ring, cancellation))
        {
            await rings.Await(state, order.Ring, cancellation);
            return PublishStep.EarlierRollout;
        }

        if (await PublishFence.Take(deployments, head, order, verdict, async token => (await gate.Judge(state, token)).Promotes, clock, cancellation) is not { } fence)
        {
            return PublishStep.NotNow;
        }

        var taking = new TakingFence(fence, token => rings.Take(state, order.Ring, token));
        var request = await requests.ForRing(state, order.Ring, fence.Claim, cancellation);
        var outcome = await planes.Of(state).Publish(request with { EarlierAttemptAt = fence.EarlierAttemptAt }, taking, cancellation);
        var step = await Record(head, order.Ring, fence, outcome, cancellation);
        if (step == PublishStep.Published)
        {
            // What is not finished here, because the plane or the other app's claim is busy, the drift sweep finishes.
            await rings.Settle(state.Request.Connector, state.Request.AppName, cancellation);
        }

        return taking.IsHeld ? PublishStep.EarlierRollout : step;
    }

    private async Task<PublishStep> Record(StreamHead<DeploymentState> head, Ring ring, PublishFence fence, PublishOutcome outcome, CancellationToken cancellation)
    {
        switch (outcome)
        {
            case PublishOutcome.Published published:
                var publication = new Publication(published.ExternalId, published.Ids.ContentVersion, fence.Claim.SubjectDigest);
                var recorded = await deployments.ChangeWithClaim(
                    head.Id,
                    Actor.System,
                    (state, row, _) => fence.Holds(row)
                        ? (RolloutDecider.RecordPublished(state, ring, fence.Claim.Gate, publication, fence.Claim.Stage), new ClaimWrite.Remove())
                        : (new ClaimVoid(), new ClaimWrite.Keep()),
                    cancellation);
                return recorded.Settled is null ? PublishStep.NotNow : PublishStep.Published;
            case PublishOutcome.WaitingForTenantApproval waiting:
                var held = fence.Claim with { Approval = waiting.Approval, Ids = waiting.Ids };
                await deployments.ChangeWithClaim(
                    head.Id,
                    Actor.System,
                    (state, row, _) => fence.Holds(row)
                        ? (RolloutDecider.AwaitTenantApproval(state, ring, waiting.Approval.Code), new ClaimWrite.Put(held.Write()))
                        : (new ClaimVoid(), new ClaimWrite.Keep()),
                    cancellation);
                return PublishStep.AwaitingTenant;
            case PublishOutcome.Failed failed:
                return await RecordFailure(head, ring, fence, failed.Failure, cancellation);
            case PublishOutcome.SubjectChanged changed:
                return await RecordFailure(
                    head, ring, fence, new() { Class = ErrorClass.PolicyViolation, Code = "SUBJECT_CHANGED", Message = changed.Detail }, cancellation);
            default:
                return PublishStep.NotNow;
        }
    }

    private async Task<PublishStep> RecordFailure(
        StreamHead<DeploymentState> head, Ring ring, PublishFence fence, PlaneFailure failure, CancellationToken cancellation)
    {
        var attempt = head.State.PublishAttempts + 1;
        var recorded = await deployments.ChangeWithClaim(
            head.Id,
            Actor.System,
            (state, row, at) => fence.Holds(row)
                ? (RemediationDecider.RecordPublishFailed(state, ring, attempt, failure, DeploymentIds.Remediation(head.Id, head.Sequence + 1), at, settings.Speed), new ClaimWrite.Keep())
                : (new ClaimVoid(), new ClaimWrite.Keep()),
            cancellation);
        return recorded is ChangeResult<DeploymentState>.Refused ? PublishStep.NotNow : PublishStep.Failed;
    }
}
