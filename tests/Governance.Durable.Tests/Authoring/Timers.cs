using Governance.Durable.Tests.Replay;
using static Governance.Durable.Tests.Replay.Events;

namespace Governance.Durable.Tests.Authoring;

public sealed class Timers
{
    [Fact]
    public void A_timer_takes_local_and_unspecified_times_as_utc_and_fires_at_once_when_it_is_past()
    {
        var host = ReplayHost.For(async context =>
        {
            await context.CreateTimer(new DateTime(2029, 12, 31, 23, 59, 50, DateTimeKind.Unspecified), CancellationToken.None);
            await context.CreateTimer(T.AddSeconds(30).ToLocalTime(), CancellationToken.None);
            return 0;
        });

        Assert.Equal("T#0(T+-10s)", host.Turn(0, ES()));
        Assert.Equal("T#1(T+30s)", host.Turn(0.1, FIRED(0)));
    }

    [Theory]
    [InlineData(259_199, "T#0(T+259199s)", "DONE#1(0)")]
    [InlineData(259_200, "T#0(T+259200s)", "DONE#1(0)")]
    [InlineData(259_201, "T#0(T+259200s)", "T#1(T+259201s)")]
    public void A_timer_of_up_to_three_days_is_one_timer(int seconds, string first, string then)
    {
        var host = ReplayHost.For(async context =>
        {
            await context.CreateTimer(TimeSpan.FromSeconds(seconds), CancellationToken.None);
            return 0;
        });

        Assert.Equal(first, host.Turn(0, ES()));
        Assert.Equal(then, host.Turn(Math.Min(seconds, 259_200), FIRED(0)));
    }

    [Fact]
    public void A_negative_delay_is_refused()
    {
        var host = ReplayHost.For(async context =>
        {
            await context.CreateTimer(TimeSpan.FromSeconds(-1), CancellationToken.None);
            return 0;
        });

        Assert.StartsWith("FAIL#0(ArgumentOutOfRangeException", host.Turn(0, ES()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_timer_can_be_cancelled_in_any_part()
    {
        var host = ReplayHost.For(async context =>
        {
            using var stop = new CancellationTokenSource();
            var timer = context.CreateTimer(TimeSpan.FromDays(7), stop.Token);
            await context.WaitForExternalEvent<object>("stop");
            stop.Cancel();
            await Task.WhenAny(timer);
            return timer.IsCanceled;
        });

        host.Turn(0, ES());
        Assert.Equal("T#1(T+518400s)", host.Turn(259200, FIRED(0)));
        Assert.Equal("DONE#2(true)", host.Turn(259300, ER("stop")));
    }
}
