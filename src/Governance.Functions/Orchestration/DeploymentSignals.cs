using System.Text.Json;
using Azure.Storage.Queues;
using Governance.Core.Deployments;

namespace Governance.Functions.Orchestration;

/// <summary>Wakes the orchestration of a deployment from an HTTP function, where nothing was committed that would do so.</summary>
internal interface IDeploymentSignals
{
    /// <summary>Wakes it, or sees to it that it is woken.</summary>
    Task Signal(SignalRequest signal, CancellationToken cancellation);
}

/// <summary>At once: the task hub is in this process.</summary>
internal sealed class DirectSignals(DeploymentInstances instances) : IDeploymentSignals
{
    /// <inheritdoc/>
    public Task Signal(SignalRequest signal, CancellationToken cancellation) => instances.Signal(signal, cancellation);
}

/// <summary>Through the outbox's queue: behind the Functions host only functions with a binding know where the task hub is, and HTTP functions can have none.</summary>
internal sealed class QueuedSignals(QueueClient queue) : IDeploymentSignals
{
    /// <inheritdoc/>
    public Task Signal(SignalRequest signal, CancellationToken cancellation) => queue.SendMessageAsync(
        BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(signal, DeploymentJson.Default.SignalRequest)), cancellationToken: cancellation);
}
