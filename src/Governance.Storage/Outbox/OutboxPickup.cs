using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Governance.Core.Events;
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
public sealed class OutboxPickup(IEnumerable<TableClient> tables, IEnumerable<IOutboxHandler> handlers, TimeProvider clock, ILogger<OutboxPickup> log) : IOutboxShards
{
    // What is younger has a queue message on its way.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    private readonly ImmutableSortedDictionary<string, TableClient> _tables = tables.ToImmutableSortedDictionary(table => table.Name, table => table, StringComparer.Ordinal);

    private readonly ImmutableSortedDictionary<string, OutboxLane> _lanes =
        handlers.ToImmutableSortedDictionary(handler => handler.Kind, handler => new OutboxLane(handler), StringComparer.Ordinal);

    /// <inheritdoc/>
    public int Shards => _tables.Count * 256;

    /// <inheritdoc/>
    public int AtOnce => 64;

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

    /// <inheritdoc/>
    public async Task<OutboxLeftovers> Sweep(int first, int count, CancellationToken cancellation)
    {
        var (done, failed, oldest) = (0, 0, TimeSpan.Zero);
        for (var at = first; at < first + count; at++)
        {
            var shard = at % Shards;
            var table = _tables.Values.ElementAt(shard / 256);
            var partition = StreamRows.Shards.ElementAt(shard % 256);
            var rows = table.QueryAsync(TableClient.RowsBetween(partition, StreamRows.OutboxStart, StreamRows.OutboxEnd), cancellationToken: cancellation);
            await foreach (var row in rows.ConfigureAwait(false))
            {
                var age = clock.GetUtcNow() - (row.Timestamp ?? DateTimeOffset.MinValue);
                if (age < Fresh)
                {
                    continue;
                }

                oldest = age > oldest ? age : oldest;

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

        return new(done, failed, oldest);
    }

    private async Task Dispatch(TableClient table, TableEntity row, int attempt, CancellationToken cancellation)
    {
        var change = OutboxRows.Read(table.Name, row);
        ExceptionDispatchInfo? failed = null;

        // First who is told of every change, whatever becomes of the rest.
        IEnumerable<OutboxMessage> told = _lanes.ContainsKey(IOutboxHandler.EveryChange) ? [new(IOutboxHandler.EveryChange, default)] : [];
        foreach (var message in told.Concat(change.Messages))
        {
            try
            {
                using var span = OutboxTraces.Deliver(message.Kind, change.TraceParent);
                var delivery = new OutboxDelivery(change.Id, change.Sequence, message, change.TraceParent, change.Table) { Attempt = attempt };
                await _lanes[message.Kind].Deliver(delivery, cancellation).ConfigureAwait(false);
            }
            catch (Exception fault) when (!cancellation.IsCancellationRequested)
            {
                // One message that keeps failing does not hold back those behind it; the row stays, and the caller hears of the first fault.
                failed ??= ExceptionDispatchInfo.Capture(fault);
            }
        }

        failed?.Throw();
        await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, Azure.ETag.All, cancellation).ConfigureAwait(false);
    }
}
