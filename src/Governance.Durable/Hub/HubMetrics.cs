using System.Diagnostics.Metrics;
using Governance.Durable.Protocol;

namespace Governance.Durable.Hub;

/// <summary>The hub's own measurements, their names and units. Tags have few values, never an id.</summary>
internal sealed class HubMetrics : IDisposable
{
    private static readonly InstrumentAdvice<double> Short = new() { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] };
    private static readonly InstrumentAdvice<double> Long = new() { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600] };

    private readonly Counter<long> _turns;
    private readonly Histogram<double> _turnDurations;
    private readonly Histogram<double> _activityDurations;
    private readonly Histogram<double> _timerLags;
    private readonly Counter<long> _storageFailures;
    private readonly Counter<long> _ownershipsLost;
    private volatile HubWorld? _world;

    public HubMetrics()
    {
        _turns = Meter.CreateCounter<long>("governance.hub.turns", "{turn}", "Turns stored, by what the instance does then.");
        _turnDurations = Meter.CreateHistogram<double>(
            "governance.hub.turn.duration", "s", "How long a turn took: reading the history where it is not in memory, the orchestrator, the write.", advice: Short);
        _activityDurations = Meter.CreateHistogram<double>("governance.hub.activity.duration", "s", "How long an activity ran.", advice: Long);
        _timerLags = Meter.CreateHistogram<double>(
            "governance.hub.timer.lag", "s", "How long after its time a timer was seen by a turn.", advice: Long);
        _storageFailures = Meter.CreateCounter<long>("governance.hub.storage.failures", "{attempt}", "Attempts at storage without a clear answer; each is repeated.");
        _ownershipsLost = Meter.CreateCounter<long>(
            "governance.hub.ownership.lost", "{ownership}", "Times that the hub was lost to another process or had to be read anew.");
        Meter.CreateObservableGauge("governance.hub.ready", () => _world?.Ready.Count ?? 0, "{instance}", "Instances that are ready and wait for a turn.");
        Meter.CreateObservableGauge("governance.hub.instances", () => _world?.LiveInstances ?? 0, "{instance}", "Instances that have not ended.");
        Meter.CreateObservableGauge(
            "governance.hub.activities.waiting", () => _world?.Activities.Count ?? 0, "{activity}", "Activities that wait for their run.");
    }

    /// <summary>A meter of this hub's own; all of the app's meters share the name.</summary>
    public Meter Meter { get; } = new("Governance");

    /// <summary>The ownership whose queues are shown; null while there is none.</summary>
    public void Show(HubWorld? world) => _world = world;

    /// <summary>A turn is stored.</summary>
    public void Turned(InstanceSnapshot after, TimeSpan duration)
    {
        _turns.Add(1, new KeyValuePair<string, object?>("result", Result(after)));
        _turnDurations.Record(duration.TotalSeconds);
    }

    /// <summary>An activity has run.</summary>
    /// <param name="name">Its registered name; code names activities, so there are few.</param>
    public void Ran(string name, bool succeeded, TimeSpan duration) => _activityDurations.Record(
        duration.TotalSeconds, new KeyValuePair<string, object?>("activity", name), new KeyValuePair<string, object?>("outcome", succeeded ? "succeeded" : "failed"));

    /// <summary>A turn sees a timer.</summary>
    public void Late(TimeSpan lag) => _timerLags.Record(Math.Max(0, lag.TotalSeconds));

    /// <summary>Storage gave no clear answer.</summary>
    public void StorageFailed() => _storageFailures.Add(1);

    /// <summary>This process no longer owns the hub, though nobody asked it to stop.</summary>
    public void OwnershipLost() => _ownershipsLost.Add(1);

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    /// <summary>What an instance does after a turn.</summary>
    public static string Result(InstanceSnapshot after) => after.State.OrchestrationStatus switch
    {
        OrchestrationStatus.Completed => "completed",
        OrchestrationStatus.Failed => "failed",
        OrchestrationStatus.Terminated or OrchestrationStatus.Canceled => "terminated",
        _ => after.Opening.IsEmpty ? "waits" : "continues",
    };
}
