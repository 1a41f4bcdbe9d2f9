using System.Collections.Concurrent;
using System.Globalization;
using Governance.Storage.Tables;

namespace Governance.Storage.Views;

/// <summary>Pages and directories that were just read or written, for at most a second: lists are asked for far more often than they change.</summary>
internal sealed class PageCache(TimeProvider clock)
{
    /// <summary>The row key of a list's directory.</summary>
    internal const string DirectoryKey = "pages";

    // A page takes some 100 KB in memory.
    private const int Limit = 256;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string Chain, string Key), Cached> _rows = new();

    /// <summary>The row key of a page.</summary>
    internal static string PageKey(long page) => string.Create(CultureInfo.InvariantCulture, $"page-{page:D10}");

    /// <summary>Forgets a row, because it is gone or somebody else wrote it.</summary>
    internal void Forget(string chain, string key) => _rows.TryRemove((chain, key), out _);

    /// <summary>Keeps what was just written, so that neither the next reader nor the next writer has to fetch it.</summary>
    internal void Keep(string chain, string key, object value)
    {
        if (_rows.Count >= Limit)
        {
            foreach (var (row, cached) in _rows)
            {
                if (clock.GetElapsedTime(cached.At) >= Lifetime)
                {
                    _rows.TryRemove(row, out _);
                }
            }

            if (_rows.Count >= Limit)
            {
                _rows.Clear();
            }
        }

        _rows[(chain, key)] = new(value, clock.GetTimestamp());
    }

    /// <summary>A row of a list, from memory where it is young enough.</summary>
    /// <param name="table">Where it lies.</param>
    /// <param name="chain">The list.</param>
    /// <param name="key">The row.</param>
    /// <param name="fresh">Whether it must come from storage.</param>
    /// <param name="read">Makes the value of the row; of null where there is none.</param>
    /// <param name="cancellation">Ends the reading.</param>
    internal async Task<T> Get<T>(TableClient table, string chain, string key, bool fresh, Func<TableEntity?, T> read, CancellationToken cancellation)
        where T : class
    {
        if (!fresh && _rows.TryGetValue((chain, key), out var cached) && clock.GetElapsedTime(cached.At) < Lifetime)
        {
            return (T)cached.Value;
        }

        var value = read(await table.GetEntityIfExistsAsync(chain, key, cancellationToken: cancellation).ConfigureAwait(false));
        Keep(chain, key, value);
        return value;
    }

    private sealed record Cached(object Value, long At);
}
