using Governance.Storage.Outbox;

namespace Governance.Functions.Composition;

/// <summary>Makes tables and containers, then begins to dispatch; at the end dispatches what is under way.</summary>
internal sealed class StorageStart(StorageParts storage, OutboxDispatcher outbox) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await storage.Create(cancellationToken);
        outbox.Start();
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken) => await outbox.DisposeAsync();
}
