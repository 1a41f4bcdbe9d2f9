namespace Governance.Functions.Hosting;

/// <summary>
/// Lets calls that begin new work in only as fast as the work gets done, once much of it waits. Who is turned away is told when there will be room, and that place is kept for
/// them: nobody who comes back when told is overtaken by those who come for the first time.
/// </summary>
/// <param name="limit">Pieces of work that may wait; more only by those whose place was kept.</param>
/// <param name="patience">How soon and how late somebody is told to come back. A place is kept for as long again as the latest.</param>
/// <param name="clock">Measures the pace.</param>
/// <param name="waiting">How much waits now.</param>
internal sealed class Intake(int limit, GatePatience patience, TimeProvider clock, Func<int> waiting)
{
    // The weight of the last second in the pace.
    private const double Newest = 0.25;

    // One place in so many may be kept for those who are to come back, and one in so many for one caller.
    private const int ShareOfKept = 2;
    private const int ShareOfOneCaller = 10;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly long _began = clock.GetTimestamp();
    private readonly Dictionary<Guid, Queue<TimeSpan>> _kept = [];
    private int _keptCount;
    private int _letIn;
    private (TimeSpan At, int Waiting) _looked;
    private double _pace;
    private TimeSpan _nextReturn;
    private double _spread;

    /// <summary>Whether a call may begin new work now.</summary>
    /// <param name="caller">Who makes it.</param>
    /// <param name="retryAfter">When to come back otherwise; whole seconds.</param>
    public bool LetsIn(Guid caller, out TimeSpan retryAfter)
    {
        lock (_gate)
        {
            var (now, waits) = (clock.GetElapsedTime(_began), waiting());
            Look(now, waits);

            // What nobody thought of may have slowed the work down: there is an end to what was promised, too.
            var room = TakesKept(caller, now) ? 2 * limit : limit - _keptCount;
            if (waits < room)
            {
                _letIn++;
                retryAfter = TimeSpan.Zero;
                return true;
            }

            retryAfter = TimeSpan.FromSeconds(Math.Ceiling(Return(caller, now, waits).TotalSeconds));
            return false;
        }
    }

    private bool TakesKept(Guid caller, TimeSpan now)
    {
        if (!_kept.TryGetValue(caller, out var places) || places.Peek() > now)
        {
            return false;
        }

        Drop(caller, places);
        return true;
    }

    private TimeSpan Return(Guid caller, TimeSpan now, int waits)
    {
        var each = TimeSpan.FromSeconds(1 / Math.Max(_pace, 1));
        var free = now + Longer(patience.RetryAfter, Math.Max(0, waits - limit) * each);
        var due = Longer(free, _nextReturn + each);
        var places = _kept.GetValueOrDefault(caller);
        if (due - now > patience.LongestRetryAfter || _keptCount >= limit / ShareOfKept || places?.Count >= Math.Max(1, limit / ShareOfOneCaller))
        {
            // Nothing can be promised; they are spread over the later half of the time, again and again.
            _spread = (_spread + each.TotalSeconds) % Math.Max(1, patience.LongestRetryAfter.TotalSeconds / 2);
            return Longer(patience.RetryAfter, (patience.LongestRetryAfter / 2) + TimeSpan.FromSeconds(_spread));
        }

        if (places is null)
        {
            _kept.Add(caller, places = new());
        }

        places.Enqueue(due);
        _keptCount++;
        _nextReturn = due;
        return due - now;
    }

    private void Look(TimeSpan now, int waits)
    {
        var span = now - _looked.At;
        if (span < LookEvery)
        {
            return;
        }

        // With little to do the pace is that of those who come, not that of the work.
        if (waits >= limit / 4)
        {
            var done = Math.Max(0, _letIn - (waits - _looked.Waiting)) / span.TotalSeconds;
            _pace += _pace == 0 ? done : (done - _pace) * Newest;
        }

        foreach (var (caller, places) in _kept)
        {
            while (places.TryPeek(out var due) && due + patience.LongestRetryAfter < now)
            {
                Drop(caller, places);
            }
        }

        (_looked, _letIn) = ((now, waits), 0);
    }

    private void Drop(Guid caller, Queue<TimeSpan> places)
    {
        places.Dequeue();
        _keptCount--;
        if (places.Count == 0)
        {
            _kept.Remove(caller);
        }
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
