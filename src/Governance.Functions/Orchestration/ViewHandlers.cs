using System.Text.Json;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Storage.Outbox;
using Governance.Storage.Views;

namespace Governance.Functions.Orchestration;

/// <summary>Brings the views of deployments up to date.</summary>
internal sealed class UpdateDeploymentViews(DeploymentViews views) : IOutboxHandler
{
    /// <inheritdoc/>
    public string Kind => DeploymentConsequences.Views;

    /// <inheritdoc/>
    public int BatchSize => 200;

    /// <inheritdoc/>
    public Task Handle(IReadOnlyList<OutboxDelivery> batch, CancellationToken cancellation) => views.Apply(
        [.. batch.Select(each => JsonSerializer.Deserialize(each.Message.Payload.Span, DeploymentJson.Default.DeploymentSummary)!)], cancellation);
}

/// <summary>Brings the views of exceptions up to date.</summary>
internal sealed class UpdateExceptionViews(ExceptionViews views) : IOutboxHandler
{
    /// <inheritdoc/>
    public string Kind => ExceptionConsequences.Views;

    /// <inheritdoc/>
    public int BatchSize => 100;

    /// <inheritdoc/>
    public Task Handle(IReadOnlyList<OutboxDelivery> batch, CancellationToken cancellation) => views.Apply(
        [.. batch.Select(each => JsonSerializer.Deserialize(each.Message.Payload.Span, ExceptionJson.Default.ExceptionSummary)!)], cancellation);
}
