namespace Governance.Local.Intune;

/// <summary>Graph's limits for one application: so many writes and requests in 20 seconds.</summary>
internal sealed class Throttle(IntuneSimulatorOptions options, SimulatorClock clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(20);
    private readonly Lock _gate = new();
    private readonly Queue<DateTimeOffset> _writes = new();
    private readonly Queue<DateTimeOffset> _requests = new();

    /// <returns>Seconds to wait; null where the call is within the limits.</returns>
    public int? Refuse(bool write)
    {
        if (options.WritesPer20Seconds is null && options.RequestsPer20Seconds is null)
        {
            return null;
        }

        lock (_gate)
        {
            var now = clock.Now;
            var wait = Wait(_requests, options.RequestsPer20Seconds, now) ?? (write ? Wait(_writes, options.WritesPer20Seconds, now) : null);
            if (wait is not null)
            {
                return wait;
            }

            _requests.Enqueue(now);
            if (write)
            {
                _writes.Enqueue(now);
            }

            return null;
        }
    }

    private static int? Wait(Queue<DateTimeOffset> taken, int? limit, DateTimeOffset now)
    {
        while (taken.TryPeek(out var oldest) && oldest + Window <= now)
        {
            taken.Dequeue();
        }

        return limit is { } most && taken.Count >= most ? Math.Max(1, (int)Math.Ceiling((taken.Peek() + Window - now).TotalSeconds)) : null;
    }
}
