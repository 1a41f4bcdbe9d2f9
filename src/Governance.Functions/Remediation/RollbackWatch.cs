using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Functions.Policy;
using Governance.Functions.Rollout;
using Governance.Storage.Streams;

namespace Governance.Functions.Remediation;

/// <summary>What was seen of a rollback.</summary>
/// <param name="AppPresent">Whether the app that is taken back is still in the plane.</param>
/// <param name="Check">The verdict over all rings.</param>
/// <param name="Missing">Devices that have neither followed nor are outside the app's requirements.</param>
internal sealed record RollbackSight(bool AppPresent, RollbackCheck Check, long Missing);

/// <summary>Verifies a rollback by what devices report, ring by ring: the bad version is gone, and the one before is back where there is one.</summary>
internal sealed class RollbackWatch(EventStreams<DeploymentState, DeploymentEvent> deployments, DevicePlanes planes, PolicyData data, TimeProvider clock)
{
    /// <summary>Looks once.</summary>
    internal async Task<RollbackSight> Look(
        DeploymentState state, EquatableArray<Ring> rings, IReadOnlyList<EarlierVersion> earlier, bool uninstalls, CancellationToken cancellation)
    {
        var checks = new List<RollbackCheck>();
        var missing = 0L;
        var actual = await planes.Of(state).ReadActual(AppRequests.AppOf(state), cancellation);
        var present = actual is not PlaneReading<PlaneActual>.Read { Value.AppPresent: false };
        if (actual is PlaneReading<PlaneActual>.Unavailable unread)
        {
            checks.Add(Unread(state, unread.Failure.Message));
        }

        foreach (var ring in rings)
        {
            if (present && uninstalls)
            {
                var (check, left) = await Judge(state, state, ring, uninstall: true, cancellation);
                checks.Add(check);
                missing += left;
            }

            if (earlier.FirstOrDefault(each => each.Ring == ring) is { } back && await deployments.Read(back.Id, cancellation) is { State: var restored })
            {
                checks.Add((await Judge(state, restored, ring, uninstall: false, cancellation)).Check);
            }
        }

        return new(present, Worst(checks), missing);
    }

    private async Task<(RollbackCheck Check, long Missing)> Judge(DeploymentState rolledBack, DeploymentState whose, Ring ring, bool uninstall, CancellationToken cancellation)
    {
        var scope = whose.Request.Scope.Of(ring)!;
        var since = rolledBack.Rollback?.StartedAt ?? rolledBack.StatusSince;
        var reading = await planes.Of(whose).ReadResults(
            new() { App = AppRequests.AppOf(whose), Groups = AssignmentSet.Of(scope), Uninstall = uninstall, IgnoreBefore = since }, cancellation);
        var devices = (reading as PlaneReading<RingDeviceResults>.Read)?.Value;
        var measured = new RingMeasurement(
            since,
            scope.Connectivity,
            devices is null ? null : new(devices.Targeted, devices.Succeeded, devices.Failed, devices.Pending, devices.NotApplicable),
            (reading as PlaneReading<RingDeviceResults>.Unavailable)?.Failure.Message);
        var what = uninstall ? $"no longer have {whose.Request.Version}" : $"have {whose.Request.Version} back";
        return (
            RollbackVerification.Judge(data.Gates, ring, measured, what, clock.GetUtcNow()),
            devices is null ? 1 : devices.Targeted - devices.Succeeded - devices.NotApplicable);
    }

    private RollbackCheck Unread(DeploymentState state, string why) => RollbackVerification.Judge(
        data.Gates, state.Rings[^1].Ring, new(state.Rollback?.StartedAt ?? state.StatusSince, Connectivity.Online, null, why), "looked at", clock.GetUtcNow());

    // One ring that fails fails all; one that is not ready makes all wait for the earliest look.
    private static RollbackCheck Worst(List<RollbackCheck> checks)
    {
        if (checks.Count == 0)
        {
            return new(RollbackVerdict.Verified, "Nothing was left to report", null);
        }

        var worst = checks.MaxBy(check => check.Verdict)!;
        return worst with
        {
            Reason = string.Join("; ", checks.Where(check => check.Verdict == worst.Verdict).Select(check => check.Reason)),
            LookAgainAt = checks.Min(check => check.LookAgainAt),
        };
    }
}
