using System.Globalization;
using Governance.Durable.Client;
using Governance.Durable.Hub;
using Governance.Testing;
using Governance.Testing.Hub;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.Durable.Tests.Hub;

public sealed class WhenStorageFails : IDisposable
{
    private readonly FakeClock _clock = new();
    private readonly HubMetrics _metrics = new();
    private readonly InMemoryTaskHubStore _memory;
    private readonly HookedStore _store;

    public WhenStorageFails() => _store = new(_memory = new(_clock));

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public async Task The_pauses_double_up_to_the_longest_and_the_answer_comes_as_soon_as_there_is_one()
    {
        var patience = new StorePatience(new(), _clock, NullLogger.Instance, _metrics);
        var attempts = 0;
        var asked = patience.Ask(
            _ => Interlocked.Increment(ref attempts) > 9 ? Task.FromResult("at last") : throw new TaskHubStoreException("down"), CancellationToken.None);

        foreach (var (n, milliseconds) in new[] { 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000 }.Index())
        {
            await Eventually.Holds(() => Volatile.Read(ref attempts) == n + 1 && _clock.PendingTimers == 1);
            _clock.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
            Assert.Equal(n + 1, Volatile.Read(ref attempts));
            Assert.Equal(1, _clock.PendingTimers);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal("at last", await asked);
        Assert.Equal(10, attempts);
    }

    [Fact]
    public async Task A_caller_who_gives_up_waits_no_longer_and_a_real_fault_is_not_repeated()
    {
        var (patience, attempts) = (new StorePatience(new(), _clock, NullLogger.Instance, _metrics), 0);
        using var cancelled = new CancellationTokenSource();
        var asked = patience.Ask<int>(_ => throw new TaskHubStoreException("down"), cancelled.Token);

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => patience.Ask<int>(_ => ++attempts > 0 ? throw new InvalidOperationException("refused") : Task.FromResult(1), CancellationToken.None));
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task A_turn_that_storage_refuses_fails_its_instance_and_says_why()
    {
        var refusals = 0;
        await using var hub = await TestHub.Start(_store, _clock, Echo);
        _store.BeforeCommit = (_, commit, _) => HookedStore.Names(commit, HubKeys.DoneRow("bad")) && Interlocked.Increment(ref refusals) <= 2
            ? throw new InvalidOperationException("row too long")
            : Task.CompletedTask;

        var ended = await hub.Run("Echo", "x", "bad");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal(("System.InvalidOperationException", "row too long"), (ended.FailureDetails!.ErrorType, ended.FailureDetails.ErrorMessage));
    }

    [Fact]
    public async Task An_instance_that_storage_always_refuses_rests_the_others_go_on_and_the_next_start_takes_it_up()
    {
        var refused = 0;
        await using (var first = await TestHub.Start(_store, _clock, Echo))
        {
            _store.BeforeCommit = (_, commit, _) => HookedStore.Names(commit, HubKeys.DoneRow("bad"))
                ? Task.FromException(new InvalidOperationException($"refused {Interlocked.Increment(ref refused)}"))
                : Task.CompletedTask;
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Echo", "late", new StartOrchestrationOptions("bad"));
            for (var n = 0; n < 200; n++)
            {
                Assert.Equal("x", (await first.Run("Echo", "x", n.ToString(CultureInfo.InvariantCulture))).ReadOutputAs<string>());
            }

            // Each of its two ends was offered with others and alone, and that was all.
            Assert.InRange(refused, 2, 4);
            Assert.Equal(OrchestrationRuntimeStatus.Pending, (await first.Client.GetInstanceAsync("bad"))!.RuntimeStatus);
        }

        _store.BeforeCommit = (_, _, _) => Task.CompletedTask;
        await using var second = await TestHub.Start(_store, _clock, Echo);

        Assert.Equal("late", (await second.End("bad")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_worker_that_meets_what_it_cannot_know_does_not_leave_the_hub_half_dead()
    {
        // Not a failure that the store may report, and no cancellation that anybody asked for.
        var thrown = 0;
        await using var hub = await TestHub.Start(_store, _clock, Echo, new() { ConcurrentTurns = 1 });
        _store.BeforeCommit = (_, commit, _) => HookedStore.Names(commit, HubKeys.DoneRow("odd")) && Interlocked.Increment(ref thrown) == 1
            ? throw new TaskCanceledException("out of the blue")
            : Task.CompletedTask;

        Assert.Equal("x", (await hub.Run("Echo", "x", "odd")).ReadOutputAs<string>());
        Assert.Equal("y", (await hub.Run("Echo", "y", "next")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_hub_that_is_lost_again_and_again_rests_between_its_attempts()
    {
        var takeovers = 0;
        await using var hub = await TestHub.Start(_store, _clock, Echo);
        _store.BeforeCommit = (shard, commit, _) =>
        {
            Interlocked.Add(ref takeovers, shard == 0 && commit.Rows.Count == 0 ? 1 : 0);
            return HookedStore.Names(commit, HubKeys.DoneRow("odd")) ? throw new TaskCanceledException("always") : Task.CompletedTask;
        };
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Echo", "x", new StartOrchestrationOptions("odd"));

        // Lost, and with the clock at rest it stays so.
        await Eventually.Holds(() => !hub.Client.OwnedAsync(CancellationToken.None).IsCompleted && _clock.PendingTimers == 1);
        Assert.Equal(0, takeovers);
        for (var minute = 0; minute < 60; minute++)
        {
            await Eventually.Holds(() => _clock.PendingTimers > 0);
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.InRange(Volatile.Read(ref takeovers), 1, 61);
        _store.BeforeCommit = (_, _, _) => Task.CompletedTask;
        Assert.Equal("x", (await hub.End("odd")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_event_to_nobody_leaves_no_blob_behind()
    {
        await using var hub = await TestHub.Start(_store, _clock, Echo);
        await hub.Run("Echo", "x", "ended");
        var large = new string('x', 900_000);

        await Assert.ThrowsAsync<OrchestrationInstanceException>(() => hub.Client.RaiseEventAsync("nobody", "Any", large));
        await Assert.ThrowsAsync<OrchestrationInstanceException>(() => hub.Client.RaiseEventAsync("ended", "Any", large));

        Assert.Empty(_memory.Blobs);
    }

    private static void Echo(DurableTaskRegistry tasks) => tasks.AddOrchestratorFunc<string, string>("Echo", (_, text) => Task.FromResult(text));
}
