namespace Governance.Durable.Hub;

/// <summary>
/// A live instance in the owner's memory: what arrived and waits for a turn, its timers, and its history while it is hot.
/// One turn at a time. All members are safe to call from many threads.
/// </summary>
/// <param name="firstExecutionId">The execution that the instance began with.</param>
internal sealed class LiveInstance(string id, HubShard shard, string executionId, string firstExecutionId)
{
    // Most live instances wait for something far away, so what is empty takes no memory.
    private readonly Lock _gate = new();
    private List<Arrival>? _arrivals;
    private (int Id, TimerQueue<DueTimer>.Entry Entry)[] _timers = [];
    private string _timersOf = executionId;
    private bool _wanted;
    private bool _queued;
    private bool _running;

    public string Id { get; } = id;

    public HubShard Shard { get; } = shard;

    public string FirstExecutionId { get; } = firstExecutionId;

    /// <summary>Changes when the instance continues as new.</summary>
    public string ExecutionId { get; private set; } = executionId;

    /// <summary>True from when its last turn is on its way to storage; nothing is accepted for it any more.</summary>
    public bool Ended { get; set; }

    /// <summary>Its open activities have to be given out: set on recovery, when nobody remembers them.</summary>
    public bool Resuming { get; set; }

    /// <summary>It could not be read or stored and gets no turn until the hub starts again.</summary>
    public bool Resting { get; set; }

    /// <summary>When its first turn may run; null when at once, or when it has run.</summary>
    public DateTimeOffset? StartAt { get; set; }

    /// <summary>Its last committed state while it is hot; null when it has to be read.</summary>
    public InstanceSnapshot? Snapshot { get; set; }

    /// <summary>Adds what has arrived.</summary>
    /// <returns>True when the caller has to put the instance into the queue of those that are ready.</returns>
    public bool Arrive(Arrival? arrival)
    {
        lock (_gate)
        {
            if (arrival is not null)
            {
                (_arrivals ??= []).Add(arrival);
            }

            _wanted = true;
            return Queue();
        }
    }

    /// <summary>It was taken from the queue; it gives its turn up unless results that only memory holds wait for it.</summary>
    /// <returns>True when it gave its turn up.</returns>
    public bool PassWithoutResults()
    {
        lock (_gate)
        {
            return !(_queued = _arrivals?.Exists(arrival => HistoryEvents.ClosedActivity(arrival.Event) >= 0) ?? false);
        }
    }

    /// <summary>Begins a turn.</summary>
    /// <returns>The first arrivals, at most so many; they stay until <see cref="Took"/>.</returns>
    public IReadOnlyList<Arrival> Begin(int atMost)
    {
        lock (_gate)
        {
            (_queued, _running, _wanted) = (false, true, false);
            return _arrivals is null ? [] : [.. _arrivals.Take(atMost)];
        }
    }

    /// <summary>The turn is stored, or has shown that there was nothing to do: its arrivals are gone.</summary>
    public void Took(int arrivals)
    {
        lock (_gate)
        {
            _arrivals?.RemoveRange(0, arrivals);
            _arrivals = _arrivals is { Count: > 0 } ? _arrivals : null;
            _wanted |= _arrivals is not null;
        }
    }

    /// <summary>Ends a turn.</summary>
    /// <returns>True when the caller has to put the instance into the queue again.</returns>
    public bool End()
    {
        lock (_gate)
        {
            _running = false;
            return Queue();
        }
    }

    /// <summary>Takes over the state after a stored turn.</summary>
    public void Store(InstanceSnapshot after)
    {
        lock (_gate)
        {
            (ExecutionId, Ended, Snapshot) = (after.ExecutionId, after.HasEnded, after);
            StartAt = after.Opening.IsEmpty ? null : StartAt;
            _wanted |= !after.Opening.IsEmpty;
        }
    }

    /// <summary>Sets the timers that are open now, and one for a later start, and drops the others.</summary>
    public void SetTimers(IEnumerable<KeyValuePair<int, DateTimeOffset>> open, DateTimeOffset? startAt, TimerQueue<DueTimer> queue)
    {
        lock (_gate)
        {
            var due = open.ToDictionary();
            if (startAt is { } start)
            {
                due.Add(DueTimer.Start, start);
            }

            var continued = _timersOf != ExecutionId;
            _timersOf = ExecutionId;
            var kept = new List<(int, TimerQueue<DueTimer>.Entry)>(due.Count);
            foreach (var timer in _timers)
            {
                if (!continued && due.Remove(timer.Id))
                {
                    kept.Add(timer);
                }
                else
                {
                    queue.Remove(timer.Entry);
                }
            }

            _timers = [.. kept, .. due.Select(timer => (timer.Key, queue.Add(timer.Value, new(this, ExecutionId, timer.Key, timer.Value))))];
        }
    }

    /// <summary>Rows of what arrived too late, after the last turn.</summary>
    public IReadOnlyList<string> Orphans()
    {
        lock (_gate)
        {
            return _arrivals is null ? [] : [.. _arrivals.Select(arrival => arrival.Row).OfType<string>()];
        }
    }

    private bool Queue()
    {
        if (!_wanted || _queued || _running || Ended || Resting)
        {
            return false;
        }

        return _queued = true;
    }
}

/// <summary>A timer of an instance that is due.</summary>
internal sealed record DueTimer(LiveInstance Instance, string ExecutionId, int Id, DateTimeOffset FireAt)
{
    /// <summary>The id that stands for the start of an instance that was scheduled for later.</summary>
    public const int Start = -1;
}
