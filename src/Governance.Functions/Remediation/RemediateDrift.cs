using System.Text.Json;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Remediation;
using Governance.Storage.Outbox;
using Governance.Storage.Streams;

namespace Governance.Functions.Remediation;

/// <summary>Carries out "mend the drift that the CAB has decided on". A repeat finds it being mended, or mended.</summary>
internal sealed class RemediateDrift(EventStreams<DeploymentState, DeploymentEvent> deployments, EventStreams<ExceptionState, ExceptionEvent> exceptions) : IOutboxHandler
{
    /// <inheritdoc/>
    public string Kind => ExceptionConsequences.RemediateDrift;

    /// <inheritdoc/>
    public int BatchSize => 1;

    /// <inheritdoc/>
    public async Task Handle(IReadOnlyList<OutboxDelivery> batch, CancellationToken cancellation)
    {
        var change = JsonSerializer.Deserialize(batch[0].Message.Payload.Span, ExceptionJson.Default.ExceptionChange)!;
        if (await exceptions.Read(new(change.ExceptionId), cancellation) is not { State: { Request: { DeploymentId: { } id, Action: { } action }, Status: ExceptionStatus.Approved } approved })
        {
            return;
        }

        await deployments.ChangeNumbered(
            id,
            Actor.System,
            (state, sequence, at) => state.Drift.Count == 0
                ? Outcome<DeploymentEvent>.Accept()
                : RemediationDecider.Start(
                    state, DeploymentIds.Remediation(id, sequence + 1), RemediationCause.Drift, action, $"Approved by the CAB ({approved.DecidedBy}): {approved.Comments}", new(Actor.System, IsAdmin: false), at),
            cancellation);
    }
}
