using Governance.Durable.Hub;
using Governance.Testing;
using Governance.Testing.Hub;

namespace Governance.Durable.Tests.Hub;

/// <summary>Who owns a hub, and what a former owner can still do.</summary>
public sealed class HubOwners
{
    private readonly FakeClock _clock = new();

    [Fact]
    public async Task A_second_process_waits_until_the_first_gives_the_lease_back()
    {
        var store = new InMemoryTaskHubStore(_clock);
        var first = await TestHub.Start(store, _clock, Nothing);
        await using var second = new TestHub(store, _clock, Nothing);
        await second.Client.StartAsync(CancellationToken.None);
        var owned = second.Client.OwnedAsync(CancellationToken.None);
        for (var i = 0; i < 20; i++)
        {
            // The first renews in time, however long this goes on.
            _clock.Advance(TimeSpan.FromSeconds(5));
            await Eventually.Holds(async () => !await store.TakeLeaseAsync("nobody", TimeSpan.Zero, CancellationToken.None));
        }

        Assert.False(owned.IsCompleted);
        await first.DisposeAsync();
        await second.Moving(owned);
    }

    [Fact]
    public async Task A_restarted_process_takes_its_own_lease_back_at_once()
    {
        var store = new InMemoryTaskHubStore(_clock);
        using var folder = new TemporaryFolder();
        var options = new TaskHubOptions { LeaseFile = folder.Path("lease") };
        await using (var first = await TestHub.Start(store, _clock, Nothing, options))
        {
            await first.Crash();
        }

        await using var second = new TestHub(store, _clock, Nothing, options);
        await second.Client.StartAsync(CancellationToken.None);

        // Without a tick of the clock.
        await second.Client.OwnedAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Two_processes_with_one_lease_file_do_not_share_the_lease()
    {
        var store = new InMemoryTaskHubStore(_clock);
        using var folder = new TemporaryFolder();
        var options = new TaskHubOptions { LeaseFile = folder.Path("lease") };
        await using var first = await TestHub.Start(store, _clock, Nothing, options);
        await using var second = new TestHub(store, _clock, Nothing, options);
        await second.Client.StartAsync(CancellationToken.None);
        await Eventually.Holds(() => _clock.PendingTimers >= 2);

        Assert.False(second.Client.OwnedAsync(CancellationToken.None).IsCompleted);
        Assert.True(first.Client.OwnedAsync(CancellationToken.None).IsCompleted);
        await first.DisposeAsync();
    }

    [Fact]
    public async Task A_stop_lets_activities_end_and_stores_their_results()
    {
        var store = new InMemoryTaskHubStore(_clock);
        var (began, release, calls) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        void Register(DurableTaskRegistry tasks) => tasks
            .AddOrchestratorFunc<string?, string>("Two", async (context, _) =>
                await context.CallActivityAsync<string>("Slow") + await context.CallActivityAsync<string>("Next"))
            .AddActivityFunc<string?, string>("Slow", async (_, _) =>
            {
                Interlocked.Increment(ref calls);
                began.TrySetResult();
                await release.Task;
                return "slow+";
            })
            .AddActivityFunc<string?, string>("Next", (_, _) => Task.FromResult("next"));
        var first = await TestHub.Start(store, _clock, Register);
        var id = await first.Client.ScheduleNewOrchestrationInstanceAsync("Two");
        await began.Task;

        var stopped = first.Client.StopAsync(CancellationToken.None);
        release.SetResult();
        await stopped.WaitAsync(TimeSpan.FromSeconds(20));
        await using var second = await TestHub.Start(store, _clock, Register);

        Assert.Equal("slow+next", (await second.End(id)).ReadOutputAs<string>());
        Assert.Equal(1, calls);
        await Assert.ThrowsAsync<InvalidOperationException>(() => first.Client.GetInstanceAsync(id));
    }

    [Fact]
    public async Task A_stop_does_not_wait_longer_than_it_may()
    {
        var store = new InMemoryTaskHubStore(_clock);
        var (began, calls) = (new TaskCompletionSource(), 0);
        void Register(DurableTaskRegistry tasks) => tasks
            .AddOrchestratorFunc<string?, string>("One", (context, _) => context.CallActivityAsync<string>("Stuck"))
            .AddActivityFunc<string?, string>("Stuck", async (context, _) =>
            {
                began.TrySetResult();
                if (Interlocked.Increment(ref calls) == 1)
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
                }

                return "second time";
            });
        await using var first = await TestHub.Start(store, _clock, Register);
        var id = await first.Client.ScheduleNewOrchestrationInstanceAsync("One");
        await began.Task;

        var stopped = first.Client.StopAsync(CancellationToken.None);
        await first.Moving(stopped);
        await using var second = await TestHub.Start(store, _clock, Register);

        Assert.Equal("second time", (await second.End(id)).ReadOutputAs<string>());
    }

    private static void Nothing(DurableTaskRegistry tasks) => tasks.AddOrchestratorFunc<string?, string>("Nothing", (_, _) => Task.FromResult(""));

    private sealed class TemporaryFolder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

        public string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
