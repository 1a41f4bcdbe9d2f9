using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Evidence;
using Governance.Functions.Cab;
using Governance.Functions.Deployments;
using Governance.Storage.Streams;
using Governance.Storage.Vault;

namespace Governance.Functions.Review;

/// <summary>Everything that a decision on one deployment needs.</summary>
/// <param name="Head">The deployment.</param>
/// <param name="Facts">Its evidence; null while none is linked.</param>
/// <param name="Comparison">What is different from what was approved last; null where nothing of the app ever was.</param>
/// <param name="Log">Its last events, in order.</param>
/// <param name="WaitingFor">What it waits for now.</param>
/// <param name="Conditions">Whether the conditions of its approval are kept.</param>
/// <param name="At">When all this was read, UTC.</param>
internal sealed record ReviewFile(
    StreamHead<DeploymentState> Head,
    EvidenceFacts? Facts,
    VersionComparison? Comparison,
    IReadOnlyList<StoredEvent> Log,
    IReadOnlyList<WaitReason> WaitingFor,
    EquatableArray<ConditionStanding> Conditions,
    DateTimeOffset At)
{
    /// <summary>The deployment as it stands.</summary>
    public DeploymentState State => Head.State;
}

/// <summary>Gathers it by point reads.</summary>
internal sealed class ReviewFiles(
    EventStreams<DeploymentState, DeploymentEvent> deployments, EvidenceVault vault, LastApproved approved, DeploymentViewer viewer, TimeProvider clock)
{
    private const int MostEvents = 100;

    /// <returns>Null where there is no such deployment.</returns>
    internal async Task<ReviewFile?> Open(CorrelationId id, CancellationToken cancellation)
    {
        if (await deployments.Read(id, cancellation) is not { } head)
        {
            return null;
        }

        var from = Math.Max(1, head.Sequence - MostEvents + 1);
        var log = deployments.ReadEvents(id, from, (int)(head.Sequence - from + 1), cancellation);
        var facts = await Facts(head.State, cancellation);
        var before = await approved.Before(head.State, cancellation);
        var comparison = before is null ? null : VersionComparison.Of(head.State, facts, before, await Facts(before, cancellation));
        var now = clock.GetUtcNow();
        return new(head, facts, comparison, await log, await viewer.WaitingFor(head.State, cancellation), ConditionStandings.Of(head.State, now), now);
    }

    private async Task<EvidenceFacts?> Facts(DeploymentState state, CancellationToken cancellation) =>
        state.Evidence is { } link ? await vault.GetFacts(link.PackId, cancellation) : null;
}
