using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Policy;
using Governance.Core.Rollout;
using Governance.Functions.Policy;
using Governance.Storage.Vault;
using Governance.Storage.Views;

namespace Governance.Functions.Rollout;

/// <summary>Measures what a gate looks at, and has it judged.</summary>
internal sealed class RingGate(PolicyChecks checks, PolicyData data, EvidenceVault vault, DeploymentViews views, DevicePlanes planes, TimeProvider clock)
{
    /// <summary>Judges the gate now.</summary>
    internal async Task<GateVerdict> Judge(DeploymentState state, CancellationToken cancellation) => (await Look(state, cancellation)).Verdict;

    /// <summary>Judges the gate now, and whether the ring published last must be taken back.</summary>
    internal async Task<LookFindings> Look(DeploymentState state, CancellationToken cancellation)
    {
        var step = state.NextStep;
        var now = clock.GetUtcNow();
        var facts = (await vault.Find(state.Evidence!.PackId, cancellation))?.Facts;
        var standing = await checks.AtGate(state, cancellation);
        var measured = await Measure(state, step, cancellation);
        var verdict = GateEvaluator.Judge(data.Gates, new GateInputs
        {
            Now = now,
            Step = step,
            Measured = measured,
            LabResults = facts?.LabResults,
            LabConnectivity = state.Request.Scope.Of(step.To ?? state.Request.TargetRing)!.Connectivity,
            Incidents = state.Incidents,
            Conditions = state.Approval?.Conditions ?? [],
            ApprovalStands = state.ApprovalStands,
            EndedExceptions = [.. state.EndedExceptions.Union(standing.Ended)],
            NewBlocks = standing.Check.NewBlocks,
            Freeze = FreezeOf(state, step, now),
            RollbackPlanValidated = standing.Check.RollbackPlanValidated,
            Completeness = standing.Check.Completeness,
            OverrideId = standing.OverrideId,
        });
        return state.CurrentRing is { } ring && measured is { } own
            ? new()
            {
                Verdict = verdict,
                Breach = Breach.Judge(data.Gates, ring, own, now),
                WatchAgainAt = data.Gates.NextLook(
                    own.PublishedAt, data.Gates.ObservationPeriod(ring, own.Connectivity, state.Approval?.Conditions ?? []), now),
            }
            : new() { Verdict = verdict, Breach = Breach.Nothing };
    }

    /// <summary>The freeze window that holds a publish of the next ring now; an emergency approval lifts it.</summary>
    internal Freeze? FreezeOf(DeploymentState state, GateStep step, DateTimeOffset now) =>
        step.To is { } to && state.Approval?.By != ApprovalSource.Emergency ? data.Set.FreezeAt(to, state.Request.Urgency, now) : null;

    private async Task<RingMeasurement?> Measure(DeploymentState state, GateStep step, CancellationToken cancellation)
    {
        if (step.Kind == GateKind.First)
        {
            return step.From is { } below ? await views.RingResults(state.Request.AppName, state.Request.Version, below, cancellation) : null;
        }

        var ring = state.Rings[^1];
        var scope = state.Request.Scope.Of(ring.Ring)!;
        var reading = await planes.Of(state).ReadResults(
            new RingResultsRequest
            {
                App = new(state.Id, new(ring.Publication.ExternalId, ring.Publication.ContentVersion, null)),
                Groups = AssignmentSet.Of(scope),
                PerUser = false,
            },
            cancellation);
        if (reading is not PlaneReading<RingDeviceResults>.Read { Value: var devices })
        {
            return new(ring.PublishedAt, scope.Connectivity, null, ((PlaneReading<RingDeviceResults>.Unavailable)reading).Failure.Message);
        }

        var measured = new RingMeasurement(
            ring.PublishedAt, scope.Connectivity, new(devices.Targeted, devices.Succeeded, devices.Failed, devices.Pending, devices.NotApplicable));
        await views.SaveRingResults(state.Request.AppName, state.Request.Version, ring.Ring, state.Id, measured, devices, cancellation);
        return measured;
    }
}
