namespace Governance.Core.Rollout;

/// <summary>The looks at one step that were past the period and did not pass, and whether the CAB was asked for an override.</summary>
/// <param name="NotPassed">How many, 0 or more.</param>
/// <param name="Asked">Whether the CAB was asked; it is asked once for each step.</param>
public sealed record GateLooks(int NotPassed, bool Asked)
{
    /// <summary>A step that was not looked at yet.</summary>
    public static GateLooks None { get; } = new(0, false);

    /// <summary>
    /// Counts a look. The CAB is asked once: after the third look past the period that is not PASS, or for a first ring at the
    /// first NO_RESULTS_BELOW. Freezes and "not before" conditions don't count, nor does a look that could not ask the plane.
    /// </summary>
    /// <returns>The looks with this one, and whether to ask now; never where an override could not help or is there already.</returns>
    public (GateLooks Looks, bool AskCab) After(GateVerdict verdict, PromotionGates gates)
    {
        var noResults = verdict.Causes.Contains(GateCondition.NoResultsBelow);
        var counts = verdict.Verdict is GateResult.Fail or GateResult.Inconclusive
            && verdict.PastPeriod
            && !verdict.Causes.All(GateEvaluator.IsWaiting);
        var notPassed = counts ? NotPassed + 1 : NotPassed;
        var ask = !Asked
            && verdict.OverrideId is null
            && (noResults || (counts && notPassed >= gates.Figures.AskAfterLooks))
            && GateEvaluator.OverrideWouldHelp(verdict);
        return (new(notPassed, Asked || ask), ask);
    }
}
