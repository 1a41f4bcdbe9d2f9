using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Functions.Policy;
using Governance.Functions.Rollout;
using Governance.Storage.Streams;

namespace Governance.Functions.Remediation;

/// <summary>The steps of a rollback, each safe to repeat: the app leaves its groups, rings go back to the version before, devices are watched, the app goes.</summary>
internal sealed class Rollbacks(
    RingTakeover takeover, EarlierVersions versions, RingOwners owners, AppRequests requests, RollbackWatch watch, DevicePlanes planes, PolicyData data, TimeProvider clock)
{
    /// <summary>Does what is left to do.</summary>
    internal async Task<RollbackProgress> GoOn(DeploymentState state, AppFence fence, CancellationToken cancellation)
    {
        var rings = RollbackPlan.RingsOf(state);
        if (rings.Count == 0)
        {
            return new RollbackProgress.Done(["Newer versions have all of its rings; its app is left as it is."]);
        }

        var earlier = await versions.Of(state, cancellation);
        var uninstalls = RollbackStart.CanUninstall(await requests.Facts(state, cancellation));
        if (await Leave(state, rings, uninstalls, fence, cancellation) is { } stopped)
        {
            return stopped;
        }

        if (await GiveBack(state, rings, earlier, cancellation) is { } trouble)
        {
            return new RollbackProgress.Stopped(trouble);
        }

        var seen = await watch.Look(state, rings, earlier, uninstalls, cancellation);
        return seen.Check switch
        {
            { Verdict: RollbackVerdict.NotYet } check => new RollbackProgress.Watched(check.LookAgainAt ?? data.Gates.NextRetry(clock.GetUtcNow())),
            { Verdict: RollbackVerdict.Failed } check => new RollbackProgress.Stopped(
                new() { Class = ErrorClass.Permanent, Code = "ROLLBACK_NOT_FOLLOWED", Message = $"Devices did not follow in time. {check.Reason}." }),
            _ => await End(state, rings, earlier, uninstalls, seen, fence, cancellation),
        };
    }

    // Required wins over uninstall, so both change in one call.
    private async Task<RollbackProgress?> Leave(DeploymentState state, EquatableArray<Ring> rings, bool uninstalls, AppFence fence, CancellationToken cancellation)
    {
        var (plane, app) = (planes.Of(state), AppRequests.AppOf(state, fence.Claim));
        var groups = AssignmentSet.Union(rings.Select(ring => state.Request.Scope.Of(ring)).OfType<RingScope>());
        var left = uninstalls
            ? await plane.AssignUninstall(app, AssignmentSet.Empty, groups, fence, cancellation)
            : await plane.Unassign(app, AssignmentSet.Empty, fence, cancellation);
        return Stopped(left);
    }

    private async Task<PlaneFailure?> GiveBack(DeploymentState state, EquatableArray<Ring> rings, IReadOnlyList<EarlierVersion> earlier, CancellationToken cancellation)
    {
        var (plane, app) = (state.Request.Connector, state.Request.AppName);
        await owners.Change(
            plane,
            app,
            known => Task.FromResult<RingOwnership?>(rings.Aggregate(known, (now, ring) => now.GiveBack(ring, state.Id, earlier.FirstOrDefault(each => each.Ring == ring)?.Id))),
            cancellation);
        foreach (var group in earlier.GroupBy(each => each.Id))
        {
            foreach (var back in group)
            {
                if (await takeover.Restore(group.Key, (now, _) => Returned(now, back.Ring), cancellation) is { } failure)
                {
                    return failure;
                }

                await owners.Change(plane, app, known => Task.FromResult<RingOwnership?>(known.Settle(back.Ring, back.Id)), cancellation);
            }
        }

        return null;
    }

    // Whoever is named in its log took it, be it a version in between that was itself rolled back.
    private static Outcome<DeploymentEvent> Returned(DeploymentState earlier, Ring ring) =>
        earlier.Rings.FirstOrDefault(known => known.Ring == ring)?.SupersededBy is { } by ? RolloutDecider.Restore(earlier, ring, by) : Outcome<DeploymentEvent>.Accept();

    private async Task<RollbackProgress> End(
        DeploymentState state, EquatableArray<Ring> rings, IReadOnlyList<EarlierVersion> earlier, bool uninstalls, RollbackSight seen, AppFence fence, CancellationToken cancellation)
    {
        var names = string.Join(", ", rings.Select(ring => ring.WireName()));
        var done = new List<string>
        {
            !seen.AppPresent ? $"The app was gone from the plane; devices of {names} keep what they have."
                : uninstalls ? $"Uninstalled from {names}. {seen.Check.Reason}."
                : $"Taken away from {names}; installed copies stay.",
        };
        done.AddRange(earlier.GroupBy(each => (each.Id, each.Version)).Select(group =>
            $"{string.Join(", ", group.Select(each => each.Ring.WireName()))} given back to version {group.Key.Version} ({group.Key.Id})."));
        if (seen.AppPresent && uninstalls)
        {
            if (seen.Missing > 0)
            {
                done.Add($"The app keeps its uninstall assignment for {seen.Missing} devices that have not followed yet.");
            }
            else if (Stopped(await planes.Of(state).Remove(AppRequests.AppOf(state, fence.Claim), fence, cancellation)) is { } undeleted)
            {
                if (undeleted is not RollbackProgress.Stopped { Failure.Class: not ErrorClass.Transient } refused)
                {
                    return undeleted;
                }

                done.Add($"The app could not be deleted: {refused.Failure.Message}");
            }
            else
            {
                done.Add("The app is deleted from the plane.");
            }
        }

        return new RollbackProgress.Done([.. done]);
    }

    private static RollbackProgress? Stopped(PlaneChange change) => change switch
    {
        PlaneChange.Done => null,
        PlaneChange.Failed failed => new RollbackProgress.Stopped(failed.Failure),
        PlaneChange.WaitingForTenantApproval waiting => new RollbackProgress.Asked(waiting.Approval),
        _ => new RollbackProgress.Stopped(new() { Class = ErrorClass.Transient, Code = "CLAIM_LOST", Message = "Somebody else is at work on the app." }),
    };
}
