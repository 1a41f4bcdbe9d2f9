using System.Collections.Concurrent;
using Governance.Storage.Streams;
using Governance.Storage.Tables;

namespace Governance.Storage.Outbox;

/// <summary>Changes that did not fit into the dispatcher's memory. Only where their rows lie is kept; they are read again when there is room.</summary>
/// <param name="tables">By name.</param>
internal sealed class PutOffWork(IReadOnlyDictionary<string, TableClient> tables)
{
    // Some 40 MB. What comes when even these are too many, the sweep finds.
    private const int Most = 200_000;

    private const int AtOnce = 16;

    private readonly ConcurrentQueue<Row> _rows = new();

    /// <summary>How many there are.</summary>
    public int Count => _rows.Count;

    /// <summary>When the oldest was put off, UTC; the end of time where there is none.</summary>
    public DateTimeOffset Since => _rows.TryPeek(out var first) ? first.At : DateTimeOffset.MaxValue;

    /// <summary>Puts one off.</summary>
    public void Add(CommittedChange change, DateTimeOffset at)
    {
        if (_rows.Count < Most)
        {
            _rows.Enqueue(new(change.Table, change.Shard, change.OutboxKey, at));
        }
    }

    /// <summary>Reads the oldest few again, one point read each. One caller at a time.</summary>
    /// <returns>Those whose rows are still there.</returns>
    /// <exception cref="Azure.RequestFailedException">Storage did not answer; nothing was taken.</exception>
    public async Task<IReadOnlyList<(CommittedChange Change, DateTimeOffset At)>> Take(CancellationToken cancellation)
    {
        var next = _rows.Take(AtOnce).ToList();
        var read = await Task.WhenAll(next.Select(row => tables[row.Table].GetEntityIfExistsAsync(row.Shard, row.Key, cancellationToken: cancellation))).ConfigureAwait(false);
        var taken = new List<(CommittedChange, DateTimeOffset)>(next.Count);
        foreach (var (row, entity) in next.Zip(read))
        {
            _rows.TryDequeue(out _);
            if (entity is not null)
            {
                taken.Add((OutboxRows.Read(row.Table, entity), row.At));
            }
        }

        return taken;
    }

    private sealed record Row(string Table, string Shard, string Key, DateTimeOffset At);
}
