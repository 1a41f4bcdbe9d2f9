using Governance.Core.Deployments;

namespace Governance.Core.Rollout;

/// <summary>Which groups get an app and which don't. Sorted, without repeats, and no group is in both.</summary>
public sealed record AssignmentSet
{
    private AssignmentSet(EquatableArray<Guid> include, EquatableArray<Guid> exclude) => (Include, Exclude) = (include, exclude);

    /// <summary>Nobody.</summary>
    public static AssignmentSet Empty { get; } = new([], []);

    /// <summary>Groups that get it, sorted.</summary>
    public EquatableArray<Guid> Include { get; }

    /// <summary>Groups that don't, sorted; an exclusion wins for a device that is in both kinds.</summary>
    public EquatableArray<Guid> Exclude { get; }

    /// <summary>Nobody gets it.</summary>
    public bool IsEmpty => Include.Count == 0;

    /// <summary>Sorts, and drops repeats; where a group is on both sides the exclusion stands.</summary>
    public static AssignmentSet Of(IEnumerable<Guid> include, IEnumerable<Guid> exclude)
    {
        var without = new SortedSet<Guid>(exclude);
        var with = new SortedSet<Guid>(include);
        with.ExceptWith(without);
        return new([.. with], [.. without]);
    }

    /// <summary>The groups of one ring.</summary>
    public static AssignmentSet Of(RingScope ring) => Of(ring.GroupIds, ring.ExcludedGroupIds);

    /// <summary>
    /// All groups of several rings. A group that an earlier ring leaves out and another ring includes is included: the later
    /// ring was approved by name. A group that any ring leaves out and none includes stays out.
    /// </summary>
    public static AssignmentSet Union(IEnumerable<RingScope> rings)
    {
        var with = new SortedSet<Guid>();
        var without = new SortedSet<Guid>();
        foreach (var ring in rings.Select(Of))
        {
            with.UnionWith(ring.Include);
            without.UnionWith(ring.Exclude);
        }

        without.ExceptWith(with);
        return new([.. with], [.. without]);
    }
}
