using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Storage.Streams;

namespace Governance.Functions.Remediation;

/// <summary>Finds what the rings of a deployment go back to.</summary>
internal sealed class EarlierVersions(EventStreams<DeploymentState, DeploymentEvent> deployments, RingOwners owners)
{
    /// <summary>For each ring that is taken back and has one: the completed version before it. What was given back already stays as it was decided.</summary>
    internal async Task<IReadOnlyList<EarlierVersion>> Of(DeploymentState state, CancellationToken cancellation)
    {
        var ownership = await owners.Read(state.Request.Connector, state.Request.AppName, cancellation);
        var found = new List<EarlierVersion>();
        foreach (var ring in RollbackPlan.RingsOf(state))
        {
            var row = ownership.Of(ring);
            IEnumerable<CorrelationId> candidates = row?.Owner is { } owner && owner != state.Id ? [owner] : row?.Earlier ?? [];
            foreach (var id in candidates)
            {
                if (await Eligible(id, ring, cancellation) is { } version)
                {
                    found.Add(new(ring, id, version));
                    break;
                }
            }
        }

        return found;
    }

    // Completed, still in the plane, and not itself being taken back or removed on request.
    private async Task<string?> Eligible(CorrelationId id, Ring ring, CancellationToken cancellation) =>
        (await deployments.Read(id, cancellation))?.State is { Status: DeploymentStatus.Completed, AssignmentsRemoved: false } earlier
        && !earlier.IsHeldFor(WaitReason.Rollback)
        && earlier.Rings.Any(known => known.Ring == ring)
            ? earlier.Request.Version
            : null;
}
