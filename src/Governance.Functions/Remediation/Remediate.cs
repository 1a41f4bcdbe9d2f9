using Governance.Core.Deployments;
using Governance.Core.Remediation;
using Governance.Durable;
using Governance.Functions.Rollout;
using Governance.Storage.Streams;

namespace Governance.Functions.Remediation;

/// <summary>Makes the attempt of a remediation that is due.</summary>
/// <remarks>A second run finds the attempt logged, and what it mended as it should be.</remarks>
internal sealed class Remediate(EventStreams<DeploymentState, DeploymentEvent> deployments, RingPublisher publisher, TimeProvider clock)
    : TaskActivity<RemediationRun, RemediationStep>
{
    /// <inheritdoc/>
    public override async Task<RemediationStep> RunAsync(TaskActivityContext context, RemediationRun input)
    {
        var cancellation = context.CancellationToken;
        var head = await deployments.Read(input.CorrelationId, cancellation)
            ?? throw new InvalidOperationException($"Deployment {input.CorrelationId} has a remediation and no stream.");
        if (Open(head, input) is { } open && clock.GetUtcNow() >= open.DueAt && head.State.NextRing is { } ring)
        {
            await publisher.Publish(head, new PublishOrder(input.CorrelationId, input.Generation, ring), cancellation);
            head = await deployments.Read(input.CorrelationId, cancellation) ?? head;
        }

        return Open(head, input) is { } left ? new(Closed: false, left.DueAt > clock.GetUtcNow() ? left.DueAt : clock.GetUtcNow().AddMinutes(1)) : new(Closed: true, NextAt: null);
    }

    private static OpenRemediation? Open(StreamHead<DeploymentState> head, RemediationRun run) => head.State switch
    {
        { Status: not (DeploymentStatus.Approved or DeploymentStatus.Active) } => null,
        { PublishRetry: { } open } when open.Id == run.RemediationId => open,
        _ => null,
    };
}
