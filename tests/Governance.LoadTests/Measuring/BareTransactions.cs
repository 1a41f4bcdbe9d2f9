using System.Globalization;
using System.Text;
using Governance.Core;
using Governance.Storage.Tables;

namespace Governance.LoadTests.Measuring;

/// <summary>The storage by itself: transactions of the very rows that one creation writes, into the same table, so that both meet the same fill.</summary>
internal sealed class BareTransactions
{
    private readonly TableClient _table;
    private readonly TableEntity[] _rows;

    private BareTransactions(TableClient table, TableEntity[] rows) => (_table, _rows) = (table, rows);

    /// <summary>Takes the rows of a deployment as the pattern: head and event; its outbox row is gone by now and is played by a copy of the event.</summary>
    internal static async Task<BareTransactions> Like(TableClient table, Guid deployment)
    {
        var id = deployment.ToString("D");
        var shard = Digest.Of(Encoding.ASCII.GetBytes(id)).ToString()[..2];
        var head = await table.GetEntityIfExistsAsync(shard, $"{id}~head");
        var first = await table.GetEntityIfExistsAsync(shard, $"{id}~event-0000000001");
        return new(table, [head ?? throw Missing(id), first ?? throw Missing(id), first]);
    }

    /// <summary>So many callers for so long.</summary>
    internal Task<Latencies> Run(int callers, TimeSpan time) => ClosedLoop.Run(callers, time, _ => Write());

    /// <summary>Point reads of the head that is the pattern.</summary>
    internal Task<Latencies> Reads(int callers, TimeSpan time) => ClosedLoop.Run(
        callers, time, async _ => await _table.GetEntityIfExistsAsync(_rows[0].PartitionKey, _rows[0].RowKey) is not null);

    private static InvalidOperationException Missing(string id) => new($"Deployment {id} is not in this table.");

    private async Task<bool> Write()
    {
        var id = Guid.NewGuid();
        var shard = "bare" + id.ToByteArray()[0].ToString("x2", CultureInfo.InvariantCulture);
        var written = await _table.SubmitTransactionAsync(
            [.. _rows.Select((row, index) => new TableTransactionAction(TableTransactionActionType.Add, Copy(row, shard, $"{id}~{index}")))]);
        return written is TableWrite.Committed ? true : throw new InvalidOperationException($"A bare transaction ended as {written}.");
    }

    private static TableEntity Copy(TableEntity row, string partition, string key)
    {
        var copy = new TableEntity(partition, key);
        foreach (var (name, value) in row.Where(property => property.Key is not ("PartitionKey" or "RowKey" or "Timestamp" or "odata.etag")))
        {
            copy.Add(name, value);
        }

        return copy;
    }
}
