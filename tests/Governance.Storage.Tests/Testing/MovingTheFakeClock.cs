using Governance.Testing;

namespace Governance.Storage.Tests.Testing;

public sealed class MovingTheFakeClock
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void Timers_fire_in_the_order_of_their_times_and_see_their_own_time()
    {
        var fired = new List<(string Name, DateTimeOffset At)>();
        using var late = _clock.CreateTimer(_ => fired.Add(("late", _clock.GetUtcNow())), null, TimeSpan.FromMinutes(2), Timeout.InfiniteTimeSpan);
        using var early = _clock.CreateTimer(_ => fired.Add(("early", _clock.GetUtcNow())), null, TimeSpan.FromMinutes(1), Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromMinutes(3));

        Assert.Equal([("early", FakeClock.Noon.AddMinutes(1)), ("late", FakeClock.Noon.AddMinutes(2))], fired);
        Assert.Equal(FakeClock.Noon.AddMinutes(3), _clock.GetUtcNow());
    }

    [Theory]
    [InlineData(59, 0)]
    [InlineData(60, 1)]
    [InlineData(61, 1)]
    [InlineData(180, 3)]
    public void A_periodic_timer_fires_once_a_period(int seconds, int times)
    {
        var fired = 0;
        using var timer = _clock.CreateTimer(_ => fired++, null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));

        _clock.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(times, fired);
    }

    [Fact]
    public async Task A_delay_ends_when_the_clock_gets_there_and_a_disposed_timer_never_fires()
    {
        var delay = Task.Delay(TimeSpan.FromHours(1), _clock, TestContext.Current.CancellationToken);
        var fired = false;
        _clock.CreateTimer(_ => fired = true, null, TimeSpan.FromMinutes(1), Timeout.InfiniteTimeSpan).Dispose();
        Assert.Equal(1, _clock.PendingTimers);

        _clock.Advance(TimeSpan.FromHours(1));

        await delay;
        Assert.False(fired);
        Assert.Equal(0, _clock.PendingTimers);
    }

    [Fact]
    public void The_wall_clock_goes_back_and_time_stamps_do_not()
    {
        _clock.Advance(TimeSpan.FromSeconds(5));
        var before = _clock.GetTimestamp();

        _clock.Set(FakeClock.Noon.AddDays(-1));

        Assert.Equal(FakeClock.Noon.AddDays(-1), _clock.GetUtcNow());
        Assert.Equal(before, _clock.GetTimestamp());
    }
}
