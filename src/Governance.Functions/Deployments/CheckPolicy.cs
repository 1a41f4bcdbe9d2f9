using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Policy;
using Governance.Core.Rollout;
using Governance.Durable;
using Governance.Functions.Policy;
using Governance.Storage.Streams;
using Governance.Storage.Vault;
using Governance.Storage.Views;

namespace Governance.Functions.Deployments;

/// <summary>Reads where a deployment stands; links its pack if that has arrived, and makes the policy check if one is due.</summary>
/// <remarks>A second run finds the pack linked and the revision checked, and only reports where the deployment stands.</remarks>
internal sealed class CheckPolicy(
    EventStreams<DeploymentState, DeploymentEvent> deployments, PolicyChecks checks, ArrivedEvidence arrived)
    : TaskActivity<CorrelationId, DeploymentPosition>
{
    /// <inheritdoc/>
    public override async Task<DeploymentPosition> RunAsync(TaskActivityContext context, CorrelationId input)
    {
        var cancellation = context.CancellationToken;
        var head = await deployments.Read(input, cancellation)
            ?? throw new InvalidOperationException($"Deployment {input} has an orchestration and no stream.");
        if (head.State is { Status: DeploymentStatus.Pending, Evidence: null })
        {
            head = await arrived.Link(head, cancellation);
        }

        if (head.State is { Status: DeploymentStatus.Pending, Evidence: not null } pending)
        {
            var (check, reliances) = await checks.Check(pending, cancellation);
            head = Settled(await deployments.Change(
                input, Actor.System, (now, at) => PolicyDecider.RecordCheck(now, pending.Revision, check, reliances, at), cancellation));
        }

        return DeploymentPosition.Of(head.State);
    }

    private static StreamHead<DeploymentState> Settled(ChangeResult<DeploymentState> result) =>
        result.Settled ?? throw new InvalidOperationException($"A policy check was not recorded: {result}.");
}
