using Governance.Durable.Client;
using Governance.Durable.Hub;
using Governance.Durable.Protocol;
using Governance.Testing;
using Governance.Testing.Hub;

namespace Governance.Durable.Tests.Hub;

public sealed class KeepingHistoriesInMemory
{
    private readonly FakeClock _clock = new();

    [Fact]
    public async Task The_least_used_are_forgotten_first_and_the_bytes_stay_within_the_bound()
    {
        using var shard = await OneShard.Take(new InMemoryTaskHubStore(_clock), _clock, "owner");
        var (cache, all) = (new HistoryCache(100), Enumerable.Range(0, 4).Select(n => Hot(shard, $"i{n}")).ToList());
        all[..3].ForEach(instance => cache.Touch(instance, 30));
        cache.Touch(all[0], 30);

        cache.Touch(all[3], 30);

        Assert.Equal([true, false, true, true], all.Select(instance => instance.Snapshot is not null));
        Assert.Equal(90, cache.Bytes);
        cache.Touch(all[3], 70);
        Assert.Equal([true, false, false, true], all.Select(instance => instance.Snapshot is not null));
        Assert.Equal(100, cache.Bytes);
        cache.Forget(all[3]);
        Assert.Equal(30, cache.Bytes);
        Assert.Null(all[3].Snapshot);
    }

    [Fact]
    public async Task A_history_beyond_the_bound_is_not_kept_at_all()
    {
        using var shard = await OneShard.Take(new InMemoryTaskHubStore(_clock), _clock, "owner");
        var (cache, large) = (new HistoryCache(100), Hot(shard, "large"));

        cache.Touch(large, 101);

        Assert.Null(large.Snapshot);
        Assert.Equal(0, cache.Bytes);
    }

    [Fact]
    public async Task Read_again_for_every_turn_the_work_ends_alike()
    {
        var (kept, forgotten) = (new CrashTrial(), new CrashTrial());

        await kept.Finish();
        await forgotten.Finish(options: new() { HistoryCacheBytes = 0 });

        Assert.True(forgotten.Store.Calls > kept.Store.Calls + 20, $"{forgotten.Store.Calls} calls against {kept.Store.Calls}: nothing was read again.");
    }

    [Fact]
    public async Task An_instance_that_has_not_begun_counts_with_its_input()
    {
        var store = new InMemoryTaskHubStore(_clock);
        await using var hub = await TestHub.Start(
            store, _clock, tasks => tasks.AddOrchestratorFunc<string, int>("Measure", (_, text) => Task.FromResult(text.Length)), new() { HistoryCacheBytes = 1_000_000 });
        foreach (var id in new[] { "one", "two", "three" })
        {
            await hub.Client.ScheduleNewOrchestrationInstanceAsync("Measure", new string('x', 400_000), new StartOrchestrationOptions(id, FakeClock.Noon.AddDays(1)));
        }

        var calls = store.Calls;
        await hub.Client.GetInstanceAsync("three");
        Assert.Equal(calls, store.Calls);
        await hub.Client.GetInstanceAsync("one");
        Assert.True(store.Calls > calls, "It was in memory still.");
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(400_000, (await hub.End("one")).ReadOutputAs<int>());
    }

    [Theory]
    [InlineData(64L * 1024 * 1024)]
    [InlineData(0L)]
    public async Task A_long_history_in_pieces_is_put_together_again(long cache)
    {
        await using var hub = await TestHub.Start(
            new InMemoryTaskHubStore(_clock),
            _clock,
            tasks => tasks
                .AddOrchestratorFunc<int, string>("Long", async (context, steps) =>
                {
                    var sum = 0;
                    for (var step = 0; step < steps; step++)
                    {
                        sum += (await context.CallActivityAsync<string>("Fill", step)).Length;
                    }

                    return $"{sum} after {await context.WaitForExternalEvent<string>("Go")}";
                })
                .AddActivityFunc<int, string>("Fill", (_, step) => Task.FromResult(new string('x', 4_000 + step))),
            new() { HistoryCacheBytes = cache });
        var id = await hub.Client.ScheduleNewOrchestrationInstanceAsync("Long", 30);
        await hub.Client.RaiseEventAsync(id, "Go", "go");

        Assert.Equal($"{(30 * 4_000) + (29 * 30 / 2)} after go", (await hub.End(id)).ReadOutputAs<string>());
    }

    private static LiveInstance Hot(OneShard shard, string id)
    {
        var instance = shard.Live(id);
        instance.Snapshot = new() { State = new OrchestrationState { InstanceId = id } };
        return instance;
    }
}
