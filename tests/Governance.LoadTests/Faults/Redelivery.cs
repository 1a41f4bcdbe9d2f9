using Governance.LoadTests.Faults.Checking;
using Governance.Storage.Streams;
using Governance.Storage.Tables;

namespace Governance.LoadTests.Faults;

/// <summary>
/// Keeps copies of follow-up work while it lies in its rows, and puts them back once it was carried out: as a queue does that delivers twice, late and
/// out of order.
/// </summary>
internal sealed class Redelivery(CheckedStore store)
{
    private const int Kept = 200;
    private readonly Dictionary<string, TableEntity> _seen = new(StringComparer.Ordinal);

    /// <summary>How many rows were put back.</summary>
    internal int Count { get; private set; }

    /// <summary>Copies what lies there now.</summary>
    internal async Task Look(CancellationToken cancellation)
    {
        var filter = $"RowKey ge '{StreamRows.OutboxStart}' and RowKey lt '{StreamRows.OutboxEnd}'";
        await foreach (var row in store.Layout.Deployments.QueryAsync(filter, cancellationToken: cancellation))
        {
            if (_seen.Count < Kept)
            {
                _seen.TryAdd(row.RowKey, row);
            }
        }
    }

    /// <summary>Puts back what is gone. Nobody dispatches meanwhile.</summary>
    internal async Task PutBack(CancellationToken cancellation)
    {
        foreach (var row in _seen.Values.Reverse())
        {
            Count += await store.Layout.Deployments.AddEntityAsync(row, cancellation) is TableWrite.Committed ? 1 : 0;
        }

        _seen.Clear();
    }
}
