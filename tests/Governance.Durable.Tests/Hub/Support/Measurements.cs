using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Governance.Durable.Hub;

namespace Governance.Durable.Tests.Hub;

/// <summary>What one hub's meter says, by instrument and tags.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Instrument, string Tags, double Value)> _all = new();
    private readonly ConcurrentDictionary<string, double> _gauges = new();

    public Measurements(HubMetrics metrics)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == metrics.Meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => _gauges[instrument.Name] = value);
        _listener.Start();
    }

    public IReadOnlyList<double> Values(string instrument, string tags = "") =>
        [.. _all.Where(each => each.Instrument == instrument && each.Tags == tags).Select(each => each.Value)];

    public double Sum(string instrument, string tags = "") => Values(instrument, tags).Sum();

    public double Gauge(string instrument)
    {
        _listener.RecordObservableInstruments();
        return _gauges[instrument];
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var said = new List<string>();
        foreach (var (name, tag) in tags)
        {
            said.Add($"{name}={tag}");
        }

        _all.Enqueue((instrument.Name, string.Join(' ', said), value));
    }
}
