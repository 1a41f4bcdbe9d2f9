using Governance.Core.Deployments;
using Governance.Core.Evidence;

namespace Governance.Core.Rollout;

/// <summary>What a gate's measurement came to, beside its checks.</summary>
internal sealed record Measured(GateFigures? Figures, bool PastPeriod, DateTimeOffset? Start, TimeSpan Observation);

/// <summary>The measured part of a gate: period, coverage and rate, in whole numbers.</summary>
internal static class Measuring
{
    /// <summary>Adds the checks of the measured ring; none where LAB is the first ring, which needs no gate.</summary>
    public static Measured Judge(PromotionGates gates, GateInputs inputs, List<GateCheck> checks)
    {
        if (inputs.Step.From is not { } ring)
        {
            checks.Add(new(GateCondition.SuccessRate, GateResult.Pass, "LAB as first ring needs no gate"));
            return new(null, false, null, gates.ObservationPeriod(Ring.Lab, Connectivity.Online, inputs.Conditions));
        }

        var first = inputs.Step.Kind == GateKind.First;
        if (inputs.Measured is { } own && !(first && own.Results is { Targeted: 0 }))
        {
            var observation = gates.ObservationPeriod(ring, own.Connectivity, inputs.Conditions);
            var observed = inputs.Now > own.PublishedAt ? inputs.Now - own.PublishedAt : TimeSpan.Zero;
            var source = first ? GateSource.EarlierRollouts : GateSource.Rollout;
            return own.Results is { } results
                ? Judge(gates, inputs, ring, new(source, results, observed, observation, own.Connectivity, own.PublishedAt), checks)
                : Unavailable(own.Unavailable ?? "no results were read", checks, own.PublishedAt, observation);
        }

        if (first && ring == Ring.Lab && inputs.LabResults is { Targeted: not 0 } lab)
        {
            var observation = gates.ObservationPeriod(ring, inputs.LabConnectivity, inputs.Conditions);
            var results = new RingResults(lab.Targeted, lab.Succeeded, lab.Failed, lab.Pending, lab.NotApplicable);
            return Judge(gates, inputs, ring, new(GateSource.LabResults, results, TimeSpan.FromHours(lab.ObservedHours), observation, inputs.LabConnectivity, null), checks);
        }

        checks.Add(first
            ? new(GateCondition.NoResultsBelow, GateResult.Inconclusive, $"there are no results of this version in {ring.WireName()}, the ring below")
            : new(GateCondition.Results, GateResult.Inconclusive, $"nothing was published to {ring.WireName()} yet"));
        return new(null, false, null, gates.ObservationPeriod(ring, inputs.LabConnectivity, inputs.Conditions));
    }

    /// <summary>Devices in the rate: pending ones count once the compliance time is over.</summary>
    public static Int128 Counted(RingResults results, bool compliance) =>
        (Int128)results.Succeeded + results.Failed + (compliance ? results.Pending : 0);

    /// <summary>How many of them must have succeeded. Rounded up in integers: 9,699 of 10,000 is not 97 %.</summary>
    public static Int128 Needed(Int128 counted, int basisPoints) => ((counted * basisPoints) + 9999) / 10000;

    /// <summary>Whether no count is negative.</summary>
    public static bool IsPlausible(RingResults results) =>
        results is { Targeted: >= 0, Succeeded: >= 0, Failed: >= 0, Pending: >= 0, NotApplicable: >= 0 };

    private static Measured Judge(PromotionGates gates, GateInputs inputs, Ring ring, Subject subject, List<GateCheck> checks)
    {
        if (!IsPlausible(subject.Results))
        {
            return Unavailable("the results have negative counts", checks, subject.Start, subject.Observation);
        }

        var basisPoints = Math.Max(gates.Row(ring).BasisPoints, Conditions.MinBasisPoints(inputs.Conditions) ?? 0);
        var results = subject.Results;
        var counted = Counted(results, subject.Observed >= gates.ComplianceTime(subject.Connectivity));
        var reported = Counted(results, true) + results.NotApplicable;
        var neededReported = NeededReported(gates, results.Targeted);
        var needed = Needed(counted, basisPoints);
        var period = Observation(subject);
        var coverage = Coverage(gates, results.Targeted, reported, neededReported);
        checks.Add(period);
        checks.Add(coverage);
        checks.Add(Rate(results.Succeeded, counted, needed, basisPoints, final: period.Result == GateResult.Pass && coverage.Result == GateResult.Pass));
        var figures = new GateFigures(
            subject.Source, results, Clamp(counted), Clamp(needed), basisPoints, Clamp(reported), Clamp(neededReported), Seconds(subject.Observed), Seconds(subject.Observation));
        return new(figures, period.Result == GateResult.Pass, subject.Start, subject.Observation);
    }

    private static GateCheck Observation(Subject subject) => new(
        GateCondition.Observation,
        subject.Observed >= subject.Observation ? GateResult.Pass : GateResult.Inconclusive,
        $"observed for {Period(subject.Observed)}, {Period(subject.Observation)} needed");

    private static GateCheck Coverage(PromotionGates gates, long targeted, Int128 reported, Int128 needed) => targeted == 0
        ? new(GateCondition.Coverage, GateResult.Inconclusive, "no device is targeted")
        : new(
            GateCondition.Coverage,
            reported >= needed ? GateResult.Pass : GateResult.Inconclusive,
            targeted < gates.Figures.AllBelowDevices
                ? $"{reported} of {targeted} devices reported, all needed where fewer than {gates.Figures.AllBelowDevices} are targeted"
                : $"{reported} of {targeted} devices reported, {needed} needed for {gates.Figures.CoveragePercent} %");

    private static GateCheck Rate(long succeeded, Int128 counted, Int128 needed, int basisPoints, bool final) => counted == 0
        ? new(GateCondition.SuccessRate, GateResult.Inconclusive, "no device counts in the success rate")
        : new(
            GateCondition.SuccessRate,
            succeeded >= needed ? GateResult.Pass : final ? GateResult.Fail : GateResult.Inconclusive,
            $"{succeeded} of {counted} devices succeeded, {needed} needed for {Percent(basisPoints)} %");

    /// <summary>How many devices must have reported.</summary>
    public static Int128 NeededReported(PromotionGates gates, long targeted) => targeted < gates.Figures.AllBelowDevices
        ? targeted
        : (((Int128)targeted * gates.Figures.CoveragePercent) + 99) / 100;

    private static Measured Unavailable(string why, List<GateCheck> checks, DateTimeOffset? start, TimeSpan observation)
    {
        checks.Add(new(GateCondition.Results, GateResult.Unavailable, $"the results could not be had: {Shown.Text(why, 300)}"));
        return new(null, false, start, observation);
    }

    /// <summary>Hundredths of a percent as a number.</summary>
    internal static string Percent(int basisPoints) => (basisPoints / 100, basisPoints % 100) switch
    {
        (var whole, 0) => $"{whole}",
        (var whole, var rest) when rest % 10 == 0 => $"{whole}.{rest / 10}",
        (var whole, var rest) => $"{whole}.{rest:00}",
    };

    // Rounded down, so that a period that is not over never reads as if it were.
    private static string Period(TimeSpan period) => period switch
    {
        { Ticks: >= TimeSpan.TicksPerHour } => $"{period.Ticks / TimeSpan.TicksPerHour} h{Rest(period.Minutes, " min")}",
        { Ticks: >= TimeSpan.TicksPerMinute } => $"{period.Minutes} min{Rest(period.Seconds, " s")}",
        { Ticks: >= TimeSpan.TicksPerSecond } => $"{period.Seconds} s",
        _ => $"{period.Milliseconds} ms",
    };

    private static string Rest(int rest, string unit) => rest == 0 ? string.Empty : $" {rest}{unit}";

    private static long Seconds(TimeSpan period) => period.Ticks / TimeSpan.TicksPerSecond;

    private static long Clamp(Int128 count) => (long)Int128.Min(count, long.MaxValue);

    private sealed record Subject(
        GateSource Source, RingResults Results, TimeSpan Observed, TimeSpan Observation, Connectivity Connectivity, DateTimeOffset? Start);
}
