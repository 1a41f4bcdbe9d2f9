using Google.Protobuf;
using Governance.Durable.Client;
using Governance.Durable.Hub;
using Governance.Durable.Hub.Rows;
using Governance.Testing;
using Governance.Testing.Hub;

namespace Governance.Durable.Tests.Hub;

/// <summary>The beginning and the end of an ownership.</summary>
public sealed class TakingOverAndLettingGo
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly FakeClock _clock = new();
    private readonly InMemoryTaskHubStore _memory;

    public TakingOverAndLettingGo() => _memory = new(_clock);

    [Fact]
    public async Task A_message_on_its_way_finds_its_receiver_however_many_instances_a_new_owner_has_to_read()
    {
        var receiver = InShard(63, "receiver");
        await using (var first = await TestHub.Start(_memory, _clock, Sleepers))
        {
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Sleep", null, new StartOrchestrationOptions(receiver));
            await Task.WhenAll(Enumerable.Range(0, 2_000).Select(
                n => first.Client.ScheduleNewOrchestrationInstanceAsync("Sleep", null, new StartOrchestrationOptions($"sleeper {n}"))));
            await first.Moving(Task.WhenAll(Enumerable.Range(0, 2_000).Select(n => first.Client.WaitForInstanceStartAsync($"sleeper {n}"))));
            await first.Moving(first.Client.WaitForInstanceStartAsync(receiver));
        }

        await LeaveOnItsWay(new Parcel { InstanceId = receiver, Event = HistoryEvents.Of(_clock.GetUtcNow(), e => e.EventRaised = new() { Name = "Wake", Input = "\"sent before\"" }) });
        await using var second = await TestHub.Start(_memory, _clock, Sleepers);

        Assert.Equal("sent before", (await second.End(receiver)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task The_lease_is_kept_while_taking_over_takes_longer_than_it_lasts()
    {
        var (store, read) = (new HookedStore(_memory), Signal());
        store.Before = (method, token) => method == nameof(ITaskHubStore.ReadAsync) ? read.Task.WaitAsync(token) : Task.CompletedTask;
        await using var first = new TestHub(store, _clock, Sleepers);
        await using var second = new TestHub(_memory, _clock, Sleepers);
        await first.Client.StartAsync(CancellationToken.None);
        await Eventually.Holds(() => _clock.PendingTimers == 1);
        await second.Client.StartAsync(CancellationToken.None);
        var owned = second.Client.OwnedAsync(CancellationToken.None);

        await PassTime(TimeSpan.FromMinutes(3));

        Assert.False(owned.IsCompleted);
        read.SetResult();
        await first.Client.OwnedAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.False(owned.IsCompleted);
        await first.Moving(first.Client.StopAsync(CancellationToken.None));
        await second.Moving(owned);
    }

    [Fact]
    public async Task The_lease_is_kept_while_a_stop_waits_for_an_activity()
    {
        var (began, release) = (Signal(), Signal());
        void Register(DurableTaskRegistry tasks) => tasks
            .AddOrchestratorFunc<string?, string>("One", (context, _) => context.CallActivityAsync<string>("Slow"))
            .AddActivityFunc<string?, string>("Slow", async (_, _) =>
            {
                began.TrySetResult();
                await release.Task;
                return "in time";
            });
        await using var first = await TestHub.Start(_memory, _clock, Register, new() { StopTimeout = TimeSpan.FromMinutes(10) });
        await using var second = new TestHub(_memory, _clock, Register);
        var id = await first.Client.ScheduleNewOrchestrationInstanceAsync("One");
        await began.Task.WaitAsync(Patience);
        await second.Client.StartAsync(CancellationToken.None);
        var (owned, stopped) = (second.Client.OwnedAsync(CancellationToken.None), first.Client.StopAsync(CancellationToken.None));

        await PassTime(TimeSpan.FromMinutes(3));

        Assert.False(owned.IsCompleted);
        Assert.False(stopped.IsCompleted);
        release.SetResult();
        await stopped.WaitAsync(Patience);
        await second.Moving(owned);
        Assert.Equal("in time", (await second.End(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_stop_in_the_middle_of_taking_over_gives_the_lease_back_at_once()
    {
        var (store, read) = (new HookedStore(_memory), Signal());
        store.Before = (method, token) => method == nameof(ITaskHubStore.ReadAsync) ? Reached(read, token) : Task.CompletedTask;
        await using var hub = new TestHub(store, _clock, Sleepers);
        await hub.Client.StartAsync(CancellationToken.None);
        await read.Task.WaitAsync(Patience);

        await hub.Client.StopAsync(CancellationToken.None).WaitAsync(Patience);

        Assert.True(await _memory.TakeLeaseAsync("the next", TimeSpan.FromSeconds(15), CancellationToken.None));
        await Assert.ThrowsAsync<InvalidOperationException>(() => hub.Client.OwnedAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_lease_that_is_gone_ends_the_ownership_and_calls_wait_for_the_next()
    {
        var store = new HookedStore(_memory);
        await using var hub = await TestHub.Start(store, _clock, Sleepers);
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Sleep", null, new StartOrchestrationOptions("one"));
        var gone = true;
        store.Before = (method, _) => method == nameof(ITaskHubStore.TakeLeaseAsync) && gone
            ? throw new InvalidOperationException("The lease was broken by hand.")
            : Task.CompletedTask;

        await Eventually.Holds(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return !hub.Client.OwnedAsync(CancellationToken.None).IsCompleted;
        });
        var raised = hub.Client.RaiseEventAsync("one", "Wake", "later");
        Assert.False(raised.IsCompleted);
        gone = false;
        await hub.Moving(raised);

        Assert.Equal("later", (await hub.End("one")).ReadOutputAs<string>());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    public async Task A_start_whose_answer_was_lost_with_the_ownership_takes_effect_once_though_the_instance_has_continued_since(int thenWaits)
    {
        var (runs, stored, deaf) = (0, Signal(), false);
        void Register(DurableTaskRegistry tasks) => tasks.AddOrchestratorFunc<int, string>("Down", async (context, left) =>
        {
            Interlocked.Add(ref runs, left == 10 ? 1 : 0);
            if (left == 0 && thenWaits > 0)
            {
                await context.WaitForExternalEvent<string>("Go");
            }

            if (left > 0)
            {
                context.ContinueAsNew(left - 1);
            }

            return "ground";
        });
        var faulty = new FaultyTaskHubStore(_memory, method => (deaf, method) switch
        {
            (true, nameof(ITaskHubStore.CommitAsync)) when stored.TrySetResult() => StoreFault.HangsAfterwards,
            (true, nameof(ITaskHubStore.TakeLeaseAsync)) => StoreFault.Fails,
            (true, _) => StoreFault.Hangs,
            _ => StoreFault.None,
        });
        await using var first = await TestHub.Start(faulty, _clock, Register);
        deaf = true;
        var start = first.Client.ScheduleNewOrchestrationInstanceAsync("Down", 10, new StartOrchestrationOptions("once"));
        await stored.Task.WaitAsync(Patience);
        await using (var second = await TestHub.Start(_memory, _clock, Register))
        {
            await (thenWaits == 0 ? second.End("once") : Eventually.Holds(async () => (await second.Client.GetInstanceAsync("once", true))!.ReadInputAs<int>() == 0));

            // The first hears again, and that another process holds the lease.
            deaf = false;
            await Eventually.Holds(async () =>
            {
                await PassTime(TimeSpan.FromSeconds(5));
                return !first.Client.OwnedAsync(CancellationToken.None).IsCompleted;
            });
        }

        Assert.Equal("once", await first.Moving(start));
        if (thenWaits > 0)
        {
            await first.Client.RaiseEventAsync("once", "Go", "go");
        }

        Assert.Equal("ground", (await first.End("once")).ReadOutputAs<string>());
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task A_lease_file_that_cannot_be_written_stops_the_start()
    {
        // A folder in its place: what no access right of the test's own user can let through.
        var folder = Directory.CreateTempSubdirectory();
        await using var hub = new TestHub(_memory, _clock, Sleepers, new() { LeaseFile = folder.FullName });

        var refused = await Assert.ThrowsAsync<UnauthorizedAccessException>(() => hub.Client.StartAsync(CancellationToken.None));

        Assert.Contains(folder.FullName, refused.Message, StringComparison.Ordinal);
        folder.Delete();
    }

    private static void Sleepers(DurableTaskRegistry tasks) =>
        tasks.AddOrchestratorFunc<string?, string>("Sleep", (context, _) => context.WaitForExternalEvent<string>("Wake"));

    private static string InShard(int shard, string name) =>
        Enumerable.Range(0, 10_000).Select(n => $"{name} {n}").First(id => HubKeys.ShardOf(id) == shard);

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static Task Reached(TaskCompletionSource signal, CancellationToken cancellation)
    {
        signal.TrySetResult();
        return Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
    }

    // Time goes on in steps below a third of the lease, each seen by whoever has to renew it.
    private async Task PassTime(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(5))
        {
            _clock.Advance(TimeSpan.FromSeconds(5));
            await Eventually.Holds(async () => !await _memory.TakeLeaseAsync("nobody", TimeSpan.Zero, CancellationToken.None));
        }
    }

    // As a crash leaves it: stored with the sender's turn and not delivered.
    private async Task LeaveOnItsWay(Parcel parcel)
    {
        var row = (await _memory.FindAsync(0, TaskHubLimits.HeadKey, CancellationToken.None))!;
        var head = ShardHead.Parser.ParseFrom(row.Body.Span);
        (head.Commit, head.LastNumber) = (head.Commit + 1, head.LastNumber + 1);
        var body = new StoredBody { Inline = new OutboxRow { Parcels = { parcel } }.ToByteString() };
        var written = await _memory.CommitAsync(
            0, new(head.ToByteArray(), row.ETag, [new TaskHubWrite.Put(HubKeys.OutboxRow(head.LastNumber), default, body.ToByteArray())]), CancellationToken.None);
        Assert.NotNull(written.HeadETag);
    }
}
