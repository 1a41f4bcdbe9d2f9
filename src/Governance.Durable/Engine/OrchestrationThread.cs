namespace Governance.Durable.Engine;

/// <summary>
/// The one thread of a turn. User code runs only inside <see cref="Run"/> and <see cref="Drain"/>; what it awaits comes
/// back here as a posted continuation. Whoever posts from elsewhere has waited for something that no history records.
/// </summary>
internal sealed class OrchestrationThread : SynchronizationContext, IDisposable
{
    /// <summary>How long user code may block the thread. Contended locks stay far below; a wait for a durable task would never end.</summary>
    public static readonly TimeSpan LongestBlock = TimeSpan.FromSeconds(10);

    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();
    private readonly List<CancellationTokenRegistration> _registrations = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly SynchronizationContext? _outer = Current;
    private readonly TimeSpan _longestBlock;
    private volatile NonDurableAwaitException? _violation;
    private volatile bool _over;

    public OrchestrationThread(TimeSpan? longestBlock = null)
    {
        _longestBlock = longestBlock ?? LongestBlock;
        SetWaitNotificationRequired();
        SetSynchronizationContext(null);
    }

    /// <summary>The first thing seen that no replay could repeat; null while all is well.</summary>
    public NonDurableAwaitException? Violation => _violation;

    /// <summary>Runs user code until it waits, and everything that this sets in motion.</summary>
    public void Run(Action code)
    {
        SetSynchronizationContext(this);
        try
        {
            code();
        }
        finally
        {
            SetSynchronizationContext(null);
        }

        Drain();
    }

    /// <summary>Runs what was posted, until nothing is left.</summary>
    public void Drain()
    {
        SetSynchronizationContext(this);
        try
        {
            while (_posted.TryDequeue(out var work))
            {
                work.Callback(work.State);
            }
        }
        finally
        {
            SetSynchronizationContext(null);
        }
    }

    /// <summary>
    /// Completes a durable task. The context is put aside meanwhile, so that code which waits for the task is posted and
    /// runs in its turn, not in the middle of whoever completes it.
    /// </summary>
    public static void Complete(Action complete)
    {
        var current = Current;
        SetSynchronizationContext(null);
        try
        {
            complete();
        }
        finally
        {
            SetSynchronizationContext(current);
        }
    }

    /// <summary>
    /// Ends a wait when its token is cancelled, which must happen on this thread: a token that something outside cancels
    /// is no part of any history.
    /// </summary>
    public void OnCancelled(Action end, CancellationToken cancellation)
    {
        if (cancellation.CanBeCanceled)
        {
            _registrations.Add(cancellation.Register(() =>
            {
                if (IsHere("A cancellation token of the orchestrator was cancelled from another thread."))
                {
                    Complete(end);
                }
            }));
        }
    }

    /// <summary>Called first by every member of the context that depends on the turn.</summary>
    /// <exception cref="NonDurableAwaitException">The caller is not on the orchestration's thread, or the turn is over.</exception>
    public void Enter(string member)
    {
        if (_over || Current != this || Environment.CurrentManagedThreadId != _thread)
        {
            throw Escaped($"The orchestrator used {member} outside its own thread.");
        }
    }

    /// <summary>Whether the caller is on the orchestration's thread; otherwise that is noted.</summary>
    public bool IsHere(string what)
    {
        if (!_over && Environment.CurrentManagedThreadId == _thread)
        {
            return true;
        }

        Escaped(what);
        return false;
    }

    /// <summary>Notes that the orchestrator left the path that a replay could repeat.</summary>
    public NonDurableAwaitException Escaped(string what)
    {
        var violation = new NonDurableAwaitException(
            what + " It awaits or starts something that is not durable (such as Task.Delay, Task.Run, I/O, or ConfigureAwait(false)): "
            + "await only tasks of the TaskOrchestrationContext and combinations of them, and move everything else into an activity.");
        Interlocked.CompareExchange(ref _violation, violation, null);
        return violation;
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsHere("The orchestrator went on after something that completed on another thread."))
        {
            _posted.Enqueue((d, state));
        }
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        Enter(nameof(SynchronizationContext));
        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Blocking waits of user code end up here. A short one, such as for a lock, passes.</summary>
    public override int Wait(IntPtr[] waitHandles, bool waitAll, int millisecondsTimeout)
    {
        var limit = (int)_longestBlock.TotalMilliseconds;
        var bounded = millisecondsTimeout < 0 || millisecondsTimeout > limit;
        var result = WaitHelper(waitHandles, waitAll, bounded ? limit : millisecondsTimeout);
        return bounded && result == WaitHandle.WaitTimeout
            ? throw Escaped($"The orchestrator blocked its thread for {_longestBlock.TotalSeconds:0.###} s (Wait, Result or a lock).")
            : result;
    }

    /// <summary>Ends the turn: what is posted from now on is nobody's.</summary>
    public void Dispose()
    {
        _over = true;
        _posted.Clear();
        _registrations.ForEach(registration => registration.Unregister());
        SetSynchronizationContext(_outer);
    }
}
