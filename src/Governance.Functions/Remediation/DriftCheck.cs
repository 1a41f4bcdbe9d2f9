using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Functions.Policy;
using Governance.Functions.Rollout;
using Governance.Storage.Streams;

namespace Governance.Functions.Remediation;

/// <summary>Compares what the log and the rings' owners say with what the plane holds, for one deployment; logs what differs and sees that it is mended.</summary>
internal sealed partial class DriftCheck(
    EventStreams<DeploymentState, DeploymentEvent> deployments, RingOwners owners, RingTakeover rings, DriftRemedies remedies, DevicePlanes planes, PolicyData data, TimeProvider clock, ILogger<DriftCheck> log)
{
    /// <summary>Looks once. Safe to repeat: drift that is known is not logged again.</summary>
    /// <param name="id">Which deployment.</param>
    /// <param name="compliance">Whether what devices report is read too, which costs many calls.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Whether anything was found to do.</returns>
    internal async Task<bool> Look(CorrelationId id, bool compliance, CancellationToken cancellation)
    {
        var (head, row) = await deployments.ReadWithClaim(id, cancellation);
        if (head?.State is not { } state || !IsSwept(state) || PublishClaim.Read(row) is { } claim && claim.LeaseUntil > clock.GetUtcNow())
        {
            // While somebody is at work on the app it is between two states.
            return false;
        }

        var (plane, app) = (state.Request.Connector, state.Request.AppName);
        if ((await owners.Read(plane, app, cancellation)).Unsettled.Any(ring => ring.Owner == id || ring.Loser == id))
        {
            // Half handed over: that is finished first, and compared the next time.
            await rings.Settle(plane, app, cancellation);
            return true;
        }

        if (await planes.Of(state).ReadActual(AppRequests.AppOf(state), cancellation) is not PlaneReading<PlaneActual>.Read { Value: var actual })
        {
            NotRead(log, id);
            return false;
        }

        var found = DriftDetection.Find(await Expected(state, compliance, cancellation), actual, data.Gates, clock.GetUtcNow());
        return found.Count == 0 ? await Gone(head, compliance, cancellation) : await Record(head, found, cancellation);
    }

    private static bool IsSwept(DeploymentState state) =>
        state.Status.IsOnDevices() && !state.AssignmentsRemoved && !state.IsHeldFor(WaitReason.Rollback) && state.Rings.Any(ring => ring.SupersededBy is null);

    private async Task<ExpectedApp> Expected(DeploymentState state, bool compliance, CancellationToken cancellation) => new()
    {
        Version = state.Request.Version,
        ArtifactSha256 = state.Evidence!.Artifact!.Sha256,
        Rings = [.. AppRequests.OwnedScopes(state)],
        Passed = compliance ? await Passed(state, cancellation) : [],
    };

    // The last ring of a running rollout is its gate's to judge.
    private async Task<EquatableArray<PassedRing>> Passed(DeploymentState state, CancellationToken cancellation)
    {
        var passed = new List<PassedRing>();
        foreach (var ring in state.Rings.Where(each => each.SupersededBy is null && (state.Status == DeploymentStatus.Completed || each.Ring != state.CurrentRing)))
        {
            var scope = state.Request.Scope.Of(ring.Ring)!;
            var reading = await planes.Of(state).ReadResults(new() { App = AppRequests.AppOf(state), Groups = AssignmentSet.Of(scope) }, cancellation);
            if (reading is PlaneReading<RingDeviceResults>.Read { Value: var devices })
            {
                passed.Add(new(ring.Ring, new(
                    state.MendedAt is { } mended && mended > ring.PublishedAt ? mended : ring.PublishedAt,
                    scope.Connectivity,
                    new(devices.Targeted, devices.Succeeded, devices.Failed, devices.Pending, devices.NotApplicable))));
            }
        }

        return [.. passed];
    }

    private async Task<bool> Gone(StreamHead<DeploymentState> head, bool compliance, CancellationToken cancellation)
    {
        var state = head.State;
        if (state.Drift.Count == 0 || (!compliance && state.Drift.Any(known => known.Kind == DriftRules.WireName(DriftKind.ComplianceDrift))))
        {
            return false;
        }

        var gone = await deployments.ChangeNumbered(
            head.Id, Actor.System, (now, sequence, _) => RemediationDecider.RecordDriftGone(now, DeploymentIds.Remediation(head.Id, sequence + 1)), cancellation);
        return gone is ChangeResult<DeploymentState>.Changed;
    }

    private async Task<bool> Record(StreamHead<DeploymentState> head, EquatableArray<Drift> found, CancellationToken cancellation)
    {
        var acted = false;
        foreach (var drift in found)
        {
            var recorded = await deployments.Change(head.Id, Actor.System, (state, _) => RemediationDecider.RecordDrift(state, drift.ToEvent()), cancellation);
            acted |= recorded is ChangeResult<DeploymentState>.Changed;
            head = recorded.Settled ?? head;
        }

        return await remedies.Apply(head, found, cancellation) || acted;
    }

    [LoggerMessage(3310, LogLevel.Warning, "What the plane holds for {CorrelationId} could not be read; the next sweep looks again.")]
    private static partial void NotRead(ILogger log, CorrelationId correlationId);
}
