using System.Globalization;
using Governance.Core.Deployments;
using Governance.Core.Rollout;

namespace Governance.Core.Cab;

/// <summary>
/// Judges the conditions of an approval by what was published since. The gates enforce them; this says, from the log alone, whether they were kept.
/// </summary>
public static class ConditionStandings
{
    /// <summary>Of every condition of the approval that stands, in its order; empty without one.</summary>
    /// <param name="state">The deployment as it stands.</param>
    /// <param name="now">UTC; decides what "not before" and "not after" still allow.</param>
    public static EquatableArray<ConditionStanding> Of(DeploymentState state, DateTimeOffset now) =>
        state.Approval is { } approval ? [.. approval.Conditions.Select(condition => Judge(condition, state, approval, now))] : [];

    private static ConditionStanding Judge(CabCondition condition, DeploymentState state, Approval approval, DateTimeOffset now) => condition switch
    {
        { Kind: CabConditionKind.MaxRing, Ring: { } max } => MaxRing(condition, max, state),
        { Kind: CabConditionKind.NotBefore, At: { } at } => Time(condition, state, approval, ring => ring.PublishedAt < at, now < at ? $"nothing is published before {Instant(at)}" : $"it may be published since {Instant(at)}"),
        { Kind: CabConditionKind.NotAfter, At: { } at } => Time(condition, state, approval, ring => ring.PublishedAt > at, now > at ? $"nothing more is published since {Instant(at)}" : $"it may be published until {Instant(at)}"),
        { Kind: CabConditionKind.MinSuccessRate, BasisPoints: { } needed } => Measured(condition, state, approval, gate => RateHolds(gate.Figures!, needed), gate => RateText(gate.Figures!, needed)),
        { Kind: CabConditionKind.ObserveHours, Hours: { } hours } => Measured(condition, state, approval, gate => gate.Figures!.ObservedSeconds >= Seconds(hours, gate), gate => PeriodText(hours, gate)),
        _ => new(condition, ConditionState.ForPeople, "People look after this one; the rollout cannot."),
    };

    private static ConditionStanding MaxRing(CabCondition condition, Ring max, DeploymentState state) => state.CurrentRing switch
    {
        null => new(condition, ConditionState.Pending, "Nothing is published yet."),
        { } reached when reached > max => new(condition, ConditionState.Broken, $"{reached.WireName()} had the app already when the condition was made."),
        { } reached => new(condition, ConditionState.Kept, $"{reached.WireName()} is the furthest ring that has the app."),
    };

    // What was published before this approval was published under another.
    private static ConditionStanding Time(CabCondition condition, DeploymentState state, Approval approval, Func<RingState, bool> breaks, string otherwise)
    {
        var since = state.Rings.Where(ring => ring.PublishedAt >= approval.At).ToList();
        return since.Find(ring => breaks(ring)) is { } broken
            ? new(condition, ConditionState.Broken, $"{broken.Ring.WireName()} was published at {Instant(broken.PublishedAt)}.")
            : new(condition, since.Count == 0 ? ConditionState.Pending : ConditionState.Kept, Sentence(otherwise));
    }

    // Every gate that was passed under this approval has measured the ring that it left; a failure that stands is the newest measurement of all.
    private static ConditionStanding Measured(
        CabCondition condition, DeploymentState state, Approval approval, Func<GateVerdict, bool> holds, Func<GateVerdict, string> text)
    {
        var passed = state.Rings.Where(ring => ring.PublishedAt >= approval.At).Select(ring => ring.Gate).Concat(state.Rings.Select(ring => ring.CompletionGate))
            .OfType<GateVerdict>().Where(gate => gate.Figures is not null).ToList();
        if (passed.Find(gate => !holds(gate)) is { } overridden)
        {
            return new(condition, ConditionState.Broken, $"An override let the rollout leave {From(overridden)}: {text(overridden)}.");
        }

        if (state.GateFailure is { Figures: not null } failed && state.Status is DeploymentStatus.Approved or DeploymentStatus.Active && !holds(failed))
        {
            return new(condition, ConditionState.Broken, $"The rollout waits in {From(failed)}: {text(failed)}.");
        }

        return passed.Count > 0
            ? new(condition, ConditionState.Kept, $"{From(passed[^1])}: {text(passed[^1])}.")
            : new(condition, ConditionState.Pending, "No ring was measured for it yet.");
    }

    private static bool RateHolds(GateFigures figures, int basisPoints) =>
        figures.Counted > 0 && figures.Results.Succeeded >= Measuring.Needed(figures.Counted, basisPoints);

    private static string RateText(GateFigures figures, int basisPoints) => string.Create(
        CultureInfo.InvariantCulture, $"{figures.Results.Succeeded} of {figures.Counted} devices succeeded, {Measuring.Needed(figures.Counted, basisPoints)} needed for {Measuring.Percent(basisPoints)} %");

    private static string PeriodText(int hours, GateVerdict gate) => string.Create(
        CultureInfo.InvariantCulture, $"observed for {gate.Figures!.ObservedSeconds} s, {Seconds(hours, gate)} s needed for {hours} h");

    // Demonstrations run faster than policy says, and so do the periods of conditions.
    private static long Seconds(int hours, GateVerdict gate) => hours * 3600L / gate.Speed;

    private static string From(GateVerdict gate) => gate.Step.From?.WireName() ?? "its start";

    private static string Sentence(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}.";

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
