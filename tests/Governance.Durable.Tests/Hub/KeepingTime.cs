using System.Collections.Concurrent;
using Governance.Durable.Hub;
using Governance.Testing;

namespace Governance.Durable.Tests.Hub;

public sealed class KeepingTime : IDisposable
{
    private readonly FakeClock _clock = new();
    private readonly ConcurrentQueue<(string What, TimeSpan At)> _fired = new();
    private readonly TimerQueue<string> _timers;

    public KeepingTime() => _timers = new(_clock, what => _fired.Enqueue((what, _clock.GetUtcNow() - FakeClock.Noon)));

    public void Dispose() => _timers.Dispose();

    [Fact]
    public void Timers_fire_in_the_order_of_their_times_whatever_the_order_of_adding()
    {
        foreach (var seconds in new[] { 50, 10, 40, 20, 30 })
        {
            Add(TimeSpan.FromSeconds(seconds), $"at {seconds}");
        }

        _clock.Advance(TimeSpan.FromSeconds(45));

        Assert.Equal([("at 10", 10), ("at 20", 20), ("at 30", 30), ("at 40", 40)], _fired.Select(fired => (fired.What, (int)fired.At.TotalSeconds)));
        Assert.Equal(1, _timers.Count);
    }

    [Fact]
    public void Timers_of_one_instant_fire_in_the_order_of_adding()
    {
        var names = Enumerable.Range(0, 20).Select(n => $"timer {n}").ToList();
        names.ForEach(name => Add(TimeSpan.FromSeconds(5), name));

        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(names, _fired.Select(fired => fired.What));
    }

    [Theory]
    [InlineData(49)]
    [InlineData(50)]
    [InlineData(400)]
    public void A_timer_further_off_than_the_frameworks_own_fires_on_its_day(int days)
    {
        Add(TimeSpan.FromDays(days), "far");

        _clock.Advance(TimeSpan.FromDays(days) - TimeSpan.FromMilliseconds(1));
        Assert.Empty(_fired);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal([("far", TimeSpan.FromDays(days))], _fired);
    }

    [Fact]
    public void A_timer_never_fires_early_not_even_by_less_than_a_millisecond()
    {
        Add(TimeSpan.FromTicks(12_345_678), "exact");

        _clock.Advance(TimeSpan.FromMilliseconds(1234));
        Assert.Empty(_fired);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("exact", Assert.Single(_fired).What);
    }

    [Fact]
    public async Task What_is_due_already_fires_at_once_on_another_thread()
    {
        var held = new Lock();
        lock (held)
        {
            using var late = new TimerQueue<string>(_clock, what =>
            {
                lock (held)
                {
                    _fired.Enqueue((what, TimeSpan.Zero));
                }
            });

            // On this thread it would fire inside the caller's lock.
            late.Add(FakeClock.Noon, "due");
            Assert.Equal(0, late.Count);
            Assert.Empty(_fired);
        }

        await Eventually.Holds(() => _fired.Count == 1);
    }

    [Fact]
    public void A_removed_timer_does_not_fire_and_the_next_one_does()
    {
        var first = Add(TimeSpan.FromSeconds(10), "removed");
        Add(TimeSpan.FromSeconds(20), "kept");

        _timers.Remove(first);
        _clock.Advance(TimeSpan.FromMinutes(1));
        _timers.Remove(first);

        Assert.Equal(["kept"], _fired.Select(fired => fired.What));
    }

    [Fact]
    public void An_earlier_timer_that_is_added_later_fires_first()
    {
        Add(TimeSpan.FromHours(2), "later");
        Add(TimeSpan.FromSeconds(1), "sooner");

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([("sooner", TimeSpan.FromSeconds(1))], _fired);
    }

    [Fact]
    public void A_clock_that_was_set_on_and_a_machine_that_slept_are_noticed_within_a_minute()
    {
        Add(TimeSpan.FromHours(8), "morning");

        _clock.Set(FakeClock.Noon.AddHours(9));
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("morning", Assert.Single(_fired).What);
    }

    [Fact]
    public void Nothing_fires_after_the_end()
    {
        Add(TimeSpan.FromSeconds(1), "never");

        _timers.Dispose();
        Add(TimeSpan.FromSeconds(2), "never either");
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Empty(_fired);
        Assert.Equal(0, _clock.PendingTimers);
    }

    private TimerQueue<string>.Entry Add(TimeSpan after, string what) => _timers.Add(FakeClock.Noon + after, what);
}
