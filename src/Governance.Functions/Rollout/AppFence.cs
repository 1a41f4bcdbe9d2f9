using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Rollout;
using Governance.Storage.Streams;

namespace Governance.Functions.Rollout;

/// <summary>
/// The claim of whoever changes an app that is on devices: mends it, takes it back, or hands a ring over. As with a publish every step is a write that
/// the claim's ETag guards, so whoever lost it can write nothing any more.
/// </summary>
internal sealed class AppFence : IPublishFence
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(15);

    private readonly EventStreams<DeploymentState, DeploymentEvent> _deployments;
    private readonly CorrelationId _id;
    private readonly Func<DeploymentState, bool> _stands;
    private readonly TimeProvider _clock;
    private ClaimRow _row;

    private AppFence(
        EventStreams<DeploymentState, DeploymentEvent> deployments, CorrelationId id, Func<DeploymentState, bool> stands, TimeProvider clock, ClaimRow row, PublishClaim claim) =>
        (_deployments, _id, _stands, _clock, _row, Claim) = (deployments, id, stands, clock, row, claim);

    /// <summary>The claim as this holder last wrote it.</summary>
    internal PublishClaim Claim { get; private set; }

    /// <summary>When an earlier try at the same thing last gave a sign of life, UTC; null where this is the first.</summary>
    internal DateTimeOffset? EarlierAttemptAt { get; private init; }

    /// <summary>Takes the claim.</summary>
    /// <param name="deployments">The streams.</param>
    /// <param name="id">Whose app.</param>
    /// <param name="purpose">What for.</param>
    /// <param name="generation">Of the orchestration that works, 0 where none does.</param>
    /// <param name="stands">Whether there still is something to do; asked with every step.</param>
    /// <param name="clock">For the lease.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Null where there is nothing to do, or somebody else is at work: try again later.</returns>
    internal static async Task<AppFence?> Take(
        EventStreams<DeploymentState, DeploymentEvent> deployments, CorrelationId id, ClaimPurpose purpose, int generation, Func<DeploymentState, bool> stands,
        TimeProvider clock, CancellationToken cancellation)
    {
        byte[] written = [];
        DateTimeOffset? earlier = null;
        var taken = await deployments.ChangeWithClaim(
            id,
            Actor.System,
            (state, row, _) =>
            {
                var held = PublishClaim.Read(row);
                if (state.Rings.Count == 0 || !stands(state) || IsBusy(held, purpose, generation, clock.GetUtcNow()))
                {
                    return (new ClaimVoid(), new ClaimWrite.Keep());
                }

                earlier = held?.Purpose == purpose ? held.LeaseUntil - Lease : null;
                written = Wanted(state, held, purpose, generation, clock.GetUtcNow() + Lease).Write();
                return (Outcome<DeploymentEvent>.Accept(), new ClaimWrite.Put(written));
            },
            cancellation);
        if (taken is not ChangeResult<DeploymentState>.Unchanged)
        {
            return null;
        }

        var (_, now) = await deployments.ReadWithClaim(id, cancellation);
        return now is not null && now.Payload.AsSpan().SequenceEqual(written)
            ? new(deployments, id, stands, clock, now, PublishClaim.Read(now)!) { EarlierAttemptAt = earlier }
            : null;
    }

    /// <inheritdoc/>
    public Task<bool> Checkpoint(PlaneIds ids, CancellationToken cancellation) => Rewrite(Claim with { Ids = ids, LeaseUntil = _clock.GetUtcNow() + Lease }, cancellation);

    /// <inheritdoc/>
    public async Task<bool> EnterAssigning(CancellationToken cancellation)
    {
        var next = Claim with { LeaseUntil = _clock.GetUtcNow() + Lease };
        var entered = await Change((_, _) => Outcome<DeploymentEvent>.Accept(), new ClaimWrite.Put(next.Write()), cancellation);
        return entered is ChangeResult<DeploymentState>.Unchanged && await Reread(next, cancellation);
    }

    /// <summary>Notes what the tenant's own people were asked about, or that they are asked no more, and logs the first.</summary>
    internal async Task Ask(TenantApproval? approval, CancellationToken cancellation)
    {
        var next = Claim with { Approval = approval };
        var ring = Claim.Ring;
        await Change(
            (state, _) => approval is null ? Outcome<DeploymentEvent>.Accept() : RolloutDecider.AwaitTenantApproval(state, ring, approval.Code),
            new ClaimWrite.Put(next.Write()),
            cancellation);
        await Reread(next, cancellation);
    }

    /// <summary>Appends under the claim, which stays.</summary>
    internal Task<ChangeResult<DeploymentState>> Log(Func<DeploymentState, DateTimeOffset, Outcome<DeploymentEvent>> decide, CancellationToken cancellation) =>
        Change(decide, new ClaimWrite.Keep(), cancellation);

    /// <summary>Appends what came of it and lets go of the claim, in one transaction.</summary>
    internal Task<ChangeResult<DeploymentState>> Finish(Func<DeploymentState, DateTimeOffset, Outcome<DeploymentEvent>> decide, CancellationToken cancellation) =>
        Change(decide, new ClaimWrite.Remove(), cancellation);

    private static bool IsBusy(PublishClaim? held, ClaimPurpose purpose, int generation, DateTimeOffset now) => held switch
    {
        null => false,
        _ when held.Purpose == purpose => held.Generation > generation,

        // A publish that a command has voided stands in nobody's way.
        { Purpose: ClaimPurpose.Publish, Stage: PublishStage.None } => false,

        // A rollback goes before everything; nothing goes before it.
        _ when purpose == ClaimPurpose.RollBack => false,
        { Purpose: ClaimPurpose.RollBack } => held.LeaseUntil > now || held.Approval is not null,
        { Approval: not null } => true,
        _ => held.LeaseUntil > now,
    };

    private static PublishClaim Wanted(DeploymentState state, PublishClaim? held, ClaimPurpose purpose, int generation, DateTimeOffset leaseUntil)
    {
        var ring = state.Rings[^1];
        var ids = new PlaneIds(ring.Publication.ExternalId, ring.Publication.ContentVersion, null);

        // What an earlier try at the same thing was told is gone on from.
        return new(ring.Ring, generation, state.Revision, null, state.Incidents, ring.Publication.SubjectDigest, leaseUntil, held?.Purpose == purpose ? held.Ids : ids, PublishStage.None, held?.Purpose == purpose ? held.Approval : null)
        {
            Purpose = purpose,
        };
    }

    private async Task<bool> Rewrite(PublishClaim next, CancellationToken cancellation)
    {
        if (await _deployments.UpdateClaim(_id, _row, next.Write(), cancellation) is not { } updated)
        {
            return false;
        }

        (_row, Claim) = (updated, next);
        return true;
    }

    private async Task<bool> Reread(PublishClaim next, CancellationToken cancellation)
    {
        var (_, now) = await _deployments.ReadWithClaim(_id, cancellation);
        if (now is null || !now.Payload.AsSpan().SequenceEqual(next.Write()))
        {
            return false;
        }

        (_row, Claim) = (now, next);
        return true;
    }

    private Task<ChangeResult<DeploymentState>> Change(
        Func<DeploymentState, DateTimeOffset, Outcome<DeploymentEvent>> decide, ClaimWrite write, CancellationToken cancellation) => _deployments.ChangeWithClaim(
            _id,
            Actor.System,
            (state, row, at) => row?.SaysTheSameAs(_row) != true || !_stands(state) ? (new ClaimVoid(), new ClaimWrite.Keep()) : (decide(state, at), write),
            cancellation);
}
