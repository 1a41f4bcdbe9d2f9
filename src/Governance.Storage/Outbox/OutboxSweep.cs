using Azure;
using Microsoft.Extensions.Logging;

namespace Governance.Storage.Outbox;

/// <summary>Finds follow-up work that a crash left in its rows: all shards at start, then a few a minute, round and round.</summary>
/// <param name="dispatcher">Takes what is found.</param>
/// <param name="options">How often.</param>
/// <param name="atOnce">
/// Whether all shards are looked through in one query: for the emulator, which passes every row of a table for any query whatever its range.
/// In Azure a range query of one shard passes only the outbox rows.
/// </param>
/// <param name="clock">Drives the pauses.</param>
/// <param name="log">Where findings are told.</param>
public sealed class OutboxSweep(OutboxDispatcher dispatcher, OutboxOptions options, bool atOnce, TimeProvider clock, ILogger<OutboxSweep> log)
{
    private readonly (string Table, string Shard)[] _shards = [.. dispatcher.Shards];
    private int _next;

    /// <summary>Goes through every shard once: one range query a shard, four at a time, or one query a table.</summary>
    /// <returns>How many rows nobody was dispatching.</returns>
    public async Task<int> All(CancellationToken cancellation)
    {
        var found = atOnce ? await dispatcher.SweepAtOnce(cancellation).ConfigureAwait(false) : await EachShard(cancellation).ConfigureAwait(false);
        if (found > 0)
        {
            log.FoundLeftovers(found);
        }

        return found;
    }

    /// <summary>Goes through the next few shards, where the last call ended.</summary>
    /// <param name="count">How many, 1 or more.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>How many rows nobody was dispatching.</returns>
    public async Task<int> Next(int count, CancellationToken cancellation)
    {
        var found = 0;
        for (var step = 0; step < count; step++)
        {
            var (table, shard) = _shards[(int)((uint)Interlocked.Increment(ref _next) % _shards.Length)];
            found += await dispatcher.Sweep(table, shard, cancellation).ConfigureAwait(false);
        }

        return found;
    }

    private async Task<int> EachShard(CancellationToken cancellation)
    {
        var found = 0;
        await Parallel.ForEachAsync(
            _shards,
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellation },
            async (at, token) => Interlocked.Add(ref found, await dispatcher.Sweep(at.Table, at.Shard, token).ConfigureAwait(false))).ConfigureAwait(false);
        return found;
    }

    /// <summary>Sweeps until it is cancelled.</summary>
    public async Task Run(CancellationToken cancellation)
    {
        var all = true;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await (all ? All(cancellation) : Next(options.SweptAtOnce, cancellation)).ConfigureAwait(false);
                all = false;
            }
            catch (RequestFailedException unreachable)
            {
                log.SweepFailed(unreachable);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await Task.Delay(options.SweepEvery, clock, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
