namespace Governance.Core.Cab;

/// <summary>How conditions of several approvers become one set.</summary>
public static class CabConditions
{
    /// <summary>Unites conditions: of each typed kind the strictest, every different note once; typed ones first, in the order of their kinds.</summary>
    public static EquatableArray<CabCondition> Unite(ReadOnlySpan<CabCondition> conditions)
    {
        var typed = new SortedDictionary<CabConditionKind, CabCondition>();
        var notes = new List<CabCondition>();
        foreach (var condition in conditions)
        {
            if (condition.Kind == CabConditionKind.Note)
            {
                if (!notes.Contains(condition))
                {
                    notes.Add(condition);
                }
            }
            else if (!typed.TryGetValue(condition.Kind, out var known) || IsStricter(condition, known))
            {
                typed[condition.Kind] = condition;
            }
        }

        return [.. typed.Values, .. notes];
    }

    private static bool IsStricter(CabCondition condition, CabCondition known) => condition.Kind switch
    {
        CabConditionKind.MaxRing => condition.Ring < known.Ring,
        CabConditionKind.MinSuccessRate => condition.BasisPoints > known.BasisPoints,
        CabConditionKind.ObserveHours => condition.Hours > known.Hours,
        CabConditionKind.NotBefore => condition.At > known.At,
        CabConditionKind.NotAfter => condition.At < known.At,
        _ => false,
    };
}
