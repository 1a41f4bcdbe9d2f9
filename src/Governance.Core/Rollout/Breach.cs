namespace Governance.Core.Rollout;

/// <summary>Whether a ring does so badly that it is rolled back.</summary>
/// <param name="RollBack">Whether it is.</param>
/// <param name="Reason">Why or why not, with the figures.</param>
public sealed record Breach(bool RollBack, string Reason)
{
    /// <summary>There are no results to judge.</summary>
    public static Breach Nothing { get; } = new(false, "there are no results to judge");

    /// <summary>A ring rolls back when, with at least 10 devices in the rate, it is more than 5 points below the gate that leaves it.</summary>
    /// <param name="gates">The figures.</param>
    /// <param name="ring">The ring that was measured.</param>
    /// <param name="measured">What was measured; without an answer nothing rolls back.</param>
    /// <param name="now">UTC.</param>
    public static Breach Judge(PromotionGates gates, Ring ring, RingMeasurement? measured, DateTimeOffset now)
    {
        if (measured?.Results is not { } results || !Measuring.IsPlausible(results))
        {
            return Nothing;
        }

        var compliance = now - measured.PublishedAt >= gates.ComplianceTime(measured.Connectivity);
        var counted = Measuring.Counted(results, compliance);
        if (counted < gates.Figures.BreachMinDevices)
        {
            return new(false, $"{counted} devices count in the success rate, {gates.Figures.BreachMinDevices} needed to judge");
        }

        var limit = gates.Row(ring).BasisPoints - gates.Figures.BreachBasisPoints;
        return new(
            (Int128)results.Succeeded * 10000 < counted * limit,
            $"{results.Succeeded} of {counted} devices succeeded in {ring.WireName()}, rolled back below {Measuring.Percent(limit)} %");
    }
}
