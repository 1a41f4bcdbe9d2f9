using System.Diagnostics.Metrics;
using Governance.Functions.Hosting;

namespace Governance.Functions.Observability;

/// <summary>The app's own measurements, their names and units. Tags have few values, never an id.</summary>
internal static class Metrics
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "Governance";

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> RefusedCalls =
        Meter.CreateCounter<long>("governance.http.refused", "{call}", "Calls turned away because their group's concurrency limit was reached.");

    private static readonly Histogram<double> TimerDurations =
        Meter.CreateHistogram<double>("governance.timer.duration", "s", "How long a timer's run took.");

    /// <summary>A call was turned away.</summary>
    public static void Refused(FunctionGroup group) => RefusedCalls.Add(1, new KeyValuePair<string, object?>("group", group.ToString()));

    /// <summary>A timer's run ended.</summary>
    public static void TimerRan(string name, TimeSpan duration, bool succeeded) => TimerDurations.Record(
        duration.TotalSeconds, new KeyValuePair<string, object?>("timer", name), new KeyValuePair<string, object?>("outcome", succeeded ? "succeeded" : "failed"));
}
