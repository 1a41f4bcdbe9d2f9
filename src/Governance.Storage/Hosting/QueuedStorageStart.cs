using Azure.Storage.Queues;
using Governance.Storage.Outbox;
using Microsoft.Extensions.Hosting;

namespace Governance.Storage.Hosting;

/// <summary>Makes what is missing, the outbox's queue too, and lets commits ring the doorbell. Dispatching and sweeping begin from outside.</summary>
internal sealed class QueuedStorageStart(StorageLayout layout, QueueClient queue, CommitRelay relay, OutboxDoorbell doorbell) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(layout.Prepare(cancellationToken), queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken)).ConfigureAwait(false);
        relay.To(doorbell);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
