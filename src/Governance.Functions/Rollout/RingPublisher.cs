using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Evidence;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Storage.Streams;
using Governance.Storage.Vault;

namespace Governance.Functions.Rollout;

/// <summary>Brings one ring its app: judges the gate once more, claims the ring, has the plane publish, and logs what came of it.</summary>
internal sealed class RingPublisher(
    EventStreams<DeploymentState, DeploymentEvent> deployments, RingGate gate, EvidenceVault vault, ArtifactStore artifacts, DevicePlanes planes, TimeProvider clock)
{
    /// <summary>Publishes. Safe to repeat at any point: the claim and the plane tell how far an earlier try has come.</summary>
    internal async Task<PublishStep> Publish(StreamHead<DeploymentState> head, PublishOrder order, CancellationToken cancellation)
    {
        var state = head.State;
        if (state.Rings.Any(ring => ring.Ring == order.Ring))
        {
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

        if (await PublishFence.Take(deployments, head, order, verdict, async token => (await gate.Judge(state, token)).Promotes, clock, cancellation) is not { } fence)
        {
            return PublishStep.NotNow;
        }

        var facts = (await vault.Find(state.Evidence.PackId, cancellation))?.Facts
            ?? throw new InvalidOperationException($"Pack {state.Evidence.PackId} of deployment {head.Id} is not in the vault.");
        var outcome = await planes.Of(state).Publish(
            Request(state, order.Ring, artifact, facts, fence.Claim.SubjectDigest, fence.Claim.Ids, fence.Claim.Approval) with { EarlierAttemptAt = fence.EarlierAttemptAt },
            fence,
            cancellation);
        return await Record(head, order.Ring, fence, outcome, cancellation);
    }

    /// <summary>Brings the plane back to what the log says of the rings that have the app: what is missing is made again, what differs is set right.</summary>
    internal async Task<PublishOutcome> Restore(DeploymentState state, CancellationToken cancellation)
    {
        var ring = state.Rings[^1];
        var facts = await vault.Find(state.Evidence!.PackId, cancellation)
            ?? throw new InvalidOperationException($"Pack {state.Evidence.PackId} of deployment {state.Id} is not in the vault.");
        var request = Request(
            state, ring.Ring, state.Evidence.Artifact!, facts.Facts, ring.Publication.SubjectDigest,
            new(ring.Publication.ExternalId, ring.Publication.ContentVersion, null), approval: null) with
        {
            // Published under the revision that stood then, whose bytes these are: their own digest is what must hold.
            SubjectHolds = (bytes, _) => bytes == state.Evidence.Artifact!.Sha256,
        };
        return await planes.Of(state).Publish(request, OpenFence.Instance, cancellation);
    }

    /// <summary>Takes all assignments away; what is installed stays.</summary>
    internal Task<PlaneChange> Unassign(DeploymentState state, CancellationToken cancellation)
    {
        var publication = state.Rings[^1].Publication;
        var app = new PlaneApp(state.Id, new(publication.ExternalId, publication.ContentVersion, null));
        return planes.Of(state).Unassign(app, AssignmentSet.Empty, OpenFence.Instance, cancellation);
    }

    private PublishRequest Request(
        DeploymentState state, Ring ring, ArtifactFacts artifact, EvidenceFacts facts, Digest subject, PlaneIds known, TenantApproval? approval)
    {
        var groups = AssignmentSet.Union(state.Request.Scope.Rings.Where(scope => scope.Ring <= ring && OwnsOrReaches(state, scope.Ring, ring)));
        return new()
        {
            CorrelationId = state.Id,
            AppName = state.Request.AppName,
            Version = state.Request.Version,
            Ring = ring,
            Artifact = new(artifact.Sha256, artifact.SizeBytes, artifact.FileName, cancellation => artifacts.Open(artifact.Sha256, cancellation)),
            Install = facts.Install ?? new InstallFacts(),
            Publisher = facts.Signature?.Publisher,
            Assignments = groups,
            Known = known,
            Approval = approval,
            SubjectHolds = (bytes, assigned) => assigned == groups
                && SubjectDigest.Of(state, state.Revision, bytes, state.Request.Scope) == subject,
        };
    }

    // A ring that a newer deployment took is not ours to assign again.
    private static bool OwnsOrReaches(DeploymentState state, Ring scope, Ring ring) =>
        scope == ring || state.Rings.Any(known => known.Ring == scope && known.SupersededBy is null);

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
        await deployments.ChangeWithClaim(
            head.Id,
            Actor.System,
            (state, row, at) => fence.Holds(row)
                ? (RemediationDecider.RecordPublishFailed(state, ring, attempt, failure, DeploymentIds.Remediation(head.Id, head.Sequence + 1), at), new ClaimWrite.Keep())
                : (new ClaimVoid(), new ClaimWrite.Keep()),
            cancellation);
        return PublishStep.Failed;
    }
}
