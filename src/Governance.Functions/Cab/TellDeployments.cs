using System.Text.Json;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Rollout;
using Governance.Functions.Policy;
using Governance.Functions.Rollout;
using Governance.Storage.Outbox;
using Governance.Storage.Streams;
using Governance.Storage.Views;

namespace Governance.Functions.Cab;

/// <summary>Tells the deployments of an app that an exception was approved or has ended; each decides for itself whether it matters.</summary>
internal sealed class TellDeployments(
    EventStreams<DeploymentState, DeploymentEvent> deployments, DeploymentViews views, ExceptionViews exceptions, PolicyChecks checks, TimeProvider clock) : IOutboxHandler
{
    /// <inheritdoc/>
    public string Kind => ExceptionConsequences.TellDeployments;

    /// <inheritdoc/>
    public int BatchSize => 1;

    /// <inheritdoc/>
    public async Task Handle(IReadOnlyList<OutboxDelivery> batch, CancellationToken cancellation)
    {
        var change = JsonSerializer.Deserialize(batch[0].Message.Payload.Span, ExceptionJson.Default.ExceptionChange)!;
        foreach (var id in await views.DeploymentsOf(change.AppName, change.Version, cancellation))
        {
            if ((change.DeploymentId is null || change.DeploymentId == id) && await deployments.Read(id, cancellation) is { } head)
            {
                await Tell(head, change, cancellation);
            }
        }
    }

    private async Task Tell(StreamHead<DeploymentState> head, ExceptionChange change, CancellationToken cancellation)
    {
        var known = await exceptions.Of(change.AppName, cancellation);
        var matters = !change.Ended && head.State.Evidence is not null && await checks.Matters(head.State, change.ExceptionId, cancellation);
        await deployments.ChangeWithClaim(
            head.Id,
            Actor.System,
            (state, row, at) =>
            {
                var stage = PublishClaim.StageOf(row);
                var outcome = change.Ended
                    ? RolloutDecider.ExceptionEnded(state, change.ExceptionId, ExceptionMatching.StandIns(state, change.ExceptionId, known, clock.GetUtcNow()), stage)
                    : RolloutDecider.ExceptionApproved(state, change.ExceptionId, matters, ExceptionMatching.Replacements(state, known, known, clock.GetUtcNow()), stage);
                return (outcome, PublishClaim.After(outcome, row));
            },
            cancellation);
    }
}
