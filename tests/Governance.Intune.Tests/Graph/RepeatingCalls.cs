using Governance.Intune.Graph;

namespace Governance.Intune.Tests.Graph;

public sealed class RepeatingCalls
{
    private static readonly IntunePacing Pacing = new();
    private static readonly CallPlan Read = CallPlan.Read("read");
    private static readonly CallPlan Create = CallPlan.Create("create");

    [Theory]
    [InlineData(503, 1, 1)]
    [InlineData(503, 3, 4)]
    [InlineData(503, 4, null)]
    [InlineData(500, 2, 2)]
    [InlineData(500, 3, null)]
    [InlineData(400, 1, null)]
    [InlineData(403, 1, null)]
    [InlineData(404, 1, null)]
    [InlineData(401, 1, 0)]
    [InlineData(401, 2, null)]
    public void A_repeatable_call_goes_again_after_trouble_that_passes(int status, int sent, int? seconds) =>
        Assert.Equal(Seconds(seconds), Next(Read, ReadingFaults.Answered(status), sent));

    [Theory]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(500)]
    public void A_creation_is_never_sent_again_when_it_may_have_been_carried_out(int status)
    {
        Assert.Null(Next(Create, ReadingFaults.Answered(status), 1));
        Assert.Null(Next(Create, new(FaultKind.NoAnswer, null, null, "", null, []), 1));
        Assert.Null(Next(Create, new(FaultKind.TimedOut, null, null, "", null, []), 1));
        Assert.Null(Next(Create, new(FaultKind.Garbled, 200, null, "", null, []), 1));
    }

    [Fact]
    public void A_creation_that_was_refused_before_anything_was_done_goes_again()
    {
        Assert.Equal(TimeSpan.FromSeconds(5), Next(Create, ReadingFaults.Answered(429), 1));
        Assert.Equal(TimeSpan.FromSeconds(1), Next(Create, ReadingFaults.Answered(401, "\"ErrorCode\":\"Forbidden\""), 1));
    }

    [Theory]
    [InlineData(30, 0, 30)]
    [InlineData(31, 0, null)]
    [InlineData(30, 30, 30)]
    [InlineData(30, 31, null)]
    public void Graphs_own_wait_is_kept_while_an_attempt_may_wait_so_long(int wanted, int waited, int? seconds) => Assert.Equal(
        Seconds(seconds),
        RetryRule.Next(Create, ReadingFaults.Answered(429, "x", TimeSpan.FromSeconds(wanted)), 1, TimeSpan.Zero, TimeSpan.FromSeconds(waited), Pacing));

    [Theory]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(412)]
    public void Right_after_our_own_write_a_missing_or_conflicting_thing_is_asked_for_again_for_a_minute(int status)
    {
        var plan = CallPlan.Repeatably("assign", propagates: true);

        Assert.NotNull(RetryRule.Next(plan, ReadingFaults.Answered(status), 20, TimeSpan.FromSeconds(59.9), TimeSpan.FromSeconds(59), Pacing));
        Assert.Null(RetryRule.Next(plan, ReadingFaults.Answered(status), 21, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(59), Pacing));
    }

    [Theory]
    [InlineData(FaultKind.CircuitOpen)]
    [InlineData(FaultKind.SignIn)]
    [InlineData(FaultKind.SignInRefused)]
    internal void What_waiting_here_does_not_cure_is_not_waited_for(FaultKind kind) => Assert.Null(Next(Read, new(kind, null, null, "", null, []), 1));

    [Fact]
    public void Looks_come_less_often_until_the_last_wait_repeats()
    {
        Assert.Equal([1, 2, 3, 5, 5, 5], Enumerable.Range(1, 6).Select(look => Polling.Wait(Pacing, look).TotalSeconds));
        Assert.Equal(TimeSpan.Zero, Polling.Wait(Pacing with { Poll = [] }, 3));
    }

    private static TimeSpan? Next(CallPlan plan, GraphFault fault, int sent) => RetryRule.Next(plan, fault, sent, TimeSpan.Zero, TimeSpan.Zero, Pacing);

    private static TimeSpan? Seconds(int? seconds) => seconds is { } s ? TimeSpan.FromSeconds(s) : null;
}
