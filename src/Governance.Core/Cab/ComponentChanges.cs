using Governance.Core.Evidence;

namespace Governance.Core.Cab;

/// <summary>What one SBOM lists and another does not. Lists are cut at <see cref="Most"/>; the counts are of all.</summary>
/// <param name="AddedCount">How many components are new.</param>
/// <param name="RemovedCount">How many are gone.</param>
/// <param name="ChangedCount">How many have another version.</param>
/// <param name="Added">The first new ones, by name.</param>
/// <param name="Removed">The first that are gone, by name.</param>
/// <param name="Changed">The first with another version, by name.</param>
public sealed record ComponentChanges(
    int AddedCount, int RemovedCount, int ChangedCount, EquatableArray<NamedVersion> Added, EquatableArray<NamedVersion> Removed, EquatableArray<VersionChange> Changed)
{
    /// <summary>The most entries of a list.</summary>
    public const int Most = 100;

    /// <summary>Whether nothing changed.</summary>
    public bool None => AddedCount + RemovedCount + ChangedCount == 0;

    /// <summary>Compares by package URL without its version, or by name; a component that is there in several versions counts with all of them.</summary>
    internal static ComponentChanges Between(ReadOnlySpan<SbomComponent> before, ReadOnlySpan<SbomComponent> now)
    {
        var (old, current) = (Versions(before), Versions(now));
        var added = Only(current, old);
        var removed = Only(old, current);
        var changed = current
            .Where(entry => old.TryGetValue(entry.Key, out var versions) && !versions.Versions.SetEquals(entry.Value.Versions))
            .Select(entry => new VersionChange(entry.Value.Name, Text(old[entry.Key].Versions), Text(entry.Value.Versions)))
            .OrderBy(change => change.Name, StringComparer.Ordinal)
            .ToList();
        return new(added.Count, removed.Count, changed.Count, [.. added.Take(Most)], [.. removed.Take(Most)], [.. changed.Take(Most)]);
    }

    private static Dictionary<string, (string Name, SortedSet<string> Versions)> Versions(ReadOnlySpan<SbomComponent> components)
    {
        var found = new Dictionary<string, (string Name, SortedSet<string> Versions)>(components.Length, StringComparer.Ordinal);
        foreach (var component in components)
        {
            var key = component.Purl is { } purl ? WithoutVersion(purl) : component.Name;
            if (!found.TryGetValue(key, out var known))
            {
                found[key] = known = (component.Name, new(StringComparer.Ordinal));
            }

            known.Versions.Add(component.Version ?? string.Empty);
        }

        return found;
    }

    // A version follows the last @; one that belongs to an npm scope stands before the last slash.
    private static string WithoutVersion(string purl)
    {
        var end = purl.AsSpan().IndexOfAny('?', '#');
        var path = end < 0 ? purl : purl[..end];
        var at = path.LastIndexOf('@');
        return at > path.LastIndexOf('/') ? path[..at] : path;
    }

    private static List<NamedVersion> Only(Dictionary<string, (string Name, SortedSet<string> Versions)> here, Dictionary<string, (string Name, SortedSet<string> Versions)> there) =>
        [.. here.Where(entry => !there.ContainsKey(entry.Key)).Select(entry => new NamedVersion(entry.Value.Name, Text(entry.Value.Versions))).OrderBy(each => each.Name, StringComparer.Ordinal)];

    private static string Text(SortedSet<string> versions) => string.Join(", ", versions.Where(version => version.Length > 0));
}

/// <summary>A component.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version or versions; empty where not stated.</param>
public sealed record NamedVersion(string Name, string Version);

/// <summary>A component with another version than before.</summary>
public sealed record VersionChange(string Name, string Before, string Now);
