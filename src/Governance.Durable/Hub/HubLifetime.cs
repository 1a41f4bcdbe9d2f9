using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Governance.Durable.Hub;

/// <summary>Takes the lease, owns the hub, keeps the lease, and starts again when the ownership is lost; until it is told to stop.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1001", Justification = "A stop may be asked for again after the last one; without a timer the source needs no disposal.")]
internal sealed class HubLifetime(
    HubDoor door, ITaskHubStore store, HubHandlers handlers, TaskHubOptions options, TimeProvider clock, Func<Guid> newId, ILogger log, HubMetrics metrics)
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly StorePatience _patience = new(options, clock, log, metrics);
    private CancellationToken _hurry;
    private volatile bool _crashing;
    private Task? _running;

    /// <summary>Begins, once.</summary>
    /// <exception cref="UnauthorizedAccessException">The lease file cannot be written.</exception>
    public void Start()
    {
        if (_running is null)
        {
            var lease = LeaseFile.Open(options.LeaseFile, newId);
            _running = Task.Run(() => Run(lease));
        }
    }

    /// <summary>Drains, gives the lease back and ends.</summary>
    public async Task Stop(CancellationToken hurry)
    {
        _hurry = _stopping.IsCancellationRequested ? _hurry : hurry;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await (_running ?? Task.CompletedTask).ConfigureAwait(false);
        door.Lock();
    }

    /// <summary>Ends at once and leaves everything as it stands.</summary>
    public Task Crash()
    {
        _crashing = true;
        return Stop(CancellationToken.None);
    }

    private async Task Run(LeaseFile lease)
    {
        // The hub's own work belongs to no trace, whoever starts it.
        Activity.Current = null;
        using var held = lease;
        for (var early = 0; !_stopping.IsCancellationRequested;)
        {
            var began = clock.GetTimestamp();
            try
            {
                await TakeLease(lease.LeaseId).ConfigureAwait(false);
                began = clock.GetTimestamp();
                await Own(lease.LeaseId).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // Unreadable rows, a refused request: a person must look, and the hub goes on as soon as it can.
                log.TakeoverFailed(options.LongestRetryDelay, fault);
                await Pause(options.LongestRetryDelay).ConfigureAwait(false);
                continue;
            }

            // An ownership that is lost soon after its beginning, again and again, must not become a loop without rest.
            early = clock.GetElapsedTime(began) < options.LeaseDuration ? early + 1 : 0;
            await Pause(_patience.Delay(early)).ConfigureAwait(false);
        }
    }

    private async Task TakeLease(string leaseId)
    {
        await _patience.Ask(store.EnsureCreatedAsync, _stopping.Token).ConfigureAwait(false);
        for (var told = false; !await HoldLease(leaseId, _stopping.Token).ConfigureAwait(false); told = true)
        {
            if (!told)
            {
                log.LeaseTaken();
            }

            await Task.Delay(options.LeaseDuration / 6, clock, _stopping.Token).ConfigureAwait(false);
        }
    }

    private Task<bool> HoldLease(string leaseId, CancellationToken cancellation) =>
        _patience.Ask(token => store.TakeLeaseAsync(leaseId, options.LeaseDuration, token), cancellation);

    private async Task Own(string leaseId)
    {
        using var world = new HubWorld(store, handlers, options, clock, () => newId().ToString("N"), log, metrics);
        using var ownership = new HubOwnership(world);
        metrics.Show(world);
        var keeping = KeepLease(leaseId, world);
        try
        {
            await Work(ownership, world).ConfigureAwait(false);
        }
        finally
        {
            door.Shut();
            await ownership.End().ConfigureAwait(false);
            await keeping.ConfigureAwait(false);
            ownership.Desk.Leave();
            metrics.Show(null);
        }

        if (_stopping.IsCancellationRequested && !_crashing)
        {
            await GiveLeaseBack(leaseId).ConfigureAwait(false);
        }
    }

    // Until the ownership is lost, or a stop has drained it.
    private async Task Work(HubOwnership ownership, HubWorld world)
    {
        var begun = false;
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, world.Ended);
            await ownership.Begin(either.Token).ConfigureAwait(false);
            begun = true;
            door.Open(ownership.Desk);
            log.Deposed(await world.Deposed.WaitAsync(_stopping.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            if (begun && !_crashing)
            {
                await ownership.Drain(_hurry).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (world.Deposed.IsCompleted)
        {
            log.Deposed(await world.Deposed.ConfigureAwait(false));
        }
    }

    // From the first moment to the last: to read a large hub, or to drain one, may take longer than the lease lasts.
    private async Task KeepLease(string leaseId, HubWorld world)
    {
        try
        {
            do
            {
                await Task.Delay(options.LeaseDuration / 3, clock, world.Ended).ConfigureAwait(false);
            }
            while (await HoldLease(leaseId, world.Ended).ConfigureAwait(false));
            world.Depose("another process holds its lease.");
        }
        catch (OperationCanceledException) when (world.Ended.IsCancellationRequested)
        {
            // It is not needed any more.
        }
        catch (Exception fault)
        {
            world.Depose($"its lease could not be kept: {fault}");
        }
    }

    private async Task GiveLeaseBack(string leaseId)
    {
        try
        {
            await store.ReleaseLeaseAsync(leaseId, _hurry).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is TaskHubStoreException or OperationCanceledException)
        {
            // It ends by itself; the next start takes it by its id.
            log.LeaseKept(failed);
        }
    }

    private async Task Pause(TimeSpan duration)
    {
        try
        {
            await Task.Delay(duration, clock, _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The caller looks why.
        }
    }
}
