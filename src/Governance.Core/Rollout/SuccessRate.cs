namespace Governance.Core.Rollout;

/// <summary>The success rate of a ring against the gate that leaves it.</summary>
public static class SuccessRate
{
    /// <summary>Whether a ring is below the rate of the gate that leaves it, pending devices counted as the gate counts them.</summary>
    /// <returns>The arithmetic; null where it is not below, or no device counts, or the results could not be had.</returns>
    public static string? Below(PromotionGates gates, Ring ring, RingMeasurement measured, DateTimeOffset now)
    {
        if (measured.Results is not { } results || !Measuring.IsPlausible(results))
        {
            return null;
        }

        var counted = Measuring.Counted(results, now - measured.PublishedAt >= gates.ComplianceTime(measured.Connectivity));
        var basisPoints = gates.Row(ring).BasisPoints;
        var needed = Measuring.Needed(counted, basisPoints);
        return results.Succeeded < needed
            ? $"{results.Succeeded} of {counted} devices succeeded, {needed} needed for {Measuring.Percent(basisPoints)} %"
            : null;
    }
}
