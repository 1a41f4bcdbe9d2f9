using System.Text.Json;
using Governance.Core.Deployments;
using Governance.Storage.Outbox;

namespace Governance.Functions.Orchestration;

/// <summary>Carries out "start the orchestration": a repeat finds it started.</summary>
internal sealed class StartOrchestration(DeploymentInstances instances) : IOutboxHandler
{
    /// <inheritdoc/>
    public string Kind => DeploymentConsequences.StartOrchestration;

    /// <inheritdoc/>
    public int BatchSize => 1;

    /// <inheritdoc/>
    public Task Handle(IReadOnlyList<OutboxDelivery> batch, CancellationToken cancellation) => instances.Start(batch[0].Id, generation: 1, cancellation);
}

/// <summary>Carries out "tell the waiting orchestration to look again". Where none lives any more, the next generation begins, which looks by itself.</summary>
internal sealed class SignalOrchestration(DeploymentInstances instances) : IOutboxHandler
{
    /// <inheritdoc/>
    public string Kind => DeploymentConsequences.Signal;

    /// <inheritdoc/>
    public int BatchSize => 1;

    /// <inheritdoc/>
    public async Task Handle(IReadOnlyList<OutboxDelivery> batch, CancellationToken cancellation)
    {
        var signal = JsonSerializer.Deserialize(batch[0].Message.Payload.Span, DeploymentJson.Default.SignalRequest)!;
        await instances.Signal(signal, cancellation, batch[0].Attempt);
    }
}

/// <summary>Carries out "start the remediation": a repeat finds it started.</summary>
internal sealed class StartRemediation(DeploymentInstances instances) : IOutboxHandler
{
    /// <inheritdoc/>
    public string Kind => DeploymentConsequences.StartRemediation;

    /// <inheritdoc/>
    public int BatchSize => 1;

    /// <inheritdoc/>
    public Task Handle(IReadOnlyList<OutboxDelivery> batch, CancellationToken cancellation)
    {
        var wanted = JsonSerializer.Deserialize(batch[0].Message.Payload.Span, DeploymentJson.Default.RemediationRequest)!;
        return instances.StartRemediation(wanted.CorrelationId, wanted.RemediationId, cancellation);
    }
}
