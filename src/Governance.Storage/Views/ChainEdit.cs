using System.Collections.Immutable;

namespace Governance.Storage.Views;

/// <summary>Changes to a list that will be written in one transaction. Pages that become too large are split, pages that become empty go.</summary>
/// <param name="directory">As it was read.</param>
/// <param name="load">Reads a page.</param>
/// <param name="bytesOf">The size of an entry's JSON.</param>
internal sealed class ChainEdit<TItem>(PageDirectory directory, Func<long, Task<ChainPage<TItem>>> load, Func<TItem, int> bytesOf)
    where TItem : class, IListed
{
    private readonly Dictionary<long, ChainPage<TItem>> _pages = [];
    private readonly HashSet<long> _changed = [];
    private readonly List<ChainPage<TItem>> _dropped = [];
    private readonly Dictionary<string, Standing<TItem>> _standing = new(StringComparer.Ordinal);
    private readonly HashSet<string> _removed = new(StringComparer.Ordinal);
    private bool _metEmpty;

    /// <summary>The directory after this edit.</summary>
    internal PageDirectory Directory { get; private set; } = directory;

    /// <summary>Whether the directory has to be written too.</summary>
    internal bool MovesPages { get; private set; }

    /// <summary>Whether the directory and a page did not fit together, so that nothing of this edit counts.</summary>
    internal bool Stale { get; private set; }

    /// <summary>Whether something was left as it is because of a row that is not written, and so is not proved by its ETag to be still as it was read.</summary>
    internal bool TrustsReading => _metEmpty || _pages.Keys.Any(number => !_changed.Contains(number));

    /// <summary>The pages to write.</summary>
    internal IEnumerable<ChainPage<TItem>> Changed => _changed.Order().Select(number => _pages[number]);

    /// <summary>The stored pages to delete.</summary>
    internal IReadOnlyList<ChainPage<TItem>> Dropped => _dropped;

    /// <summary>About the size of what is to be written.</summary>
    internal long Bytes => _changed.Sum(number => (long)_pages[number].Bytes);

    /// <summary>How many rows are to be written.</summary>
    internal int Rows => _changed.Count + _dropped.Count;

    /// <summary>What stands for each entry that was put.</summary>
    internal IReadOnlyDictionary<string, Standing<TItem>> Standing => _standing;

    /// <summary>The entries that were there and are taken out.</summary>
    internal IReadOnlySet<string> Removed => _removed;

    /// <summary>Puts an entry where it belongs, unless a later one is there.</summary>
    internal async Task Put(TItem item)
    {
        var place = ListPlace.Of(item);
        var index = Directory.IndexOf(place);
        if (index < 0)
        {
            index = 0;
            Directory = Directory with { Pages = [new(Directory.Next, new(place.Ticks, string.Empty))], Next = Directory.Next + 1 };
            _pages.Add(Directory.Pages[0].Number, new(Directory.Pages[0].Number, null, [], null, 0));
            MovesPages = true;
        }

        var page = await Page(index).ConfigureAwait(false);
        var at = IndexIn(page.Items, place);
        var before = at >= 0 ? page.Items[at] : null;
        if (before is not null && before.Sequence >= item.Sequence)
        {
            _standing.TryAdd(item.Key, new(before, before));
            return;
        }

        if (at >= 0)
        {
            page.Items[at] = item;
        }
        else
        {
            page.Items.Insert(~at, item);
        }

        _standing[item.Key] = new(_standing.GetValueOrDefault(item.Key)?.Before ?? before, item);
        Change(page with { Bytes = page.Bytes + bytesOf(item) - (before is null ? 0 : bytesOf(before)) });
        await Split(index, appended: at < 0 && ~at == page.Items.Count - 1).ConfigureAwait(false);
    }

    /// <summary>Takes an entry out, if it is there.</summary>
    internal async Task Remove(ListPlace place)
    {
        var index = Directory.IndexOf(place);
        if (index < 0)
        {
            _metEmpty |= _dropped.Count == 0;
            return;
        }

        var page = await Page(index).ConfigureAwait(false);
        var at = IndexIn(page.Items, place);
        if (at < 0)
        {
            return;
        }

        var bytes = bytesOf(page.Items[at]);
        page.Items.RemoveAt(at);
        _removed.Add(place.Key);
        Change(page with { Bytes = page.Bytes - bytes });
        if (page.Items.Count == 0)
        {
            await Drop(index).ConfigureAwait(false);
        }
    }

    /// <summary>Finds an entry in an ordered page.</summary>
    /// <returns>Its index, or the complement of where it would stand.</returns>
    internal static int IndexIn(List<TItem> items, ListPlace place)
    {
        var (low, high) = (0, items.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            switch (ListPlace.Of(items[middle]).CompareTo(place))
            {
                case 0:
                    return middle;
                case < 0:
                    low = middle + 1;
                    break;
                default:
                    high = middle - 1;
                    break;
            }
        }

        return ~low;
    }

    // A page as this edit sees it; its list is this edit's own copy.
    private async Task<ChainPage<TItem>> Page(int index)
    {
        var number = Directory.Pages[index].Number;
        if (_pages.TryGetValue(number, out var page))
        {
            return page;
        }

        var stored = await load(number).ConfigureAwait(false);
        if (stored.ETag is null)
        {
            // Its row is lost, or gone since the directory was read: writing the directory with it tells which.
            MovesPages = true;
            stored = stored with { Until = Directory.Until(index) };
        }

        Stale |= stored.Until != Directory.Until(index);
        page = stored with { Items = [.. stored.Items] };
        _pages.Add(number, page);
        return page;
    }

    private void Change(ChainPage<TItem> page)
    {
        _pages[page.Number] = page;
        _changed.Add(page.Number);
    }

    // In halves; but what comes in order leaves full pages behind.
    private async Task Split(int index, bool appended)
    {
        var page = await Page(index).ConfigureAwait(false);
        if (page.Items.Count < 2 || (page.Items.Count <= PageChain<TItem>.PageSize && page.Bytes <= PageChain<TItem>.PageBytes))
        {
            return;
        }

        var keep = appended && page.Until is null ? page.Items.Count - 1 : page.Items.Count / 2;
        var (first, last) = (ListPlace.Of(page.Items[keep]), ListPlace.Of(page.Items[keep - 1]));
        var begins = first.Ticks > last.Ticks ? first with { Key = string.Empty } : first;
        var moved = page.Items.GetRange(keep, page.Items.Count - keep);
        var bytes = moved.Sum(bytesOf);
        page.Items.RemoveRange(keep, moved.Count);
        var number = Directory.Next;
        Change(new(number, page.Until, moved, null, bytes));
        Change(page with { Until = begins, Bytes = page.Bytes - bytes });
        Directory = Directory with { Pages = Directory.Pages.Insert(index + 1, new(number, begins)), Next = number + 1 };
        MovesPages = true;
        await Split(index + 1, appended: false).ConfigureAwait(false);
        await Split(index, appended: false).ConfigureAwait(false);
    }

    private async Task Drop(int index)
    {
        var page = _pages[Directory.Pages[index].Number];
        if (index > 0)
        {
            Change((await Page(index - 1).ConfigureAwait(false)) with { Until = page.Until });
        }

        _pages.Remove(page.Number);
        _changed.Remove(page.Number);
        if (page.ETag is not null)
        {
            _dropped.Add(page);
        }

        Directory = Directory with { Pages = Directory.Pages.RemoveAt(index) };
        MovesPages = true;
    }
}
