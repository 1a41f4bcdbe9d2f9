namespace Governance.LoadTests.Load;

/// <summary>One request that was served, or failed. Times are from the recorder's start.</summary>
/// <param name="Kind">What was asked.</param>
/// <param name="FirstDue">When it was to be sent at first.</param>
/// <param name="Due">When its last attempt was to be sent.</param>
/// <param name="Sent">When that was sent.</param>
/// <param name="Done">When its answer was read to the end.</param>
/// <param name="Retries">How often it had been turned away before.</param>
/// <param name="Trips">What it cost in storage operations, where the app says so.</param>
internal readonly record struct Sample(string Kind, TimeSpan FirstDue, TimeSpan Due, TimeSpan Sent, TimeSpan Done, int Retries, Trips? Trips)
{
    /// <summary>From when it was due: what the user waited, a stall of this program included.</summary>
    internal double Milliseconds => (Done - Due).TotalMilliseconds;

    /// <summary>How late this program sent it.</summary>
    internal double LateMilliseconds => (Sent - Due).TotalMilliseconds;

    /// <summary>From when it was due at first, all times that it was turned away included.</summary>
    internal double WholeMilliseconds => (Done - FirstDue).TotalMilliseconds;
}

/// <summary>Takes down what users saw, from all of them at once.</summary>
internal sealed class Recorder(TimeProvider clock)
{
    private const int KeptFailures = 20;

    private readonly Lock _gate = new();
    private readonly List<Sample> _samples = [];
    private readonly List<(string Kind, TimeSpan At)> _refused = [];
    private readonly Dictionary<string, int> _failures = new(StringComparer.Ordinal);

    /// <summary>The clock's timestamp that all times count from.</summary>
    internal long Began { get; } = clock.GetTimestamp();

    /// <summary>How many requests failed.</summary>
    internal int Failed { get; private set; }

    /// <summary>The first kinds of what went wrong, a line each with how often.</summary>
    internal IReadOnlyList<string> Failures
    {
        get
        {
            lock (_gate)
            {
                return [.. _failures.OrderByDescending(failure => failure.Value).Select(failure => $"{failure.Value} × {failure.Key}")];
            }
        }
    }

    /// <summary>A request was turned away, to come again.</summary>
    internal void Refused(string kind, TimeSpan at)
    {
        lock (_gate)
        {
            _refused.Add((kind, at));
        }
    }

    /// <summary>A request was answered.</summary>
    /// <param name="sample">When.</param>
    /// <param name="problem">What is wrong with the answer; null where nothing is.</param>
    internal void Served(Sample sample, string? problem)
    {
        lock (_gate)
        {
            if (problem is null)
            {
                _samples.Add(sample);
            }
            else
            {
                Fail($"{sample.Kind}: {problem}");
            }
        }
    }

    /// <summary>Something else went wrong, such as in keeping up the supply.</summary>
    internal void Failure(string what)
    {
        lock (_gate)
        {
            Fail(what);
        }
    }

    /// <summary>What was served since, of how many in all; for showing how it goes.</summary>
    internal (Sample[] Since, int Served, int Refused) From(int known)
    {
        lock (_gate)
        {
            return ([.. _samples.Skip(known)], _samples.Count, _refused.Count);
        }
    }

    /// <summary>Requests that were due within a time and served, and how many were turned away in it.</summary>
    internal (Sample[] Served, IReadOnlyDictionary<string, int> Refused) Within(TimeSpan from, TimeSpan to)
    {
        lock (_gate)
        {
            return (
                [.. _samples.Where(sample => sample.Due >= from && sample.Due < to)],
                _refused.Where(refused => refused.At >= from && refused.At < to).CountBy(refused => refused.Kind).ToDictionary(StringComparer.Ordinal));
        }
    }

    private void Fail(string what)
    {
        Failed++;
        if (_failures.Count < KeptFailures || _failures.ContainsKey(what))
        {
            _failures[what] = _failures.GetValueOrDefault(what) + 1;
        }
    }
}
