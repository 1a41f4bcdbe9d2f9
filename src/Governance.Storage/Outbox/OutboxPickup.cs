using System.Collections.Immutable;
using Governance.Storage.Streams;
using Governance.Storage.Tables;
using Microsoft.Extensions.Logging;

namespace Governance.Storage.Outbox;

/// <summary>
/// Dispatches single rows of the outbox where somebody else says when: a storage queue, or a timer that sweeps. At least once; a row goes when
/// all of its messages are carried out. Safe for use from many threads and processes.
/// </summary>
/// <param name="tables">The tables whose streams it dispatches for.</param>
/// <param name="handlers">One for each kind.</param>
/// <param name="clock">Tells fresh rows from left ones.</param>
/// <param name="log">Where failures of a sweep are told.</param>
public sealed class OutboxPickup(IEnumerable<TableClient> tables, IEnumerable<IOutboxHandler> handlers, TimeProvider clock, ILogger<OutboxPickup> log) : IDisposable
{
    // What is younger has a queue message on its way.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    private readonly ImmutableSortedDictionary<string, TableClient> _tables = tables.ToImmutableSortedDictionary(table => table.Name, table => table, StringComparer.Ordinal);

    private readonly ImmutableSortedDictionary<string, OutboxLane> _lanes =
        handlers.ToImmutableSortedDictionary(handler => handler.Kind, handler => new OutboxLane(handler), StringComparer.Ordinal);

    /// <summary>The shards of all tables, in the order in which a sweep goes through them.</summary>
    public int Shards => _tables.Count * 256;

    /// <summary>Carries out what one row asks for, and deletes it.</summary>
    /// <param name="call">Which row.</param>
    /// <param name="attempt">1 for the first time; handlers may be more patient early on.</param>
    /// <param name="cancellation">Ends it; what was done is done again.</param>
    /// <returns>False where the row is gone, because somebody has dispatched it already, or names no table of this app.</returns>
    /// <remarks>A handler's fault is thrown: let the queue deliver the call again.</remarks>
    public async Task<bool> Take(OutboxCall call, int attempt, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (!_tables.TryGetValue(call.Table, out var table)
            || await table.GetEntityIfExistsAsync(call.Shard, call.Row, cancellationToken: cancellation).ConfigureAwait(false) is not { } row)
        {
            return false;
        }

        await Dispatch(table, row, attempt, cancellation).ConfigureAwait(false);
        return true;
    }

    /// <summary>Dispatches what has been left in some shards. One range query a shard.</summary>
    /// <param name="first">Where to begin, 0 to <see cref="Shards"/> less 1.</param>
    /// <param name="count">How many shards; behind the last comes the first.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Rows dispatched, and rows whose handlers failed again: those stay.</returns>
    public async Task<(int Done, int Failed)> Sweep(int first, int count, CancellationToken cancellation)
    {
        var (done, failed) = (0, 0);
        for (var at = first; at < first + count; at++)
        {
            var shard = at % Shards;
            var table = _tables.Values.ElementAt(shard / 256);
            var partition = StreamRows.Shards.ElementAt(shard % 256);
            var rows = table.QueryAsync(TableClient.RowsBetween(partition, StreamRows.OutboxStart, StreamRows.OutboxEnd), cancellationToken: cancellation);
            await foreach (var row in rows.ConfigureAwait(false))
            {
                if (clock.GetUtcNow() - row.Timestamp < Fresh)
                {
                    continue;
                }

                try
                {
                    await Dispatch(table, row, int.MaxValue, cancellation).ConfigureAwait(false);
                    done++;
                }
                catch (Exception fault) when (!cancellation.IsCancellationRequested)
                {
                    // One row's fault is told and keeps the others from nothing; the next round tries again.
                    log.LeftAgain(fault, row.RowKey);
                    failed++;
                }
            }
        }

        return (done, failed);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var lane in _lanes.Values)
        {
            lane.Dispose();
        }
    }

    private async Task Dispatch(TableClient table, TableEntity row, int attempt, CancellationToken cancellation)
    {
        var change = OutboxRows.Read(table.Name, row);

        // First who is told of every change, whatever becomes of the rest.
        IEnumerable<Core.Events.OutboxMessage> told = _lanes.ContainsKey(IOutboxHandler.EveryChange) ? [new(IOutboxHandler.EveryChange, default)] : [];
        foreach (var message in told.Concat(change.Messages))
        {
            var delivery = new OutboxDelivery(change.Id, change.Sequence, message, change.TraceParent, change.Table) { Attempt = attempt };
            using var span = OutboxTraces.Deliver(message.Kind, change.TraceParent);
            await _lanes[message.Kind].Deliver(delivery, cancellation).ConfigureAwait(false);
        }

        await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, Azure.ETag.All, cancellation).ConfigureAwait(false);
    }
}
