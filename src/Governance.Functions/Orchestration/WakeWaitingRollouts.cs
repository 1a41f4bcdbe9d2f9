using System.Text.Json;
using Governance.Core.Deployments;
using Governance.Core.Rollout;
using Governance.Storage.Outbox;
using Governance.Storage.Streams;

namespace Governance.Functions.Orchestration;

/// <summary>Carries out "wake the rollouts that wait for a ring": each looks for itself whether its ring is free. A repeat wakes nobody, or in vain.</summary>
internal sealed class WakeWaitingRollouts(RingOwners owners, DeploymentInstances instances) : IOutboxHandler
{
    /// <inheritdoc/>
    public string Kind => DeploymentConsequences.RingsFreed;

    /// <inheritdoc/>
    public int BatchSize => 1;

    /// <inheritdoc/>
    public async Task Handle(IReadOnlyList<OutboxDelivery> batch, CancellationToken cancellation)
    {
        var freed = JsonSerializer.Deserialize(batch[0].Message.Payload.Span, DeploymentJson.Default.RingsFreed)!;
        var known = await owners.Read(freed.Plane, freed.AppName, cancellation);
        foreach (var waiting in known.Rings.SelectMany(ring => ring.Waiting).Distinct())
        {
            await instances.Signal(new(waiting, WaitingOrchestration.RingRollout, Revision: 1), cancellation);
        }

        // Noted again by whoever still has to wait.
        await owners.Change(freed.Plane, freed.AppName, now => Task.FromResult<RingOwnership?>(now.Woken()), cancellation);
    }
}
