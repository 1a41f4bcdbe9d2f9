using Governance.LoadTests.Load;
using Governance.LoadTests.Measuring;
using Governance.LoadTests.Verify;

namespace Governance.LoadTests.Reports;

/// <summary>One run of the program.</summary>
internal sealed record LoadReport(DateTimeOffset At, string Machine, int Cores, string Runtime, string Target, IReadOnlyList<ScenarioReport> Scenarios)
{
    /// <summary>Whether no request failed and every store was as it must be. Targets may be missed all the same.</summary>
    internal bool Sound => Scenarios.All(scenario => scenario.Sound);
}

/// <summary>How long requests of a kind took, milliseconds.</summary>
internal sealed record Times(double P50, double P95, double P99, double Max)
{
    internal static Times? Of(IReadOnlyCollection<double> milliseconds) =>
        milliseconds.Count == 0 ? null : Of(Latencies.Of(milliseconds, TimeSpan.FromSeconds(1)));

    internal static Times Of(Latencies measured) => new(measured.P50, measured.P95, measured.P99, measured.Max);
}

/// <summary>Requests of one kind.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Served">How many were answered as they should be.</param>
/// <param name="PerSecond">The same a second.</param>
/// <param name="Times">From when they were due.</param>
/// <param name="Refused">How often one was turned away, to come again.</param>
/// <param name="Reads">Storage reads before the answer, on average; null where the app does not say.</param>
/// <param name="Queries">Queries, on average.</param>
/// <param name="Writes">Writes, on average.</param>
internal sealed record KindReport(string Kind, int Served, double PerSecond, Times Times, int Refused, double? Reads, double? Queries, double? Writes);

/// <summary>The storage by itself, right after the run and at the same fill.</summary>
/// <param name="PerSecond">Transactions.</param>
/// <param name="Times">Of one.</param>
/// <param name="Rate">The scenario's requests a second over these.</param>
/// <param name="P99">The scenario's p99 over theirs.</param>
internal sealed record BareReport(double PerSecond, Times Times, double Rate, double P99);

/// <summary>One scenario.</summary>
/// <param name="Number">1 to 4.</param>
/// <param name="Title">What it is.</param>
/// <param name="Users">How many.</param>
/// <param name="Seed">Of all that was drawn.</param>
/// <param name="WarmUpSeconds">Not measured.</param>
/// <param name="Seconds">Measured.</param>
/// <param name="Served">Requests that were due in that time and answered as they should be.</param>
/// <param name="PerSecond">The same a second.</param>
/// <param name="Times">From when they were due.</param>
/// <param name="Filled">The same, with the requests that users did not come to make while they waited.</param>
/// <param name="Whole">From when they were due at first, all times that they were turned away included.</param>
/// <param name="SentLate">How late this program sent them; part of all times.</param>
/// <param name="Refused">Answers 503 with Retry-After.</param>
/// <param name="MostRetries">The most that any request needed.</param>
/// <param name="Failed">Requests, of the warm-up too, that were not answered as they should be.</param>
/// <param name="Failures">The first of them.</param>
/// <param name="Kinds">By what was asked.</param>
/// <param name="Processes">What each process used, warm-up included.</param>
/// <param name="Bare">Null where the storage is not within reach.</param>
/// <param name="Store">What the check of the store found.</param>
/// <param name="TargetP50">Milliseconds; null for none.</param>
/// <param name="TargetP99">Milliseconds; null for none.</param>
internal sealed record ScenarioReport(
    int Number, string Title, int Users, int Seed, double WarmUpSeconds, double Seconds, int Served, double PerSecond, Times? Times, Times? Filled, Times? Whole, Times? SentLate,
    int Refused, int MostRetries, int Failed, IReadOnlyList<string> Failures, IReadOnlyList<KindReport> Kinds, IReadOnlyList<ProcessUse> Processes, BareReport? Bare,
    StoreVerdict Store, double? TargetP50, double? TargetP99)
{
    /// <summary>Whether no request failed and the store was as it must be.</summary>
    internal bool Sound => Failed == 0 && Store.Holds;

    /// <summary>Whether the targets are met, by the less favourable of the two ways to count.</summary>
    internal bool Met => Times is not null && Filled is not null
        && (TargetP50 is not { } p50 || Math.Max(Times.P50, Filled.P50) < p50)
        && (TargetP99 is not { } p99 || Math.Max(Times.P99, Filled.P99) < p99);

    internal static ScenarioReport Of(
        IScenario scenario, LoadOptions options, Recorder recorder, (Sample[] Served, IReadOnlyDictionary<string, int> Refused) measured, IReadOnlyList<ProcessUse> uses,
        StoreVerdict verdict, Latencies? bare)
    {
        var (served, refused) = measured;
        var (seconds, times) = (options.Time.TotalSeconds, served.Select(sample => sample.Milliseconds).ToArray());
        var all = Times.Of(times);
        return new(
            scenario.Number,
            scenario.Title,
            scenario.Users,
            options.Seed,
            options.WarmUp.TotalSeconds,
            seconds,
            served.Length,
            served.Length / seconds,
            all,
            Times.Of([.. Stalls.Filled(times, 1000 * scenario.Think.Mean)]),
            Times.Of([.. served.Select(sample => sample.WholeMilliseconds)]),
            Times.Of([.. served.Select(sample => sample.LateMilliseconds)]),
            refused.Values.Sum(),
            served.Length == 0 ? 0 : served.Max(sample => sample.Retries),
            recorder.Failed,
            recorder.Failures,
            [.. served.GroupBy(sample => sample.Kind).OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => Kind(kind.Key, [.. kind], seconds, refused.GetValueOrDefault(kind.Key)))],
            uses,
            bare is null || all is null ? null : new(bare.PerSecond, Times.Of(bare), served.Length / seconds / bare.PerSecond, all.P99 / bare.P99),
            verdict,
            scenario.Targets.P50,
            scenario.Targets.P99);
    }

    private static KindReport Kind(string kind, Sample[] served, double seconds, int refused)
    {
        Trips[] trips = [.. served.Select(sample => sample.Trips).OfType<Trips>()];
        return new(
            kind, served.Length, served.Length / seconds, Times.Of([.. served.Select(sample => sample.Milliseconds)])!, refused,
            Mean(trip => trip.Reads), Mean(trip => trip.Queries), Mean(trip => trip.Writes));

        double? Mean(Func<Trips, int> of) => trips.Length == 0 ? null : trips.Average(of);
    }
}
