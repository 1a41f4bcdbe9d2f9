namespace Governance.Local.Intune;

/// <summary>The tenant's time: the given clock's, faster if wanted, and moved on by hand.</summary>
/// <param name="inner">What it runs on; timers are always the inner clock's.</param>
/// <param name="factor">How fast it goes.</param>
internal sealed class SimulatorClock(TimeProvider inner, double factor)
{
    private readonly DateTimeOffset _start = inner.GetUtcNow();
    private readonly long _startStamp = inner.GetTimestamp();
    private long _moved;

    /// <summary>Now, UTC.</summary>
    public DateTimeOffset Now => _start + (inner.GetElapsedTime(_startStamp) * factor) + TimeSpan.FromTicks(Interlocked.Read(ref _moved));

    /// <summary>Moves the tenant's time on; nobody else's.</summary>
    public void Advance(TimeSpan by) => Interlocked.Add(ref _moved, by.Ticks);

    /// <summary>Waits on the inner clock.</summary>
    public Task Delay(TimeSpan wait, CancellationToken cancellation) => Task.Delay(wait, inner, cancellation);
}
