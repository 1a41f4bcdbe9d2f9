using System.Collections.Immutable;
using Azure;

namespace Governance.Storage.Views;

/// <summary>Which pages a list has: each holds the entries from its beginning up to the next page's.</summary>
/// <param name="Pages">In order; empty for an empty list. The first one also takes what comes before its beginning.</param>
/// <param name="Next">The number of the next new page; numbers say nothing about order.</param>
/// <param name="ETag">Null where it is not stored yet.</param>
internal sealed record PageDirectory(ImmutableArray<PageSpan> Pages, long Next, ETag? ETag)
{
    internal static readonly PageDirectory Empty = new([], 1, null);

    /// <summary>Which page an entry belongs to; -1 in an empty list.</summary>
    internal int IndexOf(ListPlace place)
    {
        var (low, high) = (0, Pages.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = Pages[middle].Begins.CompareTo(place) <= 0 ? (middle, high) : (low, middle - 1);
        }

        return high < 0 ? -1 : low;
    }

    /// <summary>Where a page ends, which is where the next one begins; null for the last.</summary>
    internal ListPlace? Until(int index) => index + 1 < Pages.Length ? Pages[index + 1].Begins : null;
}

/// <summary>A page of a list.</summary>
/// <param name="Number">Names its row.</param>
/// <param name="Begins">Where its entries begin.</param>
internal readonly record struct PageSpan(long Number, ListPlace Begins);

/// <summary>A directory as its row holds it.</summary>
internal sealed record StoredDirectory(long Next, List<PageSpan> Pages);

/// <summary>A page as its row holds it. It says itself where it ends, so that who has an old directory notices.</summary>
internal sealed record StoredPage<TItem>(ListPlace? Until, List<TItem> Items);

/// <summary>One page, as it was read or is to be written.</summary>
/// <param name="Number">Names its row.</param>
/// <param name="Until">Where it ends; null for the last.</param>
/// <param name="Items">In order; not to be changed.</param>
/// <param name="ETag">Null where it is not stored.</param>
/// <param name="Bytes">Of its JSON when it was read, and of what was put in since.</param>
internal sealed record ChainPage<TItem>(long Number, ListPlace? Until, List<TItem> Items, ETag? ETag, int Bytes);
