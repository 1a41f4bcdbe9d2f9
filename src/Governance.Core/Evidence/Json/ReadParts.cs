namespace Governance.Core.Evidence.Json;

/// <summary>Collecting what could be read.</summary>
internal static class ReadParts
{
    /// <summary>Adds the item unless reading it failed.</summary>
    public static void AddIfRead<T>(this List<T> items, T? item)
        where T : class
    {
        if (item is not null)
        {
            items.Add(item);
        }
    }
}
