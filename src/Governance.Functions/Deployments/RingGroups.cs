using System.Collections.Immutable;
using Governance.Core;
using Governance.Functions.Configuration;

namespace Governance.Functions.Deployments;

/// <summary>The Entra groups that a ring has where an intent names none: settings <c>Rings__LAB__Groups</c>…, separated by commas.</summary>
/// <param name="ByRing">Empty for rings that are not configured.</param>
internal sealed record RingGroups(ImmutableSortedDictionary<Ring, ImmutableArray<Guid>> ByRing)
{
    /// <summary>Reads section <c>Rings</c>.</summary>
    internal static RingGroups Read(SettingsReader settings)
    {
        var section = settings.Section("Rings");
        return new(Rings.All.ToImmutableSortedDictionary(ring => ring, ring => section.Section(ring.WireName()).ParsedList<Guid>("Groups", "a UUID")));
    }

    /// <summary>The groups of a ring.</summary>
    internal ImmutableArray<Guid> Of(Ring ring) => ByRing.GetValueOrDefault(ring, []);
}
