using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Governance.Functions.Hosting;

namespace Governance.Functions.Observability;

/// <summary>What the concurrency limits show of themselves.</summary>
internal sealed class GateMetrics : IDisposable
{
    private readonly Histogram<double> _waits;

    /// <param name="groups">The gates that are read whenever somebody looks.</param>
    /// <param name="polls">The calls that wait outside of them.</param>
    public GateMetrics(ImmutableSortedDictionary<FunctionGroup, GroupGate> groups, LongPolls polls)
    {
        Meter.CreateObservableGauge("governance.http.places", () => groups.Select(group => Of(group.Key, group.Value.Inside)), "{call}", "Calls that hold a place of their group.");
        Meter.CreateObservableGauge("governance.http.waiting", () => groups.Select(group => Of(group.Key, group.Value.Waiting)), "{call}", "Calls that wait for a place.");
        Meter.CreateObservableGauge("governance.http.long_polls", () => polls.Count, "{call}", "Calls that hold no place and wait for something to happen.");
        _waits = Meter.CreateHistogram<double>(
            "governance.http.wait", "s", "How long calls waited that did not find a place at once.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 1, 2.5] });
    }

    /// <summary>A meter of these gates' own; all of the app's meters share the name.</summary>
    public Meter Meter { get; } = new(Metrics.Name);

    /// <summary>A call has waited, whatever came of it.</summary>
    public void Waited(FunctionGroup group, TimeSpan time) => _waits.Record(time.TotalSeconds, new KeyValuePair<string, object?>("group", group.ToString()));

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    private static Measurement<int> Of(FunctionGroup group, int count) => new(count, new KeyValuePair<string, object?>("group", group.ToString()));
}
