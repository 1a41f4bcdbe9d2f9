using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Governance.Storage.Streams;
using Governance.Storage.Tables;

namespace Governance.Storage.Outbox;

/// <summary>Outbox rows whose work is done, until they are deleted: those of one shard in one transaction.</summary>
/// <param name="tables">By name.</param>
internal sealed class DispatchedRows(IReadOnlyDictionary<string, TableClient> tables)
{
    private readonly ConcurrentDictionary<(string Table, string Shard), ConcurrentQueue<string>> _rows = new();

    /// <summary>A change's work is done.</summary>
    public void Add(CommittedChange change) => _rows.GetOrAdd((change.Table, change.Shard), _ => new()).Enqueue(change.OutboxKey);

    /// <summary>Deletes up to a transaction of each shard.</summary>
    /// <returns>The keys of rows that are gone.</returns>
    /// <exception cref="Azure.RequestFailedException">Storage did not answer; what is left is deleted by the next call.</exception>
    public async IAsyncEnumerable<string> Delete([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var ((table, shard), keys) in _rows)
        {
            var batch = new List<string>(TableLimits.TransactionActions);
            while (batch.Count < TableLimits.TransactionActions && keys.TryDequeue(out var key))
            {
                batch.Add(key);
            }

            if (batch.Count == 0)
            {
                continue;
            }

            try
            {
                await Delete(tables[table], shard, batch, cancellation).ConfigureAwait(false);
            }
            catch
            {
                // Nobody else looks for rows whose work is done here.
                batch.ForEach(keys.Enqueue);
                throw;
            }

            foreach (var key in batch)
            {
                yield return key;
            }
        }
    }

    private static async Task Delete(TableClient table, string shard, List<string> keys, CancellationToken cancellation)
    {
        var write = await table.SubmitTransactionAsync(
            [.. keys.Select(key => new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(shard, key), Azure.ETag.All))], cancellation).ConfigureAwait(false);
        if (write is TableWrite.Lost)
        {
            // One of them is gone already, by another dispatcher or an earlier try: delete the others one by one.
            foreach (var key in keys)
            {
                await table.DeleteEntityAsync(shard, key, Azure.ETag.All, cancellation).ConfigureAwait(false);
            }
        }
    }
}
