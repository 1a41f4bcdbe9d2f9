namespace Governance.Intune.Tests.Support;

/// <summary>
/// A clock on which every wait is over at once: whoever waits moves time to the end of the wait. Time limits (timers that are no
/// <c>Task.Delay</c>) fire only when somebody's wait goes past them, so a slow answer runs into a limit without anybody being slow.
/// </summary>
internal sealed class JumpingClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Timer> _limits = [];
    private DateTimeOffset _now = new(2026, 3, 3, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Every wait so far, in order.</summary>
    public List<TimeSpan> Waits { get; } = [];

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>Moves time on and fires the limits on the way.</summary>
    public void Advance(TimeSpan by) => MoveTo(GetUtcNow() + by);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void MoveTo(DateTimeOffset to)
    {
        while (true)
        {
            Timer? due;
            lock (_gate)
            {
                due = _limits.Where(limit => limit.DueAt <= to).MinBy(limit => limit.DueAt);
                _now = due?.DueAt > _now ? due.DueAt!.Value : due is null && to > _now ? to : _now;
                if (due is null)
                {
                    return;
                }

                _limits.Remove(due);
            }

            due.Fire();
        }
    }

    private sealed class Timer(JumpingClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset? DueAt { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                clock._limits.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                {
                    return true;
                }

                DueAt = clock._now + dueTime;
                if (state is not Task)
                {
                    clock._limits.Add(this);
                    return true;
                }

                clock.Waits.Add(dueTime);
            }

            ThreadPool.QueueUserWorkItem(
                _ =>
                {
                    clock.MoveTo(DueAt!.Value);
                    Fire();
                },
                null);
            return true;
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                clock._limits.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
