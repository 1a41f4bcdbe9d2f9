namespace Governance.Durable.Hub;

/// <summary>
/// Due times in memory, with one timer of the clock for the earliest of them. Fires late rather than early, and each entry once; where
/// the clock was set or the machine slept, at most a minute late.
/// </summary>
/// <typeparam name="T">What is due.</typeparam>
internal sealed class TimerQueue<T> : IDisposable
{
    // The framework's timers do not notice that a machine slept or that its clock was set: the time is looked at again and again.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly SortedSet<Entry> _entries = new(Comparer<Entry>.Create((a, b) => a.Due != b.Due ? a.Due.CompareTo(b.Due) : a.Number.CompareTo(b.Number)));
    private readonly TimeProvider _clock;
    private readonly Action<T> _fire;
    private readonly ITimer _timer;
    private long _last;
    private bool _disposed;

    /// <param name="fire">Called once for each entry when it is due, on the clock's thread; must be quick.</param>
    public TimerQueue(TimeProvider clock, Action<T> fire)
    {
        (_clock, _fire) = (clock, fire);
        _timer = clock.CreateTimer(_ => FireDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Entries that wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Adds an entry. One that is due already fires at once, on another thread.</summary>
    /// <returns>Takes the entry out again; without effect once it has fired.</returns>
    public Entry Add(DateTimeOffset due, T what)
    {
        lock (_gate)
        {
            var entry = new Entry(due, ++_last, what);
            if (due <= _clock.GetUtcNow())
            {
                // Not on the caller's thread, which may hold locks that the answer needs.
                ThreadPool.QueueUserWorkItem(static fired => fired.Fire(fired.What), (Fire: _fire, What: what), preferLocal: false);
                return entry;
            }

            _entries.Add(entry);
            if (_entries.Min == entry)
            {
                Arm();
            }

            return entry;
        }
    }

    /// <summary>Takes an entry out. Without effect once it has fired.</summary>
    public void Remove(Entry entry)
    {
        lock (_gate)
        {
            _entries.Remove(entry);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _entries.Clear();
        }

        _timer.Dispose();
    }

    private void FireDue()
    {
        var due = new List<Entry>();
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            while (_entries.Min is { } first && first.Due <= now)
            {
                _entries.Remove(first);
                due.Add(first);
            }

            Arm();
        }

        foreach (var entry in due)
        {
            _fire(entry.What);
        }
    }

    private void Arm()
    {
        if (_entries.Min is { } first && !_disposed)
        {
            // Timers count whole milliseconds and drop the rest: rounded up, or the timer would ring just before the time.
            var wait = TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling((first.Due - _clock.GetUtcNow()).TotalMilliseconds)));
            _timer.Change(wait < LongestWait ? wait : LongestWait, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>One entry.</summary>
    /// <param name="Number">Order of adding.</param>
    internal sealed record Entry(DateTimeOffset Due, long Number, T What);
}
