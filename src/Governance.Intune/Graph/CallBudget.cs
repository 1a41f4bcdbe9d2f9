namespace Governance.Intune.Graph;

/// <summary>
/// Keeps all calls of this process within Graph's limits. Each call takes its place in line and waits until the call a full
/// window's number before it is a window old: whatever the burst, no window ever holds more than the limit.
/// </summary>
internal sealed class CallBudget(CallBudgetOptions options, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly SlidingWindow _writes = new(options.WritesPerWindow, options.Window);
    private readonly SlidingWindow _requests = new(options.RequestsPerWindow, options.Window);
    private DateTimeOffset _pausedUntil = DateTimeOffset.MinValue;

    /// <summary>Waits for a place.</summary>
    public async ValueTask Wait(bool write, CancellationToken cancellation)
    {
        if (options.Unlimited)
        {
            return;
        }

        var wait = Reserve(write);
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, clock, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Graph asked one call to wait: all others wait too, or they would be refused as well.</summary>
    public void Pause(TimeSpan until)
    {
        lock (_gate)
        {
            var at = clock.GetUtcNow() + until;
            _pausedUntil = at > _pausedUntil ? at : _pausedUntil;
        }
    }

    private TimeSpan Reserve(bool write)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            var at = now > _pausedUntil ? now : _pausedUntil;
            at = _requests.NotBefore(at);
            at = write ? _writes.NotBefore(at) : at;
            _requests.Take(at);
            if (write)
            {
                _writes.Take(at);
            }

            return at - now;
        }
    }

    /// <summary>The times of the last calls, oldest first, in a ring.</summary>
    private sealed class SlidingWindow(int limit, TimeSpan window)
    {
        private readonly DateTimeOffset[] _taken = new DateTimeOffset[limit];
        private int _oldest;

        public DateTimeOffset NotBefore(DateTimeOffset at)
        {
            var oldest = _taken[_oldest];
            return oldest != default && oldest + window > at ? oldest + window : at;
        }

        public void Take(DateTimeOffset at)
        {
            _taken[_oldest] = at;
            _oldest = (_oldest + 1) % _taken.Length;
        }
    }
}
