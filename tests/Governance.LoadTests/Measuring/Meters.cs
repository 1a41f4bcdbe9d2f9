using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Governance.LoadTests.Measuring;

/// <summary>Adds up what the app measures about itself: each measurement counts once, under its name and the values of the tags asked for.</summary>
internal sealed class Meters : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <param name="wanted">Names of instruments, each with the tags that tell its measurements apart.</param>
    internal Meters(IReadOnlyDictionary<string, string[]> wanted)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Governance" && wanted.TryGetValue(instrument.Name, out var tags))
            {
                listener.EnableMeasurementEvents(instrument, tags);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, state) => Add(instrument.Name, 1, tags, state));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, state) => Add(instrument.Name, value, tags, state));
        _listener.Start();
    }

    /// <summary>What was counted since the last call, by name.</summary>
    internal IReadOnlyDictionary<string, long> Take()
    {
        var taken = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var name in _counts.Keys)
        {
            if (_counts.TryRemove(name, out var count))
            {
                taken[name] = count;
            }
        }

        return taken;
    }

    public void Dispose() => _listener.Dispose();

    private void Add(string name, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        foreach (var wanted in (string[])state!)
        {
            foreach (var tag in tags)
            {
                name = tag.Key == wanted ? $"{name} {tag.Value}" : name;
            }
        }

        _counts.AddOrUpdate(name, value, (_, before) => before + value);
    }
}
