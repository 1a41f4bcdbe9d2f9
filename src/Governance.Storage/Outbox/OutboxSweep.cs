using Azure;
using Microsoft.Extensions.Logging;

namespace Governance.Storage.Outbox;

/// <summary>Finds follow-up work that a crash left in its rows: all shards at start, then a few at a time, whenever a timer asks.</summary>
/// <param name="dispatcher">Takes what is found.</param>
/// <param name="options">How often.</param>
/// <param name="atOnce">
/// Whether all shards are looked through in one query: for the emulator, which passes every row of a table for any query whatever its range.
/// In Azure a range query of one shard passes only the outbox rows.
/// </param>
/// <param name="clock">Drives the pauses.</param>
/// <param name="log">Where findings are told.</param>
public sealed class OutboxSweep(OutboxDispatcher dispatcher, OutboxOptions options, bool atOnce, TimeProvider clock, ILogger<OutboxSweep> log) : IOutboxShards
{
    private readonly (string Table, string Shard)[] _shards = [.. dispatcher.Shards];

    /// <inheritdoc/>
    public int Shards => _shards.Length;

    /// <inheritdoc/>
    public int AtOnce => atOnce ? 16 : 64;

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

    /// <inheritdoc/>
    /// <remarks>First what this process gave up is tried anew; what fails again is among <see cref="OutboxDispatcher.Failing"/> after its attempts.</remarks>
    public async Task<OutboxLeftovers> Sweep(int first, int count, CancellationToken cancellation)
    {
        var oldest = dispatcher.Failing.Select(work => clock.GetUtcNow() - work.At).Append(dispatcher.Statistics.OldestAge).Max();
        var found = await dispatcher.RetryFailing(cancellation).ConfigureAwait(false);
        for (var at = first; at < first + count; at++)
        {
            var (table, shard) = _shards[at % _shards.Length];
            found += await dispatcher.Sweep(table, shard, cancellation).ConfigureAwait(false);
        }

        return new(found, 0, found > 0 ? oldest : TimeSpan.Zero);
    }

    /// <summary>Goes through all shards until that has succeeded once.</summary>
    public async Task Start(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await All(cancellation).ConfigureAwait(false);
                return;
            }
            catch (RequestFailedException unreachable)
            {
                log.SweepFailed(unreachable);
                await Task.Delay(options.SweepEvery, clock, cancellation).ConfigureAwait(false);
            }
        }
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
}
