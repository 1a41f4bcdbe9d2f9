using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Governance.Storage.Streams;
using Governance.Storage.Tables;

namespace Governance.Storage.Views;

/// <summary>Pages and cursors that were just read or written, for at most a second: lists are asked for far more often than they change.</summary>
internal sealed class PageCache(TimeProvider clock)
{
    /// <summary>The row key of a chain's cursor.</summary>
    internal const string CursorKey = "cursor";

    private const int Limit = 4096;
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string Table, string Chain), ConcurrentDictionary<string, Cached>> _chains = new();

    /// <summary>The row key of a page.</summary>
    internal static string PageKey(long page) => string.Create(CultureInfo.InvariantCulture, $"page-{page:D10}");

    /// <summary>Forgets a chain, because it was written.</summary>
    internal void Forget(TableClient table, string chain) => _chains.TryRemove((table.Name, chain), out _);

    /// <summary>A page of a chain; empty where it is not stored. Its list must not be changed.</summary>
    /// <param name="fresh">Whether it must come from storage.</param>
    internal Task<ChainPage<TItem>> Read<TItem>(
        TableClient table, string chain, long page, Func<TItem, DateTimeOffset> listedAt, JsonTypeInfo<List<TItem>> json, CancellationToken cancellation, bool fresh = false) =>
        Get(table, chain, PageKey(page), fresh, row =>
        {
            var items = row is null ? [] : JsonSerializer.Deserialize(BinaryChunks.Read(row), json)!;
            return new ChainPage<TItem>(page, items, items.Count == 0 ? null : items.Min(listedAt), row?.ETag);
        }, cancellation);

    /// <summary>The ends of a chain; both 1 where it is not stored.</summary>
    internal Task<ChainEnds> Ends(TableClient table, string chain, CancellationToken cancellation, bool fresh = false) =>
        Get(table, chain, CursorKey, fresh, row => row is null ? new ChainEnds(1, 1, null) : new(row.GetInt64("Oldest")!.Value, row.GetInt64("Newest")!.Value, row.ETag), cancellation);

    private async Task<T> Get<T>(TableClient table, string chain, string key, bool fresh, Func<TableEntity?, T> read, CancellationToken cancellation)
        where T : class
    {
        var rows = _chains.GetOrAdd((table.Name, chain), _ => new(StringComparer.Ordinal));
        if (!fresh && rows.TryGetValue(key, out var cached) && clock.GetElapsedTime(cached.At) < Lifetime)
        {
            return (T)cached.Value;
        }

        var value = read(await table.GetEntityIfExistsAsync(chain, key, cancellationToken: cancellation).ConfigureAwait(false));
        if (_chains.Count > Limit || rows.Count > Limit)
        {
            _chains.Clear();
        }

        rows[key] = new(value, clock.GetTimestamp());
        return value;
    }

    private sealed record Cached(object Value, long At);
}
