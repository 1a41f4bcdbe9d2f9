using System.Collections.Immutable;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Functions.Http;

namespace Governance.Functions.Deployments;

/// <summary>Reads a scope and resolves what it leaves open to the groups configured for each ring.</summary>
internal static class ScopeInput
{
    /// <summary>The most included and the most excluded groups a ring.</summary>
    private const int MostGroups = 100;

    private static readonly ImmutableSortedDictionary<string, Criticality> Criticalities = Words(
        ("low", Criticality.Low), ("standard", Criticality.Standard), ("high", Criticality.High), ("critical", Criticality.Critical));

    private static readonly ImmutableSortedDictionary<string, Connectivity> Connectivities = Words(
        ("online", Connectivity.Online), ("intermittent", Connectivity.Intermittent), ("air_gapped", Connectivity.AirGapped));

    /// <summary>Reads <c>scope</c>: per ring, or flat where the deployment reaches one ring; without either the configured groups.</summary>
    internal static ScopeWish Read(Fields body, Ring start, Ring target)
    {
        if (body.OptionalObject("scope") is not { } scope)
        {
            return new(ImmutableSortedDictionary<Ring, RingWish>.Empty, Criticality.Standard, null);
        }

        var criticality = scope.OptionalChoice("criticality", Criticalities) ?? Criticality.Standard;
        var unit = scope.OptionalText("business_unit", 200);
        var rings = ImmutableSortedDictionary.CreateBuilder<Ring, RingWish>();
        if (scope.OptionalObject("rings") is { } named)
        {
            foreach (var (name, fields) in named.Members())
            {
                if (!Rings.TryParse(name, out var ring) || ring < start || ring > target)
                {
                    named.Wrong(name, $"is no ring of this deployment, which reaches from {start.WireName()} to {target.WireName()}");
                    continue;
                }

                rings[ring] = Wish(fields);
            }
        }
        else if (scope.Has("group_ids"))
        {
            if (start != target)
            {
                scope.Wrong("group_ids", "names the groups of one ring; name them per ring under scope.rings");
            }

            rings[target] = Wish(scope);
        }
        else if (start == target)
        {
            rings[target] = Wish(scope);
        }

        return new(rings.ToImmutable(), criticality, unit);
    }

    private static RingWish Wish(Fields fields) => new(
        fields.Has("group_ids") ? fields.ParsedList<Guid>("group_ids", MostGroups, "a UUID") : null,
        fields.ParsedList<Guid>("excluded_group_ids", MostGroups, "a UUID"),
        fields.OptionalInteger("device_count", 0, 10_000_000),
        fields.OptionalChoice("connectivity", Connectivities) ?? Connectivity.Online);

    private static ImmutableSortedDictionary<string, T> Words<T>(params (string Word, T Value)[] words) =>
        words.ToImmutableSortedDictionary(pair => pair.Word, pair => pair.Value, StringComparer.Ordinal);
}

/// <summary>A scope as it was asked for.</summary>
internal sealed record ScopeWish(ImmutableSortedDictionary<Ring, RingWish> Rings, Criticality Criticality, string? BusinessUnit)
{
    /// <summary>With the groups configured for each ring where none were named.</summary>
    internal DeploymentScope Resolve(Ring start, Ring target, RingGroups configured) => new()
    {
        Rings = [.. Core.Rings.All.Where(ring => ring >= start && ring <= target).Select(ring => Resolve(ring, configured))],
        Criticality = Criticality,
        BusinessUnit = BusinessUnit,
    };

    private RingScope Resolve(Ring ring, RingGroups configured)
    {
        var wish = Rings.GetValueOrDefault(ring) ?? new(null, [], null, Connectivity.Online);
        return new()
        {
            Ring = ring,
            GroupIds = [.. (wish.Groups ?? configured.Of(ring)).Distinct().Order()],
            ExcludedGroupIds = [.. wish.Excluded.Distinct().Order()],
            DeviceCount = wish.DeviceCount,
            Connectivity = wish.Connectivity,
        };
    }
}

/// <summary>One ring's part of a scope as it was asked for; null groups mean "those configured".</summary>
internal sealed record RingWish(ImmutableArray<Guid>? Groups, ImmutableArray<Guid> Excluded, long? DeviceCount, Connectivity Connectivity);
