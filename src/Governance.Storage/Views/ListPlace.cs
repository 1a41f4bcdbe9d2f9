using System.Globalization;

namespace Governance.Storage.Views;

/// <summary>Where an entry stands in a list: by when it was listed, then by its key. The same entry has the same place whoever lists it, and whenever.</summary>
/// <param name="Ticks">When it was listed, UTC.</param>
/// <param name="Key">What it is known by; empty in front of all entries of the instant.</param>
internal readonly record struct ListPlace(long Ticks, string Key) : IComparable<ListPlace>
{
    private const char Separator = '~';

    internal static ListPlace Of(IListed item) => new(item.ListedAt.UtcTicks, item.Key);

    /// <summary>Reads a cursor; null for none, and for what somebody made up.</summary>
    internal static ListPlace? Parse(string? cursor)
    {
        var end = cursor?.IndexOf(Separator, StringComparison.Ordinal) ?? -1;
        return end > 0 && long.TryParse(cursor.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) ? new(ticks, cursor![(end + 1)..]) : null;
    }

    /// <summary>As a cursor.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Ticks}{Separator}{Key}");

    /// <inheritdoc/>
    public int CompareTo(ListPlace other) => Ticks != other.Ticks ? Ticks.CompareTo(other.Ticks) : string.CompareOrdinal(Key, other.Key);
}

/// <summary>An entry of a list.</summary>
public interface IListed
{
    /// <summary>What it is known by; once in a list.</summary>
    string Key { get; }

    /// <summary>The sequence it shows; a later one replaces an earlier one, never the other way round.</summary>
    long Sequence { get; }

    /// <summary>When it came into the list, UTC; the same whenever it is told of. Lists are in this order.</summary>
    DateTimeOffset ListedAt { get; }
}

/// <summary>What stands in a list for an entry that was put in.</summary>
/// <typeparam name="TItem">The entries.</typeparam>
/// <param name="Before">What stood there; null for a new entry.</param>
/// <param name="Now">The entry, or a later one that was there already.</param>
internal sealed record Standing<TItem>(TItem? Before, TItem Now)
    where TItem : IListed
{
    /// <summary>Whether putting it in changed the list.</summary>
    internal bool Changed => Before is null || Before.Sequence != Now.Sequence;
}
