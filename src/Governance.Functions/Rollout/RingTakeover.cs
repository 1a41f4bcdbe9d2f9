using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Rollout;
using Governance.Storage.Streams;

namespace Governance.Functions.Rollout;

/// <summary>Takes rings over from earlier versions of an app, and finishes what a crash left half taken.</summary>
internal sealed class RingTakeover(EventStreams<DeploymentState, DeploymentEvent> deployments, RingOwners owners, AppRequests requests, DevicePlanes planes, TimeProvider clock)
{
    /// <summary>Whether another live rollout of the app holds a ring. One or two point reads.</summary>
    internal async Task<bool> IsHeld(DeploymentState state, Ring ring, CancellationToken cancellation) =>
        (await owners.Read(state.Request.Connector, state.Request.AppName, cancellation)).Of(ring) is { } known && await IsHeld(known, state.Id, cancellation);

    /// <summary>Notes that a rollout waits for a ring, so that it is woken when the other one ends.</summary>
    internal Task Await(DeploymentState state, Ring ring, CancellationToken cancellation) => owners.Change(
        state.Request.Connector, state.Request.AppName, known => Task.FromResult<RingOwnership?>(known.Await(ring, state.Id)), cancellation);

    /// <summary>Takes a ring, right before its groups are assigned. Safe to repeat.</summary>
    /// <returns>False where another live rollout holds it.</returns>
    internal async Task<bool> Take(DeploymentState state, Ring ring, CancellationToken cancellation)
    {
        var (now, _) = await owners.Change(
            state.Request.Connector,
            state.Request.AppName,
            async known => known.Of(ring) is { } owned && await IsHeld(owned, state.Id, cancellation)
                ? null
                : known.Take(ring, state.Id, ownerHasIt: await HasIt(known.Of(ring)?.Owner, ring, cancellation)),
            cancellation);
        return now.Of(ring)?.Owner == state.Id;
    }

    /// <summary>Finishes every hand-over of the app that is on its way to deployments which have the ring: the earlier version's log, then its groups, then the row.</summary>
    /// <returns>True where nothing is on its way any more.</returns>
    internal async Task<bool> Settle(string plane, string appName, CancellationToken cancellation)
    {
        var settled = true;
        foreach (var ring in (await owners.Read(plane, appName, cancellation)).Unsettled)
        {
            settled &= ring is { Owner: { } owner, Loser: { } loser, GivenBackBy: null }
                && await HasIt(owner, ring.Ring, cancellation)
                && await Lose(loser, ring.Ring, owner, cancellation)
                && await Note(plane, appName, ring.Ring, owner, cancellation);
        }

        return settled;
    }

    /// <summary>Gives a deployment's app the groups that the log says, under that deployment's own claim.</summary>
    /// <returns>Null once it has them; else why not, transient where somebody else is at work on it.</returns>
    internal async Task<PlaneFailure?> Restore(CorrelationId id, Func<DeploymentState, DateTimeOffset, Outcome<DeploymentEvent>> decide, CancellationToken cancellation)
    {
        if (await AppFence.Take(deployments, id, ClaimPurpose.HandOver, 0, IsOurs, clock, cancellation) is not { } fence)
        {
            return Busy(id);
        }

        if (await fence.Log(decide, cancellation) is not { Settled.State: { } state })
        {
            return Busy(id);
        }

        switch (await planes.Of(state).Publish(await requests.AsLogged(state, fence.Claim, cancellation), fence, cancellation))
        {
            case PublishOutcome.Published:
                await fence.Finish((_, _) => Outcome<DeploymentEvent>.Accept(), cancellation);
                return null;
            case PublishOutcome.WaitingForTenantApproval waiting:
                await fence.Ask(waiting.Approval, cancellation);
                return Transient("TENANT_APPROVAL_PENDING", $"The tenant's own approval of giving devices back to {id} is waited for.");
            case PublishOutcome.Failed failed:
                return failed.Failure;
            case PublishOutcome.SubjectChanged changed:
                return new() { Class = ErrorClass.PolicyViolation, Code = "SUBJECT_CHANGED", Message = changed.Detail };
            default:
                return Busy(id);
        }
    }

    private static PlaneFailure Busy(CorrelationId id) => Transient("APP_BUSY", $"The app of {id} is being changed at this moment.");

    private static PlaneFailure Transient(string code, string message) => new() { Class = ErrorClass.Transient, Code = code, Message = message };

    private static bool IsOurs(DeploymentState state) => state.Status.IsOnDevices() && !state.IsHeldFor(WaitReason.Rollback);

    private async Task<bool> IsHeld(OwnedRing ring, CorrelationId by, CancellationToken cancellation) =>
        ring.Owner is { } owner && owner != by && ring.IsHeldFrom(by, (await deployments.Read(owner, cancellation))?.State);

    private async Task<bool> HasIt(CorrelationId? owner, Ring ring, CancellationToken cancellation) =>
        owner is { } id && (await deployments.Read(id, cancellation))?.State is { } state && state.Status.IsOnDevices() && state.Rings.Any(known => known.Ring == ring);

    private async Task<bool> Lose(CorrelationId loser, Ring ring, CorrelationId to, CancellationToken cancellation)
    {
        var superseded = await deployments.Change(loser, Actor.System, (state, _) => RolloutDecider.Supersede(state, ring, to), cancellation);
        if (superseded.Settled?.State is not { } state || !IsOurs(state) || state.AssignmentsRemoved)
        {
            // Ended, or being taken back: then that leaves it no groups.
            return superseded is not ChangeResult<DeploymentState>.Contended;
        }

        if (await AppFence.Take(deployments, loser, ClaimPurpose.HandOver, 0, IsOurs, clock, cancellation) is not { } fence)
        {
            return false;
        }

        var keep = AssignmentSet.Union(AppRequests.OwnedScopes(state));
        var lost = await planes.Of(state).Unassign(AppRequests.AppOf(state, fence.Claim), keep, fence, cancellation);
        if (lost is PlaneChange.WaitingForTenantApproval waiting)
        {
            await fence.Ask(waiting.Approval, cancellation);
        }

        return lost is PlaneChange.Done && await fence.Finish((_, _) => Outcome<DeploymentEvent>.Accept(), cancellation) is { Settled: not null };
    }

    private async Task<bool> Note(string plane, string appName, Ring ring, CorrelationId owner, CancellationToken cancellation)
    {
        await owners.Change(plane, appName, known => Task.FromResult<RingOwnership?>(known.Settle(ring, owner)), cancellation);
        return true;
    }
}

/// <summary>A publisher's fence that also takes the ring, before the first group is assigned.</summary>
internal sealed class TakingFence(IPublishFence fence, Func<CancellationToken, Task<bool>> take) : IPublishFence
{
    /// <summary>Whether another live rollout turned out to hold the ring.</summary>
    internal bool IsHeld { get; private set; }

    /// <inheritdoc/>
    public Task<bool> Checkpoint(PlaneIds ids, CancellationToken cancellation) => fence.Checkpoint(ids, cancellation);

    /// <inheritdoc/>
    public async Task<bool> EnterAssigning(CancellationToken cancellation)
    {
        IsHeld = !await take(cancellation);
        return !IsHeld && await fence.EnterAssigning(cancellation);
    }
}
