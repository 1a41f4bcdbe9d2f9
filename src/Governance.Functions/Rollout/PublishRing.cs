using Governance.Core;
using Governance.Core.Deployments;
using Governance.Durable;
using Governance.Storage.Streams;

namespace Governance.Functions.Rollout;

/// <summary>One publish.</summary>
/// <param name="CorrelationId">Which deployment.</param>
/// <param name="Generation">Of its orchestration; fences the claim.</param>
/// <param name="Ring">Which ring.</param>
internal sealed record PublishOrder(CorrelationId CorrelationId, int Generation, Ring Ring);

/// <summary>What a publish came to; what is to be done next, a look at the deployment tells.</summary>
internal enum PublishStep
{
    /// <summary>The ring has the app.</summary>
    Published,

    /// <summary>It may not be published now, or is not this holder's any more.</summary>
    NotNow,

    /// <summary>The plane failed; it is logged.</summary>
    Failed,

    /// <summary>Another live rollout of the app holds the ring.</summary>
    EarlierRollout,

    /// <summary>The tenant's own second approval is needed; it is logged.</summary>
    AwaitingTenant,
}

/// <summary>Publishes one ring under its claim and logs what came of it.</summary>
/// <remarks>A second run takes the claim over, finds by it and by the plane what the first has reached, and goes on from there.</remarks>
internal sealed class PublishRing(EventStreams<DeploymentState, DeploymentEvent> deployments, RingPublisher publisher) : TaskActivity<PublishOrder, PublishStep>
{
    /// <inheritdoc/>
    public override async Task<PublishStep> RunAsync(TaskActivityContext context, PublishOrder input)
    {
        var cancellation = context.CancellationToken;
        var head = await deployments.Read(input.CorrelationId, cancellation)
            ?? throw new InvalidOperationException($"Deployment {input.CorrelationId} is to be published and has no stream.");
        return await publisher.Publish(head, input, cancellation);
    }
}
