using System.Text.Json;
using Governance.Core.Deployments;
using Governance.Storage.Outbox;
using Governance.Storage.Streams;

namespace Governance.Functions.Cab;

/// <summary>Carries out "send or update the card" on whatever channel is configured.</summary>
internal sealed class ShowCards(EventStreams<DeploymentState, DeploymentEvent> deployments, ICabNotices notices) : IOutboxHandler
{
    /// <inheritdoc/>
    public string Kind => DeploymentConsequences.Card;

    /// <inheritdoc/>
    public int BatchSize => 1;

    /// <inheritdoc/>
    public async Task Handle(IReadOnlyList<OutboxDelivery> batch, CancellationToken cancellation)
    {
        var card = JsonSerializer.Deserialize(batch[0].Message.Payload.Span, DeploymentJson.Default.CardRequest)!;
        if (await deployments.Read(card.CorrelationId, cancellation) is { } head)
        {
            await notices.Show(head.State, card, cancellation);
        }
    }
}
