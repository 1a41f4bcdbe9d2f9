using Azure;

namespace Governance.Storage.Views;

/// <summary>One page of a chain, as it was read or is to be written.</summary>
internal sealed record ChainPage<TItem>(long Number, List<TItem> Items, DateTimeOffset? From, ETag? ETag);

/// <summary>The ends of a chain.</summary>
/// <param name="Oldest">The first page that may hold entries.</param>
/// <param name="Newest">The page that new entries go to.</param>
/// <param name="ETag">Null where the chain is not stored yet.</param>
internal sealed record ChainEnds(long Oldest, long Newest, ETag? ETag);

/// <summary>Changes to a chain that will be written in one transaction.</summary>
internal sealed class ChainEdit<TKey, TItem>(ChainEnds ends, Func<long, Task<ChainPage<TItem>>> load)
    where TKey : notnull
    where TItem : IListed<TKey>
{
    private readonly Dictionary<long, ChainPage<TItem>> _pages = [];
    private readonly HashSet<long> _changed = [];
    private readonly Dictionary<TKey, long> _places = [];
    private long _newest = ends.Newest;

    /// <summary>The pages to write.</summary>
    internal IEnumerable<ChainPage<TItem>> Changed => _changed.Order().Select(number => _pages[number]);

    /// <summary>Where entries of this edit are.</summary>
    internal IEnumerable<KeyValuePair<TKey, long>> Places => _places;

    /// <summary>Where this edit has put an entry; null where it has not.</summary>
    internal long? PlaceOf(TKey key) => _places.TryGetValue(key, out var page) ? page : null;

    /// <summary>A page as this edit sees it; its list is this edit's own copy.</summary>
    internal async Task<ChainPage<TItem>> Page(long number)
    {
        if (!_pages.TryGetValue(number, out var page))
        {
            var stored = number > ends.Newest ? new ChainPage<TItem>(number, [], null, null) : await load(number).ConfigureAwait(false);
            page = stored with { Items = [.. stored.Items] };
            _pages.Add(number, page);
        }

        return page;
    }

    /// <summary>Puts an entry where it is, or at the end.</summary>
    internal async Task Put(TItem item, long? place)
    {
        if (place is { } known)
        {
            var page = await Page(known).ConfigureAwait(false);
            var index = page.Items.FindIndex(each => each.Key.Equals(item.Key));
            if (page.Items[index].Sequence < item.Sequence)
            {
                page.Items[index] = item;
                _changed.Add(known);
            }

            _places[item.Key] = known;
            return;
        }

        var last = await Page(_newest).ConfigureAwait(false);
        if (last.Items.Count >= PageChain<TKey, TItem>.PageSize)
        {
            last = await Page(++_newest).ConfigureAwait(false);
        }

        last.Items.Add(item);
        _changed.Add(last.Number);
        _places[item.Key] = last.Number;
    }

    /// <summary>Takes an entry out.</summary>
    internal async Task Remove(TKey key, long place)
    {
        var page = await Page(place).ConfigureAwait(false);
        if (page.Items.RemoveAll(each => each.Key.Equals(key)) > 0)
        {
            _changed.Add(place);
        }
    }

    /// <summary>The ends after this edit: pages that are empty at the old end are left behind.</summary>
    internal async Task<ChainEnds> Ends()
    {
        var oldest = ends.Oldest;
        while (oldest < _newest && (oldest > ends.Oldest || _changed.Contains(oldest)) && (await Page(oldest).ConfigureAwait(false)).Items.Count == 0)
        {
            oldest++;
        }

        return ends with { Oldest = oldest, Newest = _newest };
    }
}
