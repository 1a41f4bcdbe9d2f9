using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Governance.Core.Events;
using Governance.Storage.Streams;
using Governance.Storage.Tables;
using Microsoft.Extensions.Logging;

namespace Governance.Storage.Outbox;

/// <summary>
/// Dispatches follow-up work right after its commit, off the committing thread. At least once: a crash leaves the rows, and the sweep finds them.
/// </summary>
public sealed class OutboxDispatcher : ICommitListener, IAsyncDisposable
{
    private const int MostFailing = 500;
    private const int MostUnclear = 10_000;

    // Storage may still be at it; what comes later than this the sweep finds.
    private static readonly TimeSpan Unsettled = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (FailingWork Work, string Table, string Shard)> _failing = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OutboxLane> _lanes;
    private readonly Dictionary<string, TableClient> _tables;
    private readonly OutboxOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<OutboxDispatcher> _log;
    private readonly Channel<CommittedChange> _queue;
    private readonly ConcurrentDictionary<string, (CommittedChange Change, DateTimeOffset At)> _unclear = new(StringComparer.Ordinal);
    private readonly PutOffWork _putOff;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _known = new(StringComparer.Ordinal);
    private readonly DispatchedRows _dispatched;
    private readonly Dictionary<string, StrongBox<int>> _waiting;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private long _delivered;
    private long _left;
    private int _takingUp;
    private int _ended;

    /// <param name="tables">The tables whose streams it dispatches for.</param>
    /// <param name="handlers">One for each kind.</param>
    /// <param name="options">How.</param>
    /// <param name="clock">Drives waits and lag.</param>
    /// <param name="log">Where failures are told.</param>
    public OutboxDispatcher(
        IEnumerable<TableClient> tables, IEnumerable<IOutboxHandler> handlers, OutboxOptions options, TimeProvider clock, ILogger<OutboxDispatcher> log)
    {
        _tables = tables.ToDictionary(table => table.Name, StringComparer.Ordinal);
        _lanes = handlers.ToDictionary(handler => handler.Kind, handler => new OutboxLane(handler), StringComparer.Ordinal);
        _waiting = _lanes.Keys.ToDictionary(kind => kind, _ => new StrongBox<int>(), StringComparer.Ordinal);
        (_putOff, _dispatched) = (new(_tables), new(_tables));
        (_options, _clock, _log) = (options, clock, log);
        _queue = Channel.CreateBounded<CommittedChange>(new BoundedChannelOptions(options.Capacity) { FullMode = BoundedChannelFullMode.Wait });
    }

    /// <summary>How it goes: waiting or under way, the age of the oldest of these, delivered and left to the sweep since the start.</summary>
    public OutboxStatistics Statistics => new(
        _known.Count + _putOff.Count,
        OldestAge(),
        Interlocked.Read(ref _delivered),
        Interlocked.Read(ref _left));

    /// <summary>Changes with a message of this kind that nobody has begun to dispatch yet, and those of whose messages only the rows know. Cheap enough to ask for each request.</summary>
    public int Waiting(string kind) => Volatile.Read(ref _waiting[kind].Value) + _putOff.Count;

    /// <summary>Work that was given up for now, until a sweep tries it anew: for the operator to see. At most some hundred.</summary>
    public IReadOnlyCollection<FailingWork> Failing => [.. _failing.Values.Select(each => each.Work)];

    /// <summary>Begins to dispatch.</summary>
    public void Start() => _running = Task.WhenAll(
        [Deleting(), .. Enumerable.Range(0, _options.Parallelism).Select(_ => Dispatching())]);

    /// <inheritdoc/>
    public void Committed(CommittedChange change) => Queue(change, _clock.GetUtcNow());

    /// <inheritdoc/>
    /// <remarks>Its row is looked for with the next deletions, and for a minute. Where too many are unclear already, the sweep finds it.</remarks>
    public void Unclear(CommittedChange change)
    {
        if (_unclear.Count < MostUnclear)
        {
            _unclear[change.OutboxKey] = (change, _clock.GetUtcNow());
        }
    }

    /// <summary>Looks through one shard of one table for rows that nobody dispatches, and queues them. One range query.</summary>
    /// <returns>How many were found.</returns>
    public Task<int> Sweep(string table, string shard, CancellationToken cancellation) =>
        Find(table, TableClient.RowsBetween(shard, StreamRows.OutboxStart, StreamRows.OutboxEnd), cancellation);

    /// <summary>Queues what this process gave up, without looking for it. One point read each.</summary>
    /// <returns>How many rows there still are.</returns>
    public async Task<int> RetryFailing(CancellationToken cancellation)
    {
        var found = 0;
        foreach (var (key, (_, table, shard)) in _failing)
        {
            if (await _tables[table].GetEntityIfExistsAsync(shard, key, cancellationToken: cancellation).ConfigureAwait(false) is not { } row)
            {
                _failing.TryRemove(key, out _);
            }
            else if (await Take(table, row, cancellation).ConfigureAwait(false))
            {
                found++;
            }
        }

        return found;
    }

    /// <summary>Looks through a whole table in one query, which passes every row of it.</summary>
    /// <returns>How many were found.</returns>
    public async Task<int> SweepAtOnce(CancellationToken cancellation)
    {
        var found = 0;
        foreach (var table in _tables.Keys)
        {
            found += await Find(table, $"RowKey ge '{StreamRows.OutboxStart}' and RowKey lt '{StreamRows.OutboxEnd}'", cancellation).ConfigureAwait(false);
        }

        return found;
    }

    /// <summary>The tables and shards that sweeps go through.</summary>
    public IEnumerable<(string Table, string Shard)> Shards => _tables.Keys.SelectMany(table => StreamRows.Shards.Select(shard => (table, shard)));

    /// <summary>Ends dispatching after what is under way, and deletes what is dispatched.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return;
        }

        _queue.Writer.TryComplete();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await DeleteDispatched(CancellationToken.None).ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task<int> Find(string table, string filter, CancellationToken cancellation)
    {
        var found = 0;
        await foreach (var row in _tables[table].QueryAsync(filter, cancellationToken: cancellation).ConfigureAwait(false))
        {
            found += await Take(table, row, cancellation).ConfigureAwait(false) ? 1 : 0;
        }

        return found;
    }

    // Waits for room. Whatever ends the wait, nobody takes the row for known who does not bring it to its end.
    private async Task<bool> Take(string table, TableEntity row, CancellationToken cancellation)
    {
        if (_known.ContainsKey(row.RowKey))
        {
            return false;
        }

        var change = OutboxRows.Read(table, row);
        if (!_known.TryAdd(change.OutboxKey, _clock.GetUtcNow()))
        {
            return false;
        }

        Count(change, 1);
        try
        {
            await _queue.Writer.WriteAsync(change, cancellation).ConfigureAwait(false);
            return true;
        }
        catch
        {
            Count(change, -1);
            _known.TryRemove(change.OutboxKey, out _);
            throw;
        }
    }

    // One point read each; a storage that does not answer is asked again with the next deletions.
    private async Task LookForUnclear(CancellationToken cancellation)
    {
        foreach (var (key, (change, at)) in _unclear)
        {
            var row = await _tables[change.Table].GetEntityIfExistsAsync(change.Shard, key, cancellationToken: cancellation).ConfigureAwait(false);
            if (row is not null)
            {
                // As it is stored: another try may have made the row under the same key.
                Committed(OutboxRows.Read(change.Table, row));
            }

            if (row is not null || _clock.GetUtcNow() - at >= Unsettled)
            {
                _unclear.TryRemove(key, out _);
            }
        }
    }

    private async Task Dispatching()
    {
        await Task.Yield();
        while (!_stop.IsCancellationRequested && await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (!_stop.IsCancellationRequested && _queue.Reader.TryRead(out var change))
            {
                Count(change, -1);
                await Dispatch(change).ConfigureAwait(false);
                await TakeUp().ConfigureAwait(false);
            }
        }
    }

    // A message that keeps failing does not hold back those behind it, but its row stays until all are done in one go.
    private async Task Dispatch(CommittedChange change)
    {
        // Who is told of every change is told beside the work, so that neither holds back the other.
        var told = _lanes.ContainsKey(IOutboxHandler.EveryChange) ? Deliver(change, new(IOutboxHandler.EveryChange, default), _options.Attempts) : Task.FromResult(new Delivered(true, null));
        var work = new Delivered(Ended: true, null);
        foreach (var message in change.Messages)
        {
            var delivered = await Deliver(change, message, work.Failed is null ? _options.Attempts : 1).ConfigureAwait(false);
            work = new(delivered.Ended, work.Failed ?? delivered.Failed);
            if (!work.Ended)
            {
                break;
            }
        }

        var both = await told.ConfigureAwait(false);
        both = new(both.Ended && work.Ended, work.Failed ?? both.Failed);
        if (both.Failed is { } stays)
        {
            GiveUp(change, stays.Kind, stays.Fault);
        }
        else if (!both.Ended)
        {
            _known.TryRemove(change.OutboxKey, out _);
        }
        else
        {
            Interlocked.Increment(ref _delivered);
            _failing.TryRemove(change.OutboxKey, out _);
            _dispatched.Add(change);
        }
    }

    private async Task<Delivered> Deliver(CommittedChange change, OutboxMessage message, int attempts)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var span = OutboxTraces.Deliver(message.Kind, change.TraceParent);
                await _lanes[message.Kind].Deliver(new(change.Id, change.Sequence, message, change.TraceParent, change.Table), _stop.Token).ConfigureAwait(false);
                return new(Ended: true, null);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return new(Ended: false, null);
            }
            catch (Exception fault) // whatever a handler meets is tried again, and in the end left where the sweep finds it
            {
                _log.DeliveryFailed(fault, message.Kind, change.Id.ToString(), change.Sequence, attempt);
                if (attempt >= attempts)
                {
                    return new(Ended: true, (message.Kind, fault));
                }

                if (!await Pause(_options.FirstRetry * Math.Pow(2, attempt - 1)).ConfigureAwait(false))
                {
                    return new(Ended: false, null);
                }
            }
        }
    }

    private void GiveUp(CommittedChange change, string kind, Exception fault)
    {
        Interlocked.Increment(ref _left);
        if (_failing.Count < MostFailing)
        {
            _failing[change.OutboxKey] = (new(change.Id, change.Sequence, kind, fault.Message, _clock.GetUtcNow()), change.Table, change.Shard);
        }

        _known.TryRemove(change.OutboxKey, out _);
    }

    private async Task Deleting()
    {
        while (await Pause(_options.DeleteEvery).ConfigureAwait(false))
        {
            try
            {
                await DeleteDispatched(_stop.Token).ConfigureAwait(false);
                await LookForUnclear(_stop.Token).ConfigureAwait(false);
                await TakeUp().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Azure.RequestFailedException fault)
            {
                _log.DeletionFailed(fault);
            }
        }
    }

    private void Queue(CommittedChange change, DateTimeOffset at)
    {
        if (!_known.TryAdd(change.OutboxKey, at))
        {
            return;
        }

        Count(change, 1);
        if (!_queue.Writer.TryWrite(change))
        {
            // Too many wait already: the row stays, and is read again when there is room.
            Count(change, -1);
            _known.TryRemove(change.OutboxKey, out _);
            _putOff.Add(change, at);
        }
    }

    private void Count(CommittedChange change, int by)
    {
        foreach (var message in change.Messages)
        {
            if (_waiting.TryGetValue(message.Kind, out var count))
            {
                Interlocked.Add(ref count.Value, by);
            }
        }
    }

    // One at a time; whoever comes meanwhile leaves it to that one.
    private async Task TakeUp()
    {
        if (_putOff.Count == 0 || _queue.Reader.Count > _options.Capacity / 2 || Interlocked.Exchange(ref _takingUp, 1) != 0)
        {
            return;
        }

        try
        {
            foreach (var (change, at) in await _putOff.Take(_stop.Token).ConfigureAwait(false))
            {
                Queue(change, at);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The rows stay, for the next process.
        }
        catch (Azure.RequestFailedException fault)
        {
            _log.TakingUpFailed(fault);
        }
        finally
        {
            Interlocked.Exchange(ref _takingUp, 0);
        }
    }

    private TimeSpan OldestAge()
    {
        var oldest = _known.Values.Append(_putOff.Since).Min();
        return oldest == DateTimeOffset.MaxValue ? TimeSpan.Zero : _clock.GetUtcNow() - oldest;
    }

    private async Task DeleteDispatched(CancellationToken cancellation)
    {
        await foreach (var key in _dispatched.Delete(cancellation).ConfigureAwait(false))
        {
            _known.TryRemove(key, out _);
        }
    }

    private async Task<bool> Pause(TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, _clock, _stop.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    // What came of a delivery: whether it ended before the dispatcher's own end, and what failed to the last.
    private sealed record Delivered(bool Ended, (string Kind, Exception Fault)? Failed);
}
