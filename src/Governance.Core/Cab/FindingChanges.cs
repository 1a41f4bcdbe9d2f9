using Governance.Core.Evidence;

namespace Governance.Core.Cab;

/// <summary>Findings that one scan has and another has not. Lists are cut at <see cref="Most"/>; the counts are of all.</summary>
/// <param name="AddedCount">How many are new.</param>
/// <param name="ResolvedCount">How many are gone.</param>
/// <param name="Added">The first new ones, worst first.</param>
/// <param name="Resolved">The first that are gone, worst first.</param>
public sealed record FindingChanges(int AddedCount, int ResolvedCount, EquatableArray<NamedFinding> Added, EquatableArray<NamedFinding> Resolved)
{
    /// <summary>The most entries of a list.</summary>
    public const int Most = 100;

    /// <summary>Whether nothing changed.</summary>
    public bool None => AddedCount + ResolvedCount == 0;

    // A finding is the same under any of its names, and in another version of the package too: an update that does not mend it is no change.
    internal static FindingChanges Between(ScanFacts before, ScanFacts now)
    {
        var (added, resolved) = (Only(now, before), Only(before, now));
        return new(added.Count, resolved.Count, [.. added.Take(Most)], [.. resolved.Take(Most)]);
    }

    private static List<NamedFinding> Only(ScanFacts here, ScanFacts there)
    {
        var known = there.Open.SelectMany(Names).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. here.Open.Where(finding => !Names(finding).Any(known.Contains))
            .Select(finding => new NamedFinding(finding.Id, finding.Severity, finding.Package))
            .DistinctBy(finding => finding.Id, StringComparer.OrdinalIgnoreCase)
            .OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.Id, StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Names(Finding finding) => finding.Aliases.Prepend(finding.Id);
}

/// <summary>A finding.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Severity">How bad.</param>
/// <param name="Package">Where.</param>
public sealed record NamedFinding(string Id, Severity Severity, string Package);
