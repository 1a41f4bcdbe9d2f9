using System.Text.Json;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Functions.Orchestration;
using Governance.Storage.Outbox;

namespace Governance.Functions.Cab;

/// <summary>Carries out "start a wait of the CAB's own": a repeat finds it started.</summary>
internal sealed class StartCabWatch(DeploymentInstances instances) : IOutboxHandler
{
    /// <inheritdoc/>
    public string Kind => DeploymentConsequences.StartCabWatch;

    /// <inheritdoc/>
    public int BatchSize => 1;

    /// <inheritdoc/>
    public async Task Handle(IReadOnlyList<OutboxDelivery> batch, CancellationToken cancellation)
    {
        var wanted = JsonSerializer.Deserialize(batch[0].Message.Payload.Span, DeploymentJson.Default.CabWatchRequest)!;
        if (wanted.Kind == CabWatchKind.Review)
        {
            await instances.Once(
                nameof(EmergencyReviewOrchestrator),
                new ReviewRun(wanted.CorrelationId, wanted.Revision),
                InstanceIds.EmergencyReview(wanted.CorrelationId, wanted.Revision),
                cancellation);
            return;
        }

        // Votes wake it under the living generation, as they do where the deployment's own orchestration started it.
        var generation = await instances.Living(wanted.CorrelationId, cancellation);
        await instances.Once(
            nameof(CabApprovalOrchestrator),
            new CabRun(wanted.CorrelationId, wanted.Revision, Reminded: false),
            InstanceIds.CabApproval(wanted.CorrelationId, generation.Number, wanted.Revision),
            cancellation);
    }
}

/// <summary>Carries out "start the wait for an exception's end": a repeat finds it started.</summary>
internal sealed class StartExceptionWatch(DeploymentInstances instances) : IOutboxHandler
{
    /// <inheritdoc/>
    public string Kind => ExceptionConsequences.StartWatch;

    /// <inheritdoc/>
    public int BatchSize => 1;

    /// <inheritdoc/>
    public Task Handle(IReadOnlyList<OutboxDelivery> batch, CancellationToken cancellation)
    {
        var wanted = JsonSerializer.Deserialize(batch[0].Message.Payload.Span, ExceptionJson.Default.ExceptionWatchRequest)!;
        return instances.Once(
            nameof(ExceptionTermOrchestrator), new ExceptionRun(wanted.ExceptionId, Warned: false), InstanceIds.ExceptionTerm(wanted.ExceptionId), cancellation);
    }
}
