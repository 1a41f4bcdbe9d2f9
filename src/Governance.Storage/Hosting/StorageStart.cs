using Governance.Storage.Outbox;
using Microsoft.Extensions.Hosting;

namespace Governance.Storage.Hosting;

/// <summary>Makes what is missing, begins to dispatch, and sweeps for what an earlier process left behind.</summary>
internal sealed class StorageStart(StorageLayout layout, OutboxDispatcher dispatcher, CommitRelay relay, OutboxSweep sweep) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await layout.Prepare(cancellationToken).ConfigureAwait(false);
        relay.To(dispatcher);
        dispatcher.Start();
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => sweep.Run(stoppingToken);
}
