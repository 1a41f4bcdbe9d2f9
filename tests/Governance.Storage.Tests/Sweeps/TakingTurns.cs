using System.Net;
using Governance.Storage.Sweeps;
using Governance.Storage.Tests.Streams;
using Governance.Storage.Tests.Tables;
using Governance.Testing;

namespace Governance.Storage.Tests.Sweeps;

public sealed class TakingTurns(AzuriteFixture azurite) : StreamFixture(azurite)
{
    private SweepLedger Ledger => new(Table, Clock);

    [Fact]
    public async Task A_sweep_goes_on_where_it_stopped_whoever_goes_on()
    {
        Assert.Null(await Ledger.Find("Sweep", Stop));
        var first = await Take("one");
        Assert.Null(first.Progress.Cursor);
        await first.Do((_, _) => Step("b", looked: 10, acted: 2), Stop);
        await first.Release(Stop);

        var second = await Take("two");

        Assert.Equal(
            new SweepProgress { Cursor = "b", Holder = "two", HeldUntil = Clock.GetUtcNow() + SweepLedger.LeaseTime, RoundStartedAt = FakeClock.Noon, Looked = 10, Acted = 2 },
            second.Progress);
    }

    [Fact]
    public async Task The_end_of_a_round_is_summed_up_and_the_next_begins_at_the_beginning()
    {
        var lease = await Take("one");
        await lease.Do((cursor, _) => Step(cursor + "b", looked: 10, acted: 2, failed: 1, lag: TimeSpan.FromSeconds(7)), Stop);
        Clock.Advance(TimeSpan.FromSeconds(30));
        await lease.Do((cursor, _) => Step(cursor == "b" ? null : "?", looked: 5, acted: 0, failed: 0, lag: TimeSpan.FromSeconds(3)), Stop);
        await lease.Release(Stop);

        Assert.Equal(
            new SweepProgress { LastRound = new(FakeClock.Noon, FakeClock.Noon.AddSeconds(30), 15, 2, 1, 7) },
            await Ledger.Find("Sweep", Stop));
    }

    [Fact]
    public async Task While_one_is_at_it_no_other_is_and_other_sweeps_do_not_mind()
    {
        await Take("one");

        Assert.Null(await Ledger.Take("Sweep", "two", Stop));
        Assert.NotNull(await Ledger.Take("Other", "two", Stop));
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public async Task What_a_killed_process_held_is_free_once_its_lease_is_over_and_goes_on_from_its_cursor(int ticks, bool free)
    {
        var killed = await Take("killed");
        await killed.Do((_, _) => Step("here"), Stop);

        Clock.Advance(SweepLedger.LeaseTime + TimeSpan.FromTicks(ticks));

        var next = await Ledger.Take("Sweep", "next", Stop);
        Assert.Equal(free ? "here" : null, next?.Progress.Cursor);
        Assert.Equal(free, next is not null);
    }

    [Fact]
    public async Task Who_was_believed_dead_and_comes_back_notes_nothing()
    {
        var late = await Take("late");
        Clock.Advance(SweepLedger.LeaseTime);
        var next = await Take("next");
        await next.Do((_, _) => Step("far"), Stop);

        Assert.Null(await late.Do((_, _) => Step("near"), Stop));
        await late.Release(Stop);

        Assert.Equal(("far", "next"), await Where());
        Assert.NotNull(await next.Do((_, _) => Step("further"), Stop));
    }

    [Fact]
    public async Task A_long_step_keeps_its_lease()
    {
        var lease = await Take("one");
        var done = new TaskCompletionSource<SweepStep>();
        var doing = lease.Do((_, _) => done.Task, Stop);
        for (var third = 1; third <= 9; third++)
        {
            await Eventually.Holds(() => Clock.PendingTimers == 1);
            Clock.Advance(SweepLedger.LeaseTime / 3);
            await Eventually.Holds(async () => (await Ledger.Find("Sweep", Stop))!.HeldUntil == Clock.GetUtcNow() + SweepLedger.LeaseTime);
        }

        Assert.Null(await Ledger.Take("Sweep", "two", Stop));
        done.SetResult(new("b", 1, 0, 0));
        Assert.NotNull(await doing);
        Assert.Equal(0, Clock.PendingTimers);
    }

    [Fact]
    public async Task A_step_whose_lease_is_lost_is_told_to_stop()
    {
        var lease = await Take("one");
        var doing = lease.Do(
            async (_, lost) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, lost);
                return new("never", 0, 0, 0);
            },
            Stop);
        await Eventually.Holds(() => Clock.PendingTimers == 1);
        Clock.Set(FakeClock.Noon + SweepLedger.LeaseTime);
        await Take("two");
        Clock.Advance(SweepLedger.LeaseTime / 3);

        Assert.Null(await doing);
        Assert.Equal((null, "two"), await Where());
    }

    [Fact]
    public async Task A_fault_of_a_step_leaves_the_cursor_where_it_was()
    {
        var lease = await Take("one");
        await lease.Do((_, _) => Step("b", looked: 3), Stop);

        await Assert.ThrowsAsync<InvalidOperationException>(() => lease.Do((_, _) => throw new InvalidOperationException("broken"), Stop));
        await lease.Release(Stop);

        var again = await Take("one again");
        Assert.Equal(("b", 3), (again.Progress.Cursor, again.Progress.Looked));
    }

    [Fact]
    public async Task A_lost_answer_to_our_own_write_is_no_lost_lease()
    {
        var lease = await Take("one");
        Faulty.LoseUpdates(1);

        Assert.NotNull(await lease.Do((_, _) => Step("b"), Stop));

        Assert.Equal(("b", "one"), await Where());
    }

    [Fact]
    public async Task Of_twenty_that_begin_at_once_one_gets_it()
    {
        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(each => Ledger.Take("Sweep", $"{each}", Stop)));

        Assert.Single(taken, lease => lease is not null);
    }

    [Fact]
    public async Task A_lease_that_cannot_be_given_back_runs_out()
    {
        using var service = new ScriptedAnswers(
            ScriptedAnswers.Error(HttpStatusCode.NotFound, "ResourceNotFound"),
            ScriptedAnswers.Answer(HttpStatusCode.NoContent, etag: "W/\"1\""),
            ScriptedAnswers.Error(HttpStatusCode.Forbidden, "AuthorizationFailure"));
        var lease = await new SweepLedger(service.Table(), Clock).Take("Sweep", "one", Stop);

        await lease!.Release(Stop);

        Assert.Equal(3, service.Requests.Count);
    }

    private static Task<SweepStep> Step(string? next, int looked = 0, int acted = 0, int failed = 0, TimeSpan lag = default) =>
        Task.FromResult(new SweepStep(next, looked, acted, failed, lag));

    private async Task<SweepLease> Take(string holder) => Assert.IsType<SweepLease>(await Ledger.Take("Sweep", holder, Stop));

    private async Task<(string? Cursor, string? Holder)> Where() => await Ledger.Find("Sweep", Stop) is { } progress ? (progress.Cursor, progress.Holder) : default;
}
