namespace Governance.Functions.Hosting;

/// <summary>How patient a gate is, with those who wait and in what it tells those who are turned away.</summary>
/// <param name="LongestQueueing">How long a call waits for a place, and the wait above which it is not begun.</param>
/// <param name="RetryAfter">The least that a call that is turned away is told.</param>
/// <param name="LongestRetryAfter">The most; at least <paramref name="RetryAfter"/>.</param>
internal sealed record GatePatience(TimeSpan LongestQueueing, TimeSpan RetryAfter, TimeSpan LongestRetryAfter);

/// <summary>
/// The places of one group of functions. Whoever finds none waits in the line of their caller, and the lines take turns; who would wait too long is turned away at once
/// and told when to come back: one after the other, so that they do not all come at once.
/// </summary>
internal sealed class GroupGate(GroupLimit limit, GatePatience patience, TimeProvider clock)
{
    // Of the calls that the places can serve, one in ten is a returning one. About one call in eleven is then turned away, and six times in a row one in two million,
    // whatever the number of callers; a larger share has them back sooner and more often in vain.
    private const double ShareOfReturning = 0.1;

    // The weight of the newest call in the typical time: a change of pace is followed within some tens of calls, an odd one changes little.
    private const double Newest = 1.0 / 16;

    // A call that takes longer, over a slow line for one, says nothing about how soon the other places come free.
    private readonly double _longestTypical = 4 * patience.LongestQueueing.TotalSeconds;

    private readonly Lock _gate = new();
    private readonly CallerLines<TaskCompletionSource<bool>> _lines = new();
    private readonly long _began = clock.GetTimestamp();
    private int _inside;
    private double _typicalSeconds;
    private TimeSpan _nextReturn;

    /// <summary>Calls that hold a place.</summary>
    public int Inside => Read(() => _inside);

    /// <summary>Calls that wait for one.</summary>
    public int Waiting => Read(() => _lines.Count);

    /// <summary>Whether a call is turned away whoever makes it: even for a caller of whom nobody waits there is no room. Costs next to nothing, so it is asked before a token is looked at.</summary>
    /// <param name="retryAfter">What the call is told.</param>
    public bool IsClosed(out TimeSpan retryAfter)
    {
        lock (_gate)
        {
            var closed = _inside >= limit.AtOnce && RoomFor(waiting: 0) == Room.None;
            retryAfter = closed ? Return() : TimeSpan.Zero;
            return closed;
        }
    }

    /// <summary>Takes a place, now or after waiting for one.</summary>
    /// <param name="caller">Whose line the call waits in.</param>
    /// <param name="cancellation">Ends the wait; nothing is taken then.</param>
    public async ValueTask<Admission> Enter(Guid caller, CancellationToken cancellation)
    {
        var waiting = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_inside < limit.AtOnce)
            {
                _inside++;
                return Admitted();
            }

            switch (RoomFor(_lines.Of(caller)))
            {
                case Room.None:
                    return new(null, Return());
                case Room.OfAnother:
                    _lines.TakeNewestOfLongest()!.SetResult(false);
                    break;
            }

            _lines.Add(caller, waiting);
        }

        return await Turn(caller, waiting, cancellation) ? Admitted() : Refused();
    }

    /// <summary>A call gives its place back, which goes to whose turn it is.</summary>
    /// <param name="since">When it got the place, a timestamp of the clock.</param>
    public void Leave(long since)
    {
        var seconds = Math.Min(_longestTypical, clock.GetElapsedTime(since).TotalSeconds);
        lock (_gate)
        {
            _typicalSeconds += _typicalSeconds == 0 ? seconds : (seconds - _typicalSeconds) * Newest;
            HandOn();
        }
    }

    private async ValueTask<bool> Turn(Guid caller, TaskCompletionSource<bool> waiting, CancellationToken cancellation)
    {
        try
        {
            return await waiting.Task.WaitAsync(patience.LongestQueueing, clock, cancellation);
        }
        catch (TimeoutException)
        {
            // Its turn may have come at that very moment.
            return !StopsWaiting(caller, waiting) && await waiting.Task;
        }
        catch (OperationCanceledException)
        {
            if (!StopsWaiting(caller, waiting) && await waiting.Task)
            {
                lock (_gate)
                {
                    HandOn();
                }
            }

            throw;
        }
    }

    private bool StopsWaiting(Guid caller, TaskCompletionSource<bool> waiting)
    {
        lock (_gate)
        {
            return _lines.Remove(caller, waiting);
        }
    }

    private void HandOn()
    {
        if (_lines.TryTakeNext(out var next))
        {
            next.SetResult(true);
        }
        else
        {
            _inside--;
        }
    }

    private Room RoomFor(int waiting)
    {
        // As the lines take turns: so many of each other line go first, as far as they are that long.
        var lines = waiting == 0 ? _lines.Lines + 1 : _lines.Lines;
        var ahead = Math.Min(_lines.Count, ((waiting + 1) * (long)lines) - 1);
        if ((ahead + 1) * _typicalSeconds / limit.AtOnce > patience.LongestQueueing.TotalSeconds)
        {
            return Room.None;
        }

        return _lines.Count < limit.Waiting ? Room.Free
            : _lines.Longest > waiting + 1 ? Room.OfAnother
            : Room.None;
    }

    private TimeSpan Return()
    {
        var now = clock.GetElapsedTime(_began);
        var soonest = now + patience.RetryAfter;
        var next = (_nextReturn > soonest ? _nextReturn : soonest) + TimeSpan.FromSeconds(_typicalSeconds / limit.AtOnce / ShareOfReturning);
        if (next - now > patience.LongestRetryAfter)
        {
            // More than can ever be served: they are spread over the later half of the time, again and again.
            next = now + Longer(patience.RetryAfter, patience.LongestRetryAfter / 2);
        }

        _nextReturn = next;

        // The header has whole seconds; rounding to the nearer keeps the pace right.
        return Longer(patience.RetryAfter, TimeSpan.FromSeconds(Math.Round((next - now).TotalSeconds)));
    }

    private Admission Admitted() => new(new Place(this, clock.GetTimestamp()), TimeSpan.Zero);

    private Admission Refused()
    {
        lock (_gate)
        {
            return new(null, Return());
        }
    }

    private int Read(Func<int> count)
    {
        lock (_gate)
        {
            return count();
        }
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private enum Room
    {
        None,
        Free,

        // The last of the longest line has to go.
        OfAnother,
    }
}

/// <summary>What came of asking for a place.</summary>
/// <param name="Place">Null where the call has to be turned away.</param>
/// <param name="RetryAfter">What it is told then.</param>
internal readonly record struct Admission(Place? Place, TimeSpan RetryAfter);
