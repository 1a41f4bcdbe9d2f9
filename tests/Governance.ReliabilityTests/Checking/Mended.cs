using Governance.Storage.Tables;

namespace Governance.ReliabilityTests.Checking;

/// <summary>Rows that a test spoiled, to be put back as they were.</summary>
internal sealed class Mended : IAsyncDisposable
{
    private readonly TableClient _table;
    private readonly Dictionary<(string, string), TableEntity> _before = [];

    private Mended(TableClient table) => _table = table;

    /// <summary>Changes one row; a null takes it away.</summary>
    internal static async Task<Mended> Row(TableClient table, string partition, string key, Func<TableEntity, TableEntity?> edit)
    {
        var mended = new Mended(table);
        var row = await Read(table, partition, key);
        mended._before[(partition, key)] = await Read(table, partition, key);
        if (edit(row) is { } spoiled)
        {
            await table.UpsertEntityAsync(spoiled, TableUpdateMode.Replace);
        }
        else
        {
            await table.DeleteEntityAsync(partition, key);
        }

        return mended;
    }

    /// <summary>Keeps a whole table, for whatever is done to it.</summary>
    internal static async Task<Mended> All(TableClient table)
    {
        var mended = new Mended(table);
        await foreach (var row in table.QueryAsync())
        {
            mended._before[(row.PartitionKey, row.RowKey)] = row;
        }

        return mended;
    }

    public async ValueTask DisposeAsync()
    {
        var now = new List<TableEntity>();
        await foreach (var row in _table.QueryAsync(select: ["PartitionKey", "RowKey"]))
        {
            now.Add(row);
        }

        foreach (var extra in _before.Count > 1 ? now.Where(row => !_before.ContainsKey((row.PartitionKey, row.RowKey))) : [])
        {
            await _table.DeleteEntityAsync(extra.PartitionKey, extra.RowKey);
        }

        foreach (var row in _before.Values)
        {
            await _table.UpsertEntityAsync(row, TableUpdateMode.Replace);
        }
    }

    private static async Task<TableEntity> Read(TableClient table, string partition, string key) =>
        await table.GetEntityIfExistsAsync(partition, key) ?? throw new InvalidOperationException($"There is no row {partition}/{key} to spoil.");
}
