namespace Governance.Testing;

/// <summary>
/// A clock for a whole app that lives through weeks: it stands still until a test lets it leap, and then fires whatever is due once, however
/// long the leap. Waits of some seconds also run out in real time, because what they guard is outside and real: leases, retries, connections.
/// </summary>
public sealed class LeapingClock : TimeProvider
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly HashSet<LeapingTimer> _timers = [];
    private DateTimeOffset _now;

    /// <param name="now">Where the clock stands at first, UTC.</param>
    public LeapingClock(DateTimeOffset now) => _now = now;

    /// <summary>Told how far the clock is about to leap, for what keeps a time of its own.</summary>
    public event Action<TimeSpan>? Leaping;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    /// <summary>Moves the clock on and fires what is due, in the order of its times, on the calling thread.</summary>
    /// <param name="to">Not before now.</param>
    public void LeapTo(DateTimeOffset to)
    {
        Leaping?.Invoke(to - GetUtcNow());
        List<(LeapingTimer Timer, long Setting)> due;
        lock (_gate)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(to, _now);
            _now = to;
            due = [.. _timers.Where(timer => timer.DueAt <= to).OrderBy(timer => timer.DueAt).Select(timer => (timer, timer.Setting))];
        }

        foreach (var (timer, setting) in due)
        {
            timer.Fire(setting);
        }
    }

    /// <summary>Moves the clock on by so much.</summary>
    public void Leap(TimeSpan by) => LeapTo(GetUtcNow() + by);

    /// <summary>Sets the clock back, as a wrong time server would; timers stay due at their times.</summary>
    public void SetBack(TimeSpan by)
    {
        lock (_gate)
        {
            _now -= by;
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new LeapingTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class LeapingTimer(LeapingClock clock, TimerCallback callback, object? state) : ITimer
    {
        private ITimer? _real;
        private TimeSpan _period;

        public DateTimeOffset? DueAt { get; private set; }

        public long Setting { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                _real?.Dispose();
                (_real, _period) = (null, period);
                var setting = ++Setting;
                if (dueTime < TimeSpan.Zero)
                {
                    DueAt = null;
                    clock._timers.Remove(this);
                    return true;
                }

                DueAt = clock._now + dueTime;
                clock._timers.Add(this);
                if (dueTime <= Short)
                {
                    _real = System.CreateTimer(_ => Fire(setting), null, dueTime, Timeout.InfiniteTimeSpan);
                }

                return true;
            }
        }

        // Once for each setting, whichever of leap and real time comes first.
        public void Fire(long setting)
        {
            lock (clock._gate)
            {
                if (Setting != setting || DueAt is null)
                {
                    return;
                }

                DueAt = null;
                clock._timers.Remove(this);
            }

            if (_period > TimeSpan.Zero)
            {
                Change(_period, _period);
            }

            callback(state);
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
