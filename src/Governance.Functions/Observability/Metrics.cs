using System.Diagnostics.Metrics;
using Governance.Core;
using Governance.Core.Rollout;
using Governance.Functions.Hosting;
using Governance.Storage.Sweeps;

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

    private static readonly Counter<long> SweepItems =
        Meter.CreateCounter<long>("governance.sweep.items", "{item}", "Things that sweeps looked at, acted on, or failed at.");

    private static readonly Gauge<double> SweepLag =
        Meter.CreateGauge<double>("governance.sweep.lag", "s", "How late the latest thing of a sweep's last step was.");

    private static readonly Histogram<double> SweepRounds =
        Meter.CreateHistogram<double>("governance.sweep.round", "s", "How long a complete round of a sweep took, pauses included.");

    private static readonly Counter<long> GateLooks =
        Meter.CreateCounter<long>("governance.gate.looks", "{look}", "Looks at promotion gates, by the ring that is left and the verdict.");

    private static readonly Counter<long> SilentPlanes =
        Meter.CreateCounter<long>("governance.gate.silences", "{silence}", "Rollouts whose plane has not answered for longer than an hour.");

    private static readonly Counter<long> Breaches =
        Meter.CreateCounter<long>("governance.gate.breaches", "{breach}", "Rings that did so badly that a rollback was started.");

    private static readonly Counter<long> Events =
        Meter.CreateCounter<long>("governance.events", "{event}", "Events that this process has appended to the logs, by type.");

    private static readonly Histogram<double> DecisionLeadTimes =
        Meter.CreateHistogram<double>("governance.cab.lead_time", "s", "From the CAB's being asked to its decision.");

    /// <summary>An event was appended.</summary>
    public static void Happened(string eventType) => Events.Add(1, new KeyValuePair<string, object?>("event_type", eventType));

    /// <summary>The CAB has decided.</summary>
    public static void Decided(string decision, TimeSpan lead) =>
        DecisionLeadTimes.Record(lead.TotalSeconds, new KeyValuePair<string, object?>("decision", decision));

    /// <summary>A gate was looked at.</summary>
    public static void Looked(GateVerdict verdict) => GateLooks.Add(
        1, new KeyValuePair<string, object?>("ring", verdict.Step.From?.WireName() ?? "none"), new KeyValuePair<string, object?>("verdict", verdict.Verdict.ToString()));

    /// <summary>A plane has not answered for long.</summary>
    public static void PlaneSilent(string plane) => SilentPlanes.Add(1, new KeyValuePair<string, object?>("plane", plane));

    /// <summary>A rollback was started for a breach.</summary>
    public static void Breached(Ring ring) => Breaches.Add(1, new KeyValuePair<string, object?>("ring", ring.WireName()));

    /// <summary>A call was turned away.</summary>
    public static void Refused(FunctionGroup group) => RefusedCalls.Add(1, new KeyValuePair<string, object?>("group", group.ToString()));

    /// <summary>A timer's run ended.</summary>
    public static void TimerRan(string name, TimeSpan duration, bool succeeded) => TimerDurations.Record(
        duration.TotalSeconds, new KeyValuePair<string, object?>("timer", name), new KeyValuePair<string, object?>("outcome", succeeded ? "succeeded" : "failed"));

    /// <summary>A step of a sweep ended.</summary>
    public static void SweepStepped(string name, SweepStep step)
    {
        Count(name, "looked", step.Looked);
        Count(name, "acted", step.Acted);
        Count(name, "failed", step.Failed);
        SweepLag.Record(step.Lag.TotalSeconds, new KeyValuePair<string, object?>("sweep", name));
    }

    /// <summary>A round of a sweep is complete.</summary>
    public static void SweepRoundEnded(string name, SweepRound round) =>
        SweepRounds.Record((round.EndedAt - round.StartedAt).TotalSeconds, new KeyValuePair<string, object?>("sweep", name));

    private static void Count(string name, string outcome, int count) => SweepItems.Add(
        count, new KeyValuePair<string, object?>("sweep", name), new KeyValuePair<string, object?>("outcome", outcome));
}
