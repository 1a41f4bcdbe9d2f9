using System.Collections.Concurrent;
using Governance.Durable.Client;
using Governance.Testing;
using Governance.Testing.Hub;

namespace Governance.Durable.Tests.Hub;

/// <summary>How much runs at once, who goes first, and who waits.</summary>
public sealed class LimitingWork
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task No_more_turns_run_at_once_than_are_allowed()
    {
        await using var hub = await ScriptedHub.Start(new() { ConcurrentTurns = 3 });
        for (var n = 0; n < 9; n++)
        {
            await hub.Schedule($"i{n}");
        }

        await Eventually.Holds(() => hub.Turns.Count == 3);
        hub.Let(9);
        await Eventually.Holds(() => hub.Turns.Count == 9);

        Assert.Equal(3, hub.MostAtOnce);
    }

    [Fact]
    public async Task An_instance_with_hundreds_of_messages_does_not_hold_up_the_others()
    {
        await using var hub = await ScriptedHub.Start(new() { ConcurrentTurns = 1, MessagesPerTurn = 50 });
        await hub.Schedule("noisy");
        await Eventually.Holds(() => hub.Turns.Count == 1);
        for (var n = 0; n < 200; n++)
        {
            await hub.Client.RaiseEventAsync("noisy", "Noise", n);
        }

        await hub.Schedule("quiet");
        await hub.Schedule("calm");
        hub.Let(7);
        await Eventually.Holds(() => hub.Turns.Count == 7);

        Assert.Equal(["noisy", "quiet", "calm", "noisy", "noisy", "noisy", "noisy"], hub.Turns);
    }

    [Fact]
    public async Task Above_the_backlog_starts_and_events_wait_and_nothing_of_them_is_stored()
    {
        await using var hub = await ScriptedHub.Start(new() { ConcurrentTurns = 1, Backlog = 2 });
        await hub.Schedule("running");
        await Eventually.Holds(() => hub.Turns.Count == 1);
        await hub.Schedule("ready 1");
        await hub.Schedule("ready 2");
        var before = hub.Store.Rows;

        var (start, raise) = (hub.Schedule("waits"), hub.Client.RaiseEventAsync("running", "Any"));

        // What only looks is answered meanwhile.
        Assert.NotNull(await hub.Client.GetInstanceAsync("ready 2"));
        Assert.Null(await hub.Client.GetInstanceAsync("waits"));
        Assert.False(start.IsCompleted || raise.IsCompleted);
        Assert.Equal(before, hub.Store.Rows);
        hub.Let(100);
        await Task.WhenAll(start, raise).WaitAsync(Patience);
        await Eventually.Holds(() => hub.Turns.Contains("waits"));
    }

    [Fact]
    public async Task Who_gives_up_waiting_at_the_backlog_has_started_nothing()
    {
        await using var hub = await ScriptedHub.Start(new() { ConcurrentTurns = 1, Backlog = 1 });
        await hub.Schedule("running");
        await Eventually.Holds(() => hub.Turns.Count == 1);
        await hub.Schedule("ready");
        using var patience = new CancellationTokenSource();
        var start = hub.Client.ScheduleNewOrchestrationInstanceAsync("Scripted", null, new StartOrchestrationOptions("never"), patience.Token);

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
        hub.Let(100);
        await Eventually.Holds(() => hub.Turns.Count == 2);
        Assert.Null(await hub.Client.GetInstanceAsync("never"));
    }

    [Fact]
    public async Task No_more_activities_run_at_once_than_are_allowed_and_callers_take_turns()
    {
        var clock = new FakeClock();
        var (running, most, order, let) = (0, 0, new ConcurrentQueue<string>(), new SemaphoreSlim(0));
        await using var hub = await TestHub.Start(
            new InMemoryTaskHubStore(clock),
            clock,
            tasks => tasks
                .AddOrchestratorFunc<int, int>("Fan", async (context, width) =>
                    (await Task.WhenAll(Enumerable.Range(0, width).Select(n => context.CallActivityAsync<int>("Work", n)))).Length)
                .AddActivityFunc<int, int>("Work", async (context, n) =>
                {
                    order.Enqueue(context.InstanceId);
                    most = Math.Max(most, Interlocked.Increment(ref running));
                    await let.WaitAsync(context.CancellationToken);
                    Interlocked.Decrement(ref running);
                    return n;
                }),
            new() { ConcurrentActivities = 2 });
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Fan", 40, new StartOrchestrationOptions("wide"));
        await Eventually.Holds(() => order.Count == 2);
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Fan", 3, new StartOrchestrationOptions("narrow"));
        await hub.Moving(hub.Client.WaitForInstanceStartAsync("narrow"));

        let.Release(43);
        await hub.End("narrow");
        await hub.End("wide");

        Assert.Equal(2, most);
        Assert.Equal(3, order.Take(10).Count(caller => caller == "narrow"));
        let.Dispose();
    }

    [Fact]
    public async Task Above_the_backlog_of_activities_starts_wait_while_events_and_activities_do_not()
    {
        var clock = new FakeClock();
        using var let = new SemaphoreSlim(0);
        var (started, begun) = ((TestHub?)null, false);
        await using var hub = await TestHub.Start(
            new InMemoryTaskHubStore(clock),
            clock,
            tasks => tasks
                .AddOrchestratorFunc<int, int>("Fan", async (context, width) =>
                    (await Task.WhenAll(Enumerable.Range(0, width).Select(n => context.CallActivityAsync<int>("Work", n)))).Length)
                .AddOrchestratorFunc<string, string>("Listen", (context, _) => context.WaitForExternalEvent<string>("Word"))
                .AddOrchestratorFunc<string, string>("Beget", async (context, child) => await context.CallActivityAsync<string>("Begin", child))
                .AddActivityFunc<int, int>("Work", async (context, n) =>
                {
                    await let.WaitAsync(context.CancellationToken);
                    return n;
                })
                .AddActivityFunc<string, string>("Begin", async (context, child) =>
                {
                    begun = true;
                    await let.WaitAsync(context.CancellationToken);
                    return await started!.Client.ScheduleNewOrchestrationInstanceAsync("Listen", null, new StartOrchestrationOptions(child), context.CancellationToken);
                }),
            new() { ConcurrentActivities = 1, ActivityBacklog = 2 });
        started = hub;
        using var seen = new Measurements(hub.Client.Metrics);
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Listen", null, new StartOrchestrationOptions("listening"));
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Beget", "child", new StartOrchestrationOptions("begetting"));
        await Eventually.Holds(() => begun);
        await hub.Client.ScheduleNewOrchestrationInstanceAsync("Fan", 3, new StartOrchestrationOptions("wide"));
        await Eventually.Holds(() => seen.Gauge("governance.hub.activities.waiting") == 3);

        var waiting = hub.Client.ScheduleNewOrchestrationInstanceAsync("Fan", 1, new StartOrchestrationOptions("waiting"));
        await hub.Client.RaiseEventAsync("listening", "Word", "heard");
        await hub.End("listening");
        Assert.False(waiting.IsCompleted);
        Assert.Null(await hub.Client.GetInstanceAsync("waiting"));

        // The one activity that runs starts an instance while too many wait behind it.
        let.Release();
        await hub.End("begetting");
        Assert.NotNull(await hub.Client.GetInstanceAsync("child"));
        Assert.False(waiting.IsCompleted);

        let.Release(4);
        await waiting.WaitAsync(Patience);
        await hub.End("wide");
        await hub.End("waiting");
    }
}
