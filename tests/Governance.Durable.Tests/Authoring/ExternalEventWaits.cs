using Governance.Durable.Tests.Replay;
using static Governance.Durable.Tests.Replay.Events;

namespace Governance.Durable.Tests.Authoring;

public sealed class ExternalEventWaits
{
    [Fact]
    public void A_wait_with_time_out_gets_the_event()
    {
        var host = Waiting(TimeSpan.FromMinutes(1));

        Assert.Equal("T#0(T+60s)", host.Turn(0, ES()));
        Assert.Equal("A#1(Got,\"yes\")", host.Turn(5, ER("go", "\"yes\"")));
    }

    [Fact]
    public void A_wait_with_time_out_is_cancelled_when_the_time_is_over()
    {
        var host = Waiting(TimeSpan.FromMinutes(1));

        host.Turn(0, ES());

        Assert.Equal("A#1(TooLate)", host.Turn(60, FIRED(0)));
    }

    [Fact]
    public void A_wait_whose_time_is_over_swallows_no_event()
    {
        var host = ReplayHost.For(async context =>
        {
            var first = context.WaitForExternalEvent<string>("go", TimeSpan.FromMinutes(1));
            await Task.WhenAny(first);
            return await context.WaitForExternalEvent<string>("go");
        });

        host.Turn(0, ES());
        Assert.Equal("", host.Turn(60, FIRED(0)));
        Assert.Equal("DONE#1(\"late\")", host.Turn(61, ER("go", "\"late\"")));
    }

    [Fact]
    public void An_event_that_came_before_wins_over_the_time_out()
    {
        var host = Waiting(TimeSpan.FromMinutes(1));

        Assert.Equal("T#0(T+60s) A#1(Got,\"early\")", host.Turn(0, ER("GO", "\"early\""), ES()));
    }

    [Fact]
    public void An_infinite_time_out_takes_no_timer()
    {
        var host = Waiting(Timeout.InfiniteTimeSpan);

        Assert.Equal("", host.Turn(0, ES()));
        Assert.Equal("A#0(Got,\"yes\")", host.Turn(1, ER("go", "\"yes\"")));
    }

    [Fact]
    public void A_negative_time_out_is_refused()
    {
        var host = Waiting(TimeSpan.FromSeconds(-5));

        Assert.StartsWith("FAIL#0(ArgumentOutOfRangeException", host.Turn(0, ES()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_cancelled_wait_swallows_no_event(bool withTimeout)
    {
        var host = ReplayHost.For(async context =>
        {
            using var stop = new CancellationTokenSource();
            var first = withTimeout
                ? context.WaitForExternalEvent<string>("go", TimeSpan.FromHours(1), stop.Token)
                : context.WaitForExternalEvent<string>("go", stop.Token);
            stop.Cancel();
            await Task.WhenAny(first);
            return $"{first.IsCanceled} {await context.WaitForExternalEvent<string>("go")}";
        });

        host.Turn(0, ES());

        Assert.EndsWith("(\"True it\")", host.Turn(1, ER("go", "\"it\"")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_wait_with_a_cancelled_token_leaves_a_kept_event_alone()
    {
        var host = ReplayHost.For(async context =>
        {
            var first = context.WaitForExternalEvent<string>("go", new CancellationToken(true));
            return $"{first.IsCanceled} {await context.WaitForExternalEvent<string>("go")}";
        });

        Assert.Equal("DONE#0(\"True kept\")", host.Turn(0, ER("go", "\"kept\""), ES()));
    }

    [Fact]
    public void A_payload_of_another_type_fails_the_wait_and_not_the_turn()
    {
        var host = ReplayHost.For(async context =>
        {
            try
            {
                return await context.WaitForExternalEvent<int>("number");
            }
            catch (System.Text.Json.JsonException)
            {
                return await context.WaitForExternalEvent<int>("number");
            }
        });

        host.Turn(0, ES());
        Assert.Equal("", host.Turn(1, ER("number", "\"no number\"")));
        Assert.Equal("DONE#0(7)", host.Turn(2, ER("number", "7")));
    }

    [Fact]
    public void An_event_without_payload_is_the_types_default()
    {
        var host = ReplayHost.For(async context => $"{await context.WaitForExternalEvent<int>("n")} {await context.WaitForExternalEvent<string>("s") ?? "null"}");

        host.Turn(0, ES());

        Assert.Equal("DONE#0(\"0 null\")", host.Turn(1, ER("n"), ER("s")));
    }

    [Fact]
    public void Waits_of_different_names_do_not_mix()
    {
        var host = ReplayHost.For(async context => string.Concat(
            await Task.WhenAll(context.WaitForExternalEvent<string>("a"), context.WaitForExternalEvent<string>("b"))));

        host.Turn(0, ES());

        Assert.Equal("DONE#0(\"12\")", host.Turn(1, ER("b", "\"2\""), ER("a", "\"1\"")));
    }

    [Fact]
    public void Events_of_several_names_are_carried_over_in_the_order_they_came()
    {
        var host = ReplayHost.For(async context =>
        {
            await context.CallActivityAsync("A");
            context.ContinueAsNew();
            return 0;
        });
        host.Turn(0, ES());
        host.Turn(1, ER("x", "1"), ER("y", "2"), ER("X", "3"));

        Assert.Equal("CAN#1(; carry=[-1:ER(x,1),-1:ER(y,2),-1:ER(X,3),-1:ER(y,4)])", host.Turn(2, TC(0, null), ER("y", "4")));
    }

    [Fact]
    public void An_event_after_the_end_is_carried_over_even_where_an_old_wait_was_left_behind()
    {
        var host = ReplayHost.For(async context =>
        {
            _ = context.WaitForExternalEvent<string>("e");
            await context.CallActivityAsync("A");
            context.ContinueAsNew(1);
            return 0;
        });

        host.Turn(0, ES());

        Assert.Equal("CAN#1(1; carry=[-1:ER(e,\"x\")])", host.Turn(1, TC(0, null), ER("e", "\"x\"")));
    }

    private static ReplayHost Waiting(TimeSpan timeout) => ReplayHost.For<object?>(async context =>
    {
        try
        {
            var got = await context.WaitForExternalEvent<string>("go", timeout);
            await context.CallActivityAsync("Got", got);
        }
        catch (TaskCanceledException)
        {
            await context.CallActivityAsync("TooLate");
        }

        return null;
    });
}
