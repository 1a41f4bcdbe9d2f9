using Governance.Core.Cab;

namespace Governance.Core.Rollout;

/// <summary>The strictest value of each typed condition of an approval; null where there is none.</summary>
internal static class Conditions
{
    public static Ring? MaxRing(EquatableArray<CabCondition> conditions) => Of(conditions, CabConditionKind.MaxRing).Min(condition => condition.Ring);

    public static int? MinBasisPoints(EquatableArray<CabCondition> conditions) =>
        Of(conditions, CabConditionKind.MinSuccessRate).Max(condition => condition.BasisPoints);

    public static int? ObserveHours(EquatableArray<CabCondition> conditions) => Of(conditions, CabConditionKind.ObserveHours).Max(condition => condition.Hours);

    public static DateTimeOffset? NotBefore(EquatableArray<CabCondition> conditions) => Of(conditions, CabConditionKind.NotBefore).Max(condition => condition.At);

    public static DateTimeOffset? NotAfter(EquatableArray<CabCondition> conditions) => Of(conditions, CabConditionKind.NotAfter).Min(condition => condition.At);

    private static IEnumerable<CabCondition> Of(EquatableArray<CabCondition> conditions, CabConditionKind kind) =>
        conditions.Where(condition => condition.Kind == kind);
}
