using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure;
using Governance.Storage.Tables;

namespace Governance.Storage.Views;

/// <summary>
/// An ordered list in pages: an entity holds up to 100 entries, a directory row names the pages. Reading 100 entries costs two or three point reads,
/// whatever the total. An entry has one place (<see cref="ListPlace"/>), so what a list shows does not depend on the order in which it was told of.
/// Any number of writers: who loses a race reads again and does it again.
/// </summary>
/// <typeparam name="TItem">The entries.</typeparam>
internal sealed class PageChain<TItem>(TableClient table, string name, JsonTypeInfo<StoredPage<TItem>> json, PageCache cache)
    where TItem : class, IListed
{
    /// <summary>Entries of a page at most.</summary>
    internal const int PageSize = 100;

    /// <summary>JSON of a page at most, bytes, where it has more than one entry: far below what a row holds even where nothing can be packed.</summary>
    internal const int PageBytes = 256 * 1024;

    // A transaction takes 4 MiB, which is 3 MiB of packed pages in base64.
    private const long BytesAtOnce = 2 * 1024 * 1024;
    private const int RowsAtOnce = 40;
    private const int Tries = 20;
    private const int PagesARead = 12;

    /// <summary>Puts entries in, or brings those that are in up to date.</summary>
    /// <returns>What stands now for each of them, by key.</returns>
    internal async Task<IReadOnlyDictionary<string, Standing<TItem>>> Put(IReadOnlyList<TItem> items, CancellationToken cancellation) =>
        (await Write(items, [], cancellation).ConfigureAwait(false)).Standing;

    /// <summary>Takes entries out.</summary>
    /// <param name="gone">Each with the instant it was listed at.</param>
    /// <param name="cancellation">Ends it; what is written stays.</param>
    /// <returns>The keys of those that were there.</returns>
    internal async Task<IReadOnlySet<string>> Remove(IReadOnlyList<ListPlace> gone, CancellationToken cancellation) =>
        (await Write([], gone, cancellation).ConfigureAwait(false)).Removed;

    /// <summary>Entries as they stand in storage now, not in memory; those that are not there are left out.</summary>
    internal async Task<IReadOnlyDictionary<string, TItem>> Find(IReadOnlyList<ListPlace> places, CancellationToken cancellation)
    {
        var found = new Dictionary<string, TItem>(StringComparer.Ordinal);
        var directory = await ReadDirectory(fresh: true, cancellation).ConfigureAwait(false);
        foreach (var group in places.GroupBy(directory.IndexOf).Where(group => group.Key >= 0))
        {
            var page = await ReadPage(directory.Pages[group.Key].Number, fresh: true, cancellation).ConfigureAwait(false);
            foreach (var place in group)
            {
                if (ChainEdit<TItem>.IndexIn(page.Items, place) is >= 0 and var at)
                {
                    found[place.Key] = page.Items[at];
                }
            }
        }

        return found;
    }

    /// <summary>A page of the list.</summary>
    /// <param name="newestFirst">The direction.</param>
    /// <param name="limit">How many entries at most.</param>
    /// <param name="cursor">Where to go on; null for the beginning.</param>
    /// <param name="wanted">Which entries count; a filtered page may be short while a cursor remains.</param>
    /// <param name="cancellation">Ends the reading.</param>
    internal async Task<PageOf<TItem>> Read(bool newestFirst, int limit, string? cursor, Func<TItem, bool> wanted, CancellationToken cancellation)
    {
        var directory = await ReadDirectory(fresh: false, cancellation).ConfigureAwait(false);
        var last = ListPlace.Parse(cursor);
        var found = new List<TItem>(limit);
        for (var (pages, index) = (0, Begin(directory, last, newestFirst)); index >= 0 && index < directory.Pages.Length; pages++)
        {
            if (pages >= PagesARead)
            {
                return new(found, (last ?? (newestFirst ? directory.Until(index) : directory.Pages[index].Begins))?.ToString());
            }

            var page = await ReadPage(directory.Pages[index].Number, fresh: false, cancellation).ConfigureAwait(false);
            if (page.Until != directory.Until(index))
            {
                // Split or joined since the directory was read: from where we are with the new one. A page whose row is lost is passed over.
                var current = await ReadDirectory(fresh: true, cancellation).ConfigureAwait(false);
                cache.Forget(name, PageCache.PageKey(page.Number));
                index = page.ETag is null && current.ETag == directory.ETag ? index + (newestFirst ? -1 : 1) : Begin(current, last, newestFirst);
                directory = current;
                continue;
            }

            foreach (var item in newestFirst ? page.Items.AsEnumerable().Reverse() : page.Items)
            {
                var place = ListPlace.Of(item);
                if (last is { } passed && (newestFirst ? place.CompareTo(passed) >= 0 : place.CompareTo(passed) <= 0))
                {
                    continue;
                }

                if (found.Count == limit)
                {
                    return new(found, last?.ToString());
                }

                last = place;
                if (wanted(item))
                {
                    found.Add(item);
                }
            }

            index += newestFirst ? -1 : 1;
            if (found.Count == limit && index >= 0 && index < directory.Pages.Length)
            {
                // No page is empty, so there is more.
                return new(found, last?.ToString());
            }
        }

        return new(found, null);
    }

    private static int Begin(PageDirectory directory, ListPlace? after, bool newestFirst) =>
        after is { } place ? directory.IndexOf(place) : newestFirst ? directory.Pages.Length - 1 : 0;

    private async Task<(IReadOnlyDictionary<string, Standing<TItem>> Standing, IReadOnlySet<string> Removed)> Write(
        IReadOnlyList<TItem> items, IReadOnlyList<ListPlace> gone, CancellationToken cancellation)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            if (items.Count + gone.Count == 0)
            {
                return (new Dictionary<string, Standing<TItem>>(), new HashSet<string>());
            }

            var fresh = tries > 0;
            var directory = await ReadDirectory(fresh, cancellation).ConfigureAwait(false);
            var edit = new ChainEdit<TItem>(directory, page => ReadPage(page, fresh, cancellation), BytesOf);
            foreach (var item in items)
            {
                await edit.Put(item).ConfigureAwait(false);
            }

            foreach (var place in gone)
            {
                await edit.Remove(place).ConfigureAwait(false);
            }

            if (edit.Stale || (edit.TrustsReading && !fresh))
            {
                continue;
            }

            if (items.Count + gone.Count > 1 && (edit.Rows > RowsAtOnce || edit.Bytes > BytesAtOnce))
            {
                return await InHalves(items, gone, cancellation).ConfigureAwait(false);
            }

            if (await Submit(edit, cancellation).ConfigureAwait(false))
            {
                return (edit.Standing, edit.Removed);
            }
        }

        throw new RequestFailedException($"The list {name} changed {Tries} times under our hands.");
    }

    // Too much for one transaction.
    private async Task<(IReadOnlyDictionary<string, Standing<TItem>> Standing, IReadOnlySet<string> Removed)> InHalves(
        IReadOnlyList<TItem> items, IReadOnlyList<ListPlace> gone, CancellationToken cancellation)
    {
        var first = await Write([.. items.Take(items.Count / 2)], [.. gone.Take(gone.Count / 2)], cancellation).ConfigureAwait(false);
        var second = await Write([.. items.Skip(items.Count / 2)], [.. gone.Skip(gone.Count / 2)], cancellation).ConfigureAwait(false);
        return (
            first.Standing.Concat(second.Standing).GroupBy(each => each.Key, StringComparer.Ordinal).ToDictionary(
                group => group.Key, group => new Standing<TItem>(group.First().Value.Before, group.Last().Value.Now), StringComparer.Ordinal),
            first.Removed.Union(second.Removed).ToHashSet(StringComparer.Ordinal));
    }

    private async Task<bool> Submit(ChainEdit<TItem> edit, CancellationToken cancellation)
    {
        var pages = edit.Changed.ToList();
        var actions = pages.ConvertAll(page => Action(PageEntity(page), page.ETag));
        if (edit.MovesPages && edit.Rows > 0)
        {
            actions.Add(Action(DirectoryEntity(edit.Directory), edit.Directory.ETag));
        }

        actions.AddRange(edit.Dropped.Select(page =>
            new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(name, PageCache.PageKey(page.Number)), page.ETag!.Value)));
        if (actions.Count == 0)
        {
            return true;
        }

        if (await table.SubmitTransactionAsync(actions, cancellation).ConfigureAwait(false) is not TableWrite.Committed committed)
        {
            return false;
        }

        for (var index = 0; index < pages.Count; index++)
        {
            cache.Keep(name, PageCache.PageKey(pages[index].Number), pages[index] with { ETag = committed.ETags[index] });
        }

        if (edit.MovesPages)
        {
            cache.Keep(name, PageCache.DirectoryKey, edit.Directory with { ETag = committed.ETags[pages.Count] });
        }

        return true;
    }

    private Task<PageDirectory> ReadDirectory(bool fresh, CancellationToken cancellation) => cache.Get(table, name, PageCache.DirectoryKey, fresh, row =>
    {
        if (row is null)
        {
            return PageDirectory.Empty;
        }

        var stored = Packed.Read(row, ViewsJson.Default.StoredDirectory).Value;
        return new PageDirectory([.. stored.Pages], stored.Next, row.ETag);
    }, cancellation);

    private Task<ChainPage<TItem>> ReadPage(long number, bool fresh, CancellationToken cancellation) => cache.Get(table, name, PageCache.PageKey(number), fresh, row =>
    {
        if (row is null)
        {
            return new ChainPage<TItem>(number, null, [], null, 0);
        }

        var (stored, bytes) = Packed.Read(row, json);
        return new ChainPage<TItem>(number, stored.Until, stored.Items, row.ETag, bytes);
    }, cancellation);

    private int BytesOf(TItem item) => JsonSerializer.SerializeToUtf8Bytes(new(null, [item]), json).Length;

    private TableEntity PageEntity(ChainPage<TItem> page)
    {
        var row = new TableEntity(name, PageCache.PageKey(page.Number));
        Packed.Write(row, new StoredPage<TItem>(page.Until, page.Items), json);
        return row;
    }

    private TableEntity DirectoryEntity(PageDirectory directory)
    {
        var row = new TableEntity(name, PageCache.DirectoryKey);
        Packed.Write(row, new StoredDirectory(directory.Next, [.. directory.Pages]), ViewsJson.Default.StoredDirectory);
        return row;
    }

    private static TableTransactionAction Action(TableEntity row, ETag? etag) => etag is { } known
        ? new(TableTransactionActionType.UpdateReplace, row, known)
        : new(TableTransactionActionType.Add, row);
}

/// <summary>A page of a list.</summary>
/// <typeparam name="TItem">The entries.</typeparam>
/// <param name="Items">In the list's order.</param>
/// <param name="Cursor">Where the next page begins; null where this is the last.</param>
public sealed record PageOf<TItem>(IReadOnlyList<TItem> Items, string? Cursor);
