using System.Text.Json;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Storage.Outbox;

namespace Governance.Storage.Views;

/// <summary>Brings the lists of deployments up to date. Repeats and other orders do no harm: a view that shows a later change ignores an earlier one.</summary>
internal sealed class DeploymentViewsHandler(DeploymentViews views) : IOutboxHandler
{
    public string Kind => DeploymentConsequences.Views;

    public int BatchSize => 100;

    public Task Handle(IReadOnlyList<OutboxDelivery> batch, CancellationToken cancellation) => views.Apply(
        [.. batch.Select(each => JsonSerializer.Deserialize(each.Message.Payload.Span, DeploymentJson.Default.DeploymentSummary)!)], cancellation);
}

/// <summary>Brings the lists of exceptions up to date, in the same way.</summary>
internal sealed class ExceptionViewsHandler(ExceptionViews views) : IOutboxHandler
{
    public string Kind => ExceptionConsequences.Views;

    public int BatchSize => 100;

    public Task Handle(IReadOnlyList<OutboxDelivery> batch, CancellationToken cancellation) => views.Apply(
        [.. batch.Select(each => JsonSerializer.Deserialize(each.Message.Payload.Span, ExceptionJson.Default.ExceptionSummary)!)], cancellation);
}
