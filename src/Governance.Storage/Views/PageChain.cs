using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure;
using Governance.Storage.Streams;
using Governance.Storage.Tables;

namespace Governance.Storage.Views;

/// <summary>An entry of a list.</summary>
/// <typeparam name="TKey">What it is known by.</typeparam>
public interface IListed<out TKey>
{
    /// <summary>What it is known by; once in a list.</summary>
    TKey Key { get; }

    /// <summary>The sequence it shows; a later one replaces an earlier one, never the other way round.</summary>
    long Sequence { get; }

    /// <summary>When it came into the list, UTC; entries come in about this order.</summary>
    DateTimeOffset ListedAt { get; }

    /// <summary>Whether this is its first appearance, so that only the newest pages need be searched for an earlier delivery of it.</summary>
    bool IsFirst { get; }
}

/// <summary>
/// A list as a chain of pages: an entity holds up to 100 entries, a cursor row names the newest and the oldest page. Reading 100 entries costs one
/// or two point reads, whatever the total. One writer at a time; a lost race with another writer is read and done again.
/// </summary>
/// <typeparam name="TKey">What entries are known by.</typeparam>
/// <typeparam name="TItem">The entries.</typeparam>
internal sealed class PageChain<TKey, TItem>(TableClient table, string name, JsonTypeInfo<List<TItem>> json, PageCache cache)
    where TKey : notnull
    where TItem : IListed<TKey>
{
    /// <summary>Entries of a page.</summary>
    internal const int PageSize = 100;

    private const int Tries = 10;
    private const int MostPlaces = 200_000;
    private const int MostPagesAtOnce = 20;

    // Entries are listed by many writers whose clocks and queues differ a little.
    private static readonly TimeSpan Disorder = TimeSpan.FromSeconds(30);

    // Where entries were last seen; a wrong or missing hint costs reads, never correctness.
    private readonly ConcurrentDictionary<TKey, long> _places = new();

    /// <summary>Puts entries in, or brings those that are in up to date.</summary>
    internal Task Put(IReadOnlyList<TItem> items, CancellationToken cancellation) => Write(items, [], cancellation);

    /// <summary>Takes entries out.</summary>
    /// <param name="gone">Each with the instant it was listed at.</param>
    /// <param name="cancellation">Ends it; what is written stays.</param>
    internal Task Remove(IReadOnlyList<(TKey Key, DateTimeOffset ListedAt)> gone, CancellationToken cancellation) => Write([], gone, cancellation);

    /// <summary>A page of the list.</summary>
    /// <param name="newestFirst">The direction.</param>
    /// <param name="limit">How many entries at most.</param>
    /// <param name="cursor">Where to go on; null for the beginning.</param>
    /// <param name="wanted">Which entries count; a filtered page may be short while a cursor remains.</param>
    /// <param name="cancellation">Ends the reading.</param>
    internal async Task<PageOf<TItem>> Read(bool newestFirst, int limit, string? cursor, Func<TItem, bool> wanted, CancellationToken cancellation)
    {
        const int mostPages = 12;
        var ends = await Ends(cancellation).ConfigureAwait(false);
        var (page, index) = Place.Read(cursor) ?? (newestFirst ? ends.Newest : ends.Oldest, newestFirst ? int.MaxValue : 0);
        var found = new List<TItem>(limit);
        for (var pages = 0; pages < mostPages && page >= ends.Oldest && page <= ends.Newest; pages++)
        {
            var items = (await cache.Read(table, name, page, ListedAt, json, cancellation).ConfigureAwait(false)).Items;
            index = newestFirst ? Math.Min(index, items.Count - 1) : index;
            for (; index >= 0 && index < items.Count; index += newestFirst ? -1 : 1)
            {
                if (found.Count == limit)
                {
                    return new(found, Place.Write(page, index));
                }

                if (wanted(items[index]))
                {
                    found.Add(items[index]);
                }
            }

            (page, index) = newestFirst ? (page - 1, int.MaxValue) : (page + 1, 0);
        }

        return new(found, page >= ends.Oldest && page <= ends.Newest ? Place.Write(page, newestFirst ? PageSize * 10 : 0) : null);
    }

    private async Task Write(IReadOnlyList<TItem> items, IReadOnlyList<(TKey Key, DateTimeOffset ListedAt)> gone, CancellationToken cancellation)
    {
        if (items.Count + gone.Count == 0)
        {
            return;
        }

        for (var tries = 0; tries < Tries; tries++)
        {
            var ends = await Ends(cancellation, fresh: tries > 0).ConfigureAwait(false);
            var edit = new ChainEdit<TKey, TItem>(ends, page => Load(page, tries > 0, cancellation));
            foreach (var item in items)
            {
                var place = await Find(item.Key, item.ListedAt, item.IsFirst, edit, ends, cancellation).ConfigureAwait(false);
                await edit.Put(item, place).ConfigureAwait(false);
            }

            foreach (var (key, listedAt) in gone)
            {
                if (await Find(key, listedAt, first: false, edit, ends, cancellation).ConfigureAwait(false) is { } place)
                {
                    await edit.Remove(key, place).ConfigureAwait(false);
                }
            }

            if (items.Count + gone.Count > 1 && edit.Changed.Count() > MostPagesAtOnce)
            {
                // Too much for one transaction: in halves.
                await Write([.. items.Take(items.Count / 2)], [.. gone.Take(gone.Count / 2)], cancellation).ConfigureAwait(false);
                await Write([.. items.Skip(items.Count / 2)], [.. gone.Skip(gone.Count / 2)], cancellation).ConfigureAwait(false);
                return;
            }

            if (await Submit(edit, ends, cancellation).ConfigureAwait(false))
            {
                return;
            }
        }

        throw new RequestFailedException($"The list {name} changed {Tries} times under our hands.");
    }

    private async Task<bool> Submit(ChainEdit<TKey, TItem> edit, ChainEnds ends, CancellationToken cancellation)
    {
        var next = await edit.Ends().ConfigureAwait(false);
        var actions = new List<TableTransactionAction>();
        foreach (var page in edit.Changed)
        {
            actions.Add(Action(PageEntity(page), page.ETag));
        }

        if (next != ends || ends.ETag is null)
        {
            actions.Add(Action(CursorEntity(next), ends.ETag));
        }

        if (actions.Count == 0)
        {
            return true;
        }

        var write = await table.SubmitTransactionAsync(actions, cancellation).ConfigureAwait(false);
        cache.Forget(table, name);
        if (write is not TableWrite.Committed)
        {
            _places.Clear();
            return false;
        }

        if (_places.Count > MostPlaces)
        {
            _places.Clear();
        }

        foreach (var (key, page) in edit.Places)
        {
            _places[key] = page;
        }

        return true;
    }

    // The hint, else the pages whose time span includes the instant, newest first.
    private async Task<long?> Find(TKey key, DateTimeOffset listedAt, bool first, ChainEdit<TKey, TItem> edit, ChainEnds ends, CancellationToken cancellation)
    {
        if (edit.PlaceOf(key) is { } inEdit)
        {
            return inEdit;
        }

        if (_places.TryGetValue(key, out var hint) && hint >= ends.Oldest && hint <= ends.Newest
            && (await edit.Page(hint).ConfigureAwait(false)).Items.Any(item => item.Key.Equals(key)))
        {
            return hint;
        }

        cancellation.ThrowIfCancellationRequested();
        var (low, high) = first ? (ends.Newest, ends.Newest) : (ends.Oldest, ends.Newest);
        while (low < high)
        {
            var middle = low + ((high - low + 1) / 2);
            var begins = (await edit.Page(middle).ConfigureAwait(false)).From;
            (low, high) = begins is { } from && from > listedAt + Disorder ? (low, middle - 1) : (middle, high);
        }

        for (var page = low; page >= (first ? Math.Max(ends.Oldest, ends.Newest - 1) : ends.Oldest); page--)
        {
            var candidate = await edit.Page(page).ConfigureAwait(false);
            if (candidate.Items.Any(item => item.Key.Equals(key)))
            {
                return page;
            }

            if (candidate.From is { } from && from < listedAt - Disorder)
            {
                break;
            }
        }

        return null;
    }

    private Task<ChainPage<TItem>> Load(long page, bool fresh, CancellationToken cancellation) => cache.Read(table, name, page, ListedAt, json, cancellation, fresh);

    private static DateTimeOffset ListedAt(TItem item) => item.ListedAt;

    private Task<ChainEnds> Ends(CancellationToken cancellation, bool fresh = false) => cache.Ends(table, name, cancellation, fresh);

    private static TableTransactionAction Action(TableEntity row, ETag? etag) => etag is { } known
        ? new(TableTransactionActionType.UpdateReplace, row, known)
        : new(TableTransactionActionType.Add, row);

    private TableEntity PageEntity(ChainPage<TItem> page)
    {
        var row = new TableEntity(name, PageCache.PageKey(page.Number));
        BinaryChunks.Write(row, JsonSerializer.SerializeToUtf8Bytes([.. page.Items], json));
        return row;
    }

    private TableEntity CursorEntity(ChainEnds ends) => new(name, PageCache.CursorKey) { { "Newest", ends.Newest }, { "Oldest", ends.Oldest } };

    private static class Place
    {
        internal static (long Page, int Index)? Read(string? cursor) => cursor?.Split('.') is [var page, var index]
            ? (long.Parse(page, CultureInfo.InvariantCulture), int.Parse(index, CultureInfo.InvariantCulture))
            : null;

        internal static string Write(long page, int index) => string.Create(CultureInfo.InvariantCulture, $"{page}.{index}");
    }
}

/// <summary>A page of a list.</summary>
/// <typeparam name="TItem">The entries.</typeparam>
/// <param name="Items">In the list's order.</param>
/// <param name="Cursor">Where the next page begins; null where this is the last.</param>
public sealed record PageOf<TItem>(IReadOnlyList<TItem> Items, string? Cursor);
