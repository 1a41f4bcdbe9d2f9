using Governance.Durable.Client;
using Governance.Durable.Hub;
using Governance.Testing;
using Governance.Testing.Hub;

namespace Governance.Durable.Tests.Hub;

public sealed class MeasuringTheHub
{
    private readonly FakeClock _clock = new();
    private readonly InMemoryTaskHubStore _memory;

    public MeasuringTheHub() => _memory = new(_clock);

    [Fact]
    public async Task Turns_activities_and_timers_are_counted_and_timed()
    {
        await using var hub = await TestHub.Start(_memory, _clock, tasks => tasks
            .AddOrchestratorFunc<int, int>("Work", async (context, left) =>
            {
                var took = await context.CallActivityAsync<int>("Take", left);
                await context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
                if (left > 0)
                {
                    context.ContinueAsNew(left - 1);
                }

                return took;
            })
            .AddOrchestratorFunc<string?, string>("Break", (context, _) => context.CallActivityAsync<string>("Fail"))
            .AddActivityFunc<int, int>("Take", (_, n) =>
            {
                _clock.Advance(TimeSpan.FromSeconds(2));
                return Task.FromResult(n);
            })
            .AddActivityFunc<string?, string>("Fail", (_, _) => throw new InvalidOperationException("broken")));
        using var seen = new Measurements(hub.Client.Metrics);

        var begun = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Work", 1);
        await hub.End(begun);
        await hub.Run("Break");

        // Two executions of three turns each; then one that waits and one that fails.
        Assert.Equal(5, seen.Sum("governance.hub.turns", "result=waits"));
        Assert.Equal(1, seen.Sum("governance.hub.turns", "result=completed"));
        Assert.Equal(1, seen.Sum("governance.hub.turns", "result=failed"));
        Assert.Equal(7, seen.Values("governance.hub.turn.duration").Count);
        Assert.All(seen.Values("governance.hub.activity.duration", "activity=Take outcome=succeeded"), seconds => Assert.InRange(seconds, 2, 4));
        Assert.Equal(2, seen.Values("governance.hub.activity.duration", "activity=Take outcome=succeeded").Count);
        Assert.Single(seen.Values("governance.hub.activity.duration", "activity=Fail outcome=failed"));
        Assert.Equal(2, seen.Values("governance.hub.timer.lag").Count);
        Assert.Empty(seen.Values("governance.hub.storage.failures"));
    }

    [Fact]
    public async Task A_turn_that_continues_and_one_that_is_terminated_say_so()
    {
        await using var hub = await TestHub.Start(_memory, _clock, tasks => tasks
            .AddOrchestratorFunc<int, int>("Down", (context, left) =>
            {
                if (left > 0)
                {
                    context.ContinueAsNew(left - 1);
                }

                return Task.FromResult(left);
            })
            .AddOrchestratorFunc<string?, string>("Sleep", (context, _) => context.WaitForExternalEvent<string>("Wake")));
        using var seen = new Measurements(hub.Client.Metrics);

        await hub.Run("Down", 8);
        var asleep = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Sleep");
        await hub.Client.TerminateInstanceAsync(asleep);
        await hub.End(asleep);

        Assert.Equal(1, seen.Sum("governance.hub.turns", "result=continues"));
        Assert.Equal(1, seen.Sum("governance.hub.turns", "result=terminated"));
    }

    [Fact]
    public async Task A_timer_that_is_seen_late_shows_by_how_much()
    {
        static void Wait(DurableTaskRegistry tasks) => tasks.AddOrchestratorFunc<string?, string>("Wait", async (context, _) =>
        {
            await context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
            return "rested";
        });
        await using (var first = await TestHub.Start(_memory, _clock, Wait))
        {
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Wait", null, new StartOrchestrationOptions("one"));
            await Eventually.Holds(async () => (await first.Client.GetInstanceAsync("one"))!.RuntimeStatus is OrchestrationRuntimeStatus.Running);
            await first.Crash();
        }

        _clock.Advance(TimeSpan.FromHours(1));
        await using var second = new TestHub(_memory, _clock, Wait);
        using var seen = new Measurements(second.Client.Metrics);
        await second.Begin();
        await second.End("one");

        Assert.InRange(Assert.Single(seen.Values("governance.hub.timer.lag")), 3500, 3700);
    }

    [Fact]
    public async Task Queues_show_what_waits()
    {
        await using var hub = await ScriptedHub.Start(new() { ConcurrentTurns = 1 });
        using var seen = new Measurements(hub.Client.Metrics);
        for (var n = 0; n < 4; n++)
        {
            await hub.Schedule($"i{n}");
        }

        await Eventually.Holds(() => hub.Turns.Count == 1);
        Assert.Equal((3, 4, 0), (seen.Gauge("governance.hub.ready"), seen.Gauge("governance.hub.instances"), seen.Gauge("governance.hub.activities.waiting")));

        hub.Let(100);
        await Eventually.Holds(() => seen.Gauge("governance.hub.ready") == 0);
        await hub.Client.StopAsync(CancellationToken.None);
        Assert.Equal(0, seen.Gauge("governance.hub.instances"));
    }

    [Fact]
    public async Task Activities_that_wait_show()
    {
        var let = new TaskCompletionSource();
        await using var hub = await TestHub.Start(
            _memory,
            _clock,
            tasks => tasks
                .AddOrchestratorFunc<int, int>("Fan", async (context, width) => (await Task.WhenAll(Enumerable.Range(0, width).Select(n => context.CallActivityAsync<int>("Work", n)))).Sum())
                .AddActivityFunc<int, int>("Work", async (_, n) =>
                {
                    await let.Task;
                    return n;
                }),
            new() { ConcurrentActivities = 2 });
        using var seen = new Measurements(hub.Client.Metrics);
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Fan", 10);

        await Eventually.Holds(() => seen.Gauge("governance.hub.activities.waiting") == 8);
        let.SetResult();
        await hub.End(id);

        Assert.Equal(0, seen.Gauge("governance.hub.activities.waiting"));
    }

    [Fact]
    public async Task Failing_storage_and_lost_ownerships_are_counted_and_a_stop_is_none()
    {
        var (store, failures) = (new HookedStore(_memory), 0);
        var hub = await TestHub.Start(store, _clock, tasks => tasks.AddOrchestratorFunc<string?, string>("Any", (_, _) => Task.FromResult("")));
        using var seen = new Measurements(hub.Client.Metrics);
        store.Before = (method, _) => method == nameof(ITaskHubStore.CommitAsync) && Interlocked.Increment(ref failures) <= 3
            ? throw new TaskHubStoreException("down")
            : Task.CompletedTask;
        await hub.Moving(hub.Run("Any"));
        Assert.Equal(3, seen.Sum("governance.hub.storage.failures"));
        Assert.Equal(0, seen.Sum("governance.hub.ownership.lost"));

        using (await OneShard.Take(_memory, _clock, "another process"))
        {
            await hub.Moving(hub.Run("Any", instanceId: Enumerable.Range(0, 1000).Select(n => $"i{n}").First(id => HubKeys.ShardOf(id) == 0)));
        }

        Assert.Equal(1, seen.Sum("governance.hub.ownership.lost"));
        await hub.Moving(hub.Client.StopAsync(CancellationToken.None));
        Assert.Equal(1, seen.Sum("governance.hub.ownership.lost"));
        await hub.DisposeAsync();
    }
}
