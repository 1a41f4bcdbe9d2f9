using Microsoft.Extensions.Logging;

namespace Governance.Durable.Hub;

/// <summary>Takes the lease, owns the hub, keeps the lease, and starts again when the ownership is lost; until it is told to stop.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1001", Justification = "A stop may be asked for again after the last one; without a timer the source needs no disposal.")]
internal sealed class HubLifetime(
    HubDoor door, ITaskHubStore store, HubHandlers handlers, TaskHubOptions options, TimeProvider clock, Func<Guid> newId, ILogger log)
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly StorePatience _patience = new(options, clock, log);
    private CancellationToken _hurry;
    private bool _crashing;
    private Task? _running;

    /// <summary>Begins, once.</summary>
    public void Start() => _running ??= Task.Run(Run);

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

    private async Task Run()
    {
        using var lease = LeaseFile.Open(options.LeaseFile, newId);
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await TakeLease(lease.LeaseId).ConfigureAwait(false);
                await Own(lease.LeaseId).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // Unreadable rows, a refused request: a person must look, and the hub goes on as soon as it can.
                log.TakeoverFailed(options.LongestRetryDelay, fault);
                await Pause(options.LongestRetryDelay).ConfigureAwait(false);
            }
        }
    }

    private async Task TakeLease(string leaseId)
    {
        await _patience.Ask(store.EnsureCreatedAsync, _stopping.Token).ConfigureAwait(false);
        for (var told = false; !await HoldLease(leaseId).ConfigureAwait(false); told = true)
        {
            if (!told)
            {
                log.LeaseTaken();
            }

            await Task.Delay(options.LeaseDuration / 6, clock, _stopping.Token).ConfigureAwait(false);
        }
    }

    private Task<bool> HoldLease(string leaseId) =>
        _patience.Ask(token => store.TakeLeaseAsync(leaseId, options.LeaseDuration, token), _stopping.Token);

    private async Task Own(string leaseId)
    {
        using var world = new HubWorld(store, handlers, options, clock, () => newId().ToString("N"), log);
        using var ownership = new HubOwnership(world);
        try
        {
            await ownership.Begin(_stopping.Token).ConfigureAwait(false);
            door.Open(ownership.Desk);
            var lost = await Task.WhenAny(KeepLease(leaseId, world.Ended), ownership.Deposed).ConfigureAwait(false);
            if (!_stopping.IsCancellationRequested)
            {
                log.Deposed(await lost.ConfigureAwait(false));
            }
            else if (!_crashing)
            {
                await ownership.Drain(_hurry).ConfigureAwait(false);
            }
        }
        finally
        {
            door.Shut();
            await ownership.End().ConfigureAwait(false);
            ownership.Desk.Leave();
        }

        if (_stopping.IsCancellationRequested && !_crashing)
        {
            await GiveLeaseBack(leaseId).ConfigureAwait(false);
        }
    }

    /// <returns>Why the lease is lost; empty when the hub stops.</returns>
    private async Task<string> KeepLease(string leaseId, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            await Pause(options.LeaseDuration / 3).ConfigureAwait(false);
            if (_stopping.IsCancellationRequested)
            {
                return "";
            }

            if (!await HoldLease(leaseId).ConfigureAwait(false))
            {
                return "another process holds its lease.";
            }
        }

        return "";
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
