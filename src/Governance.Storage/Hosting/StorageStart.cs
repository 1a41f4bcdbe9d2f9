using Governance.Storage.Outbox;
using Microsoft.Extensions.Hosting;

namespace Governance.Storage.Hosting;

/// <summary>Makes what is missing, begins to dispatch, and looks through all shards for what an earlier process left behind; later a timer does, a few at a time.</summary>
internal sealed class StorageStart(StorageLayout layout, OutboxDispatcher dispatcher, CommitRelay relay, OutboxSweep sweep) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await layout.Prepare(cancellationToken).ConfigureAwait(false);
        relay.To(dispatcher);
        dispatcher.Start();
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => sweep.Start(stoppingToken);
}
