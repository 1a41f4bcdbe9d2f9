using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Rollout;
using Governance.Storage.Streams;

namespace Governance.Functions.Rollout;

/// <summary>Lets a publisher act only while it holds the claim: every step it takes is a write that its claim guards.</summary>
internal sealed class PublishFence(
    EventStreams<DeploymentState, DeploymentEvent> deployments,
    CorrelationId id,
    PublishClaim claim,
    ClaimRow row,
    Func<CancellationToken, Task<bool>> passesNow,
    TimeProvider clock,
    DateTimeOffset? earlierAttemptAt = null) : IPublishFence
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(15);

    // An upload may take long; a gate that was judged longer ago than this is judged again before any group is assigned.
    private static readonly TimeSpan VerdictLife = TimeSpan.FromMinutes(15);

    /// <summary>The claim as this holder last wrote it.</summary>
    internal PublishClaim Claim { get; private set; } = claim;

    /// <summary>When an earlier attempt at this ring last gave a sign of life, UTC; null where this is the first.</summary>
    internal DateTimeOffset? EarlierAttemptAt => earlierAttemptAt;

    private ClaimRow Row => row;

    /// <summary>Claims a ring, or takes over what an older holder left.</summary>
    /// <param name="deployments">Where the claim is.</param>
    /// <param name="head">What the gate was judged on.</param>
    /// <param name="order">What is published.</param>
    /// <param name="gate">The verdict.</param>
    /// <param name="passesNow">Judges the gate again.</param>
    /// <param name="clock">For the lease.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <returns>Null where it may not be claimed now: the state forbids it, an incident came in, or a newer generation or somebody who mends the app holds it.</returns>
    internal static async Task<PublishFence?> Take(
        EventStreams<DeploymentState, DeploymentEvent> deployments,
        StreamHead<DeploymentState> head,
        PublishOrder order,
        GateVerdict gate,
        Func<CancellationToken, Task<bool>> passesNow,
        TimeProvider clock,
        CancellationToken cancellation)
    {
        var wanted = new PublishClaim(
            order.Ring,
            order.Generation,
            head.State.Revision,
            gate,
            head.State.Incidents,
            head.State.Approval!.SubjectDigest,
            clock.GetUtcNow() + Lease,
            KnownIds(head.State),
            PublishStage.Claimed,
            Approval: null);
        byte[] written = [];
        DateTimeOffset? earlier = null;
        var taken = await deployments.ChangeWithClaim(
            head.Id,
            Actor.System,
            (state, row, _) =>
            {
                var held = PublishClaim.Read(row);
                if (state.Revision != wanted.Revision || state.Incidents != wanted.Incidents || held?.Generation > wanted.Generation
                    || (held is { Purpose: not ClaimPurpose.Publish } && held.LeaseUntil > clock.GetUtcNow()))
                {
                    return (new ClaimVoid(), new ClaimWrite.Keep());
                }

                var own = held is { Purpose: ClaimPurpose.Publish } publish && publish.Ring == wanted.Ring ? publish : null;
                earlier = own?.LeaseUntil - Lease;

                // What an earlier holder of the same ring has reached is gone on from: its ids, and its stage once groups may be assigned.
                var next = own is { } left
                    ? wanted with { Ids = left.Ids, Approval = left.Approval, Stage = left.Revision == wanted.Revision && left.Stage == PublishStage.Assigning ? left.Stage : PublishStage.Claimed }
                    : wanted;
                written = next.Write();
                return (RolloutDecider.MayClaim(state, order.Ring), new ClaimWrite.Put(written));
            },
            cancellation);
        return taken is ChangeResult<DeploymentState>.Unchanged ? await Holding(deployments, head.Id, written, passesNow, clock, earlier, cancellation) : null;
    }

    /// <inheritdoc/>
    public async Task<bool> Checkpoint(PlaneIds ids, CancellationToken cancellation)
    {
        var next = Claim with { Ids = ids, LeaseUntil = clock.GetUtcNow() + Lease };
        if (await deployments.UpdateClaim(id, row, next.Write(), cancellation) is not { } updated)
        {
            return false;
        }

        (row, Claim) = (updated, next);
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> EnterAssigning(CancellationToken cancellation)
    {
        if (Claim.Stage == PublishStage.Assigning)
        {
            return true;
        }

        if (Claim.Gate is { } gate && clock.GetUtcNow() - gate.JudgedAt > VerdictLife && !await passesNow(cancellation))
        {
            return false;
        }

        var next = Claim with { Stage = PublishStage.Assigning };
        var written = next.Write();
        var entered = await deployments.ChangeWithClaim(
            id,
            Actor.System,
            (state, now, _) => !Holds(now) || state.Revision != next.Revision || state.Incidents != next.Incidents
                ? (new ClaimVoid(), new ClaimWrite.Keep())
                : (RolloutDecider.MayClaim(state, next.Ring), new ClaimWrite.Put(written)),
            cancellation);
        if (entered is not ChangeResult<DeploymentState>.Unchanged || await Holding(deployments, id, written, passesNow, clock, earlierAttemptAt, cancellation) is not { } held)
        {
            return false;
        }

        (row, Claim) = (held.Row, next);
        return true;
    }

    /// <summary>Whether the claim that a change has read is this holder's, whoever has kept it in a change of their own meanwhile.</summary>
    internal bool Holds(ClaimRow? now) => now?.SaysTheSameAs(row) == true;

    private static PlaneIds KnownIds(DeploymentState state) =>
        state.Rings.Count == 0 ? PlaneIds.None : new(state.Rings[^1].Publication.ExternalId, state.Rings[^1].Publication.ContentVersion, null);

    private static async Task<PublishFence?> Holding(
        EventStreams<DeploymentState, DeploymentEvent> deployments,
        CorrelationId id,
        byte[] written,
        Func<CancellationToken, Task<bool>> passesNow,
        TimeProvider clock,
        DateTimeOffset? earlier,
        CancellationToken cancellation)
    {
        var (_, row) = await deployments.ReadWithClaim(id, cancellation);
        return row is not null && row.Payload.AsSpan().SequenceEqual(written) ? new(deployments, id, PublishClaim.Read(row)!, row, passesNow, clock, earlier) : null;
    }
}
