using Governance.Durable.Client;
using Governance.Durable.Hub;
using Governance.Testing;
using Governance.Testing.Hub;

namespace Governance.Durable.Tests.Hub;

/// <summary>Wherever a hub is cut off, and however storage fails, every instance ends with the result that it would have had otherwise.</summary>
public sealed class CrashesAndFaults
{
    private readonly FakeClock _clock = new();

    [Fact]
    public async Task Cut_at_any_commit_and_started_again_the_work_ends_alike()
    {
        var whole = new CrashTrial();
        await whole.Finish();

        // Every other commit takes effect without an answer.
        await Parallel.ForAsync(0, whole.Store.Commits, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (cut, _) =>
        {
            var trial = new CrashTrial();
            await trial.RunUntilCut(cut, cut % 2 == 0 ? StoreFault.Hangs : StoreFault.HangsAfterwards);
            await trial.Finish();
        });
    }

    [Fact]
    public async Task Cut_again_and_again_the_work_still_ends_alike()
    {
        var seeded = new Seeded(4711);
        var trial = new CrashTrial();
        for (var round = 0; round < 12; round++)
        {
            await trial.RunUntilCut(seeded.Next(1, 40), seeded.Pick([StoreFault.Hangs, StoreFault.HangsAfterwards]));
        }

        await trial.Finish();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task With_a_store_that_fails_and_loses_answers_the_work_ends_alike(int seed)
    {
        var random = new Random(seed);
        var trial = new CrashTrial();
        await trial.Finish(new FaultyTaskHubStore(trial.Store, _ =>
        {
            lock (random)
            {
                return random.Next(10) switch { 0 => StoreFault.Fails, 1 => StoreFault.LosesAnswer, _ => StoreFault.None };
            }
        }));
    }

    [Fact]
    public async Task While_storage_is_down_the_hub_waits_and_does_not_spin()
    {
        var store = new InMemoryTaskHubStore(_clock);
        var (down, calls) = (false, 0);
        await using var hub = new TestHub(
            new FaultyTaskHubStore(store, _ => Interlocked.Increment(ref calls) > 0 && down ? StoreFault.Fails : StoreFault.None), _clock, tasks => HubWorkload.Register(tasks, TimeSpan.FromSeconds(1), _ => 3));
        await hub.Begin();
        down = true;
        var ended = hub.Run("FanOut", 7, "waits");
        var waiting = _clock.PendingTimers;
        await Eventually.Holds(() => Volatile.Read(ref calls) > 0);

        // An hour passes in seconds: at most one attempt for each longest delay, by each of the few that wait.
        for (var i = 0; i < 3600; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        var attempts = Volatile.Read(ref calls);
        Assert.InRange(attempts, 1, 30_000);
        Assert.False(ended.IsCompleted);
        down = false;
        Assert.Equal(HubWorkload.Expected(7), (await hub.Moving(ended)).ReadOutputAs<string>());
        Assert.True(waiting > 0);
    }

    [Fact]
    public async Task A_message_that_is_delivered_again_after_a_crash_takes_effect_once()
    {
        // The receiver stores the event; the crash comes before the sender's outbox row is deleted, so it is sent again.
        var store = new InMemoryTaskHubStore(_clock);
        void Events(DurableTaskRegistry tasks) => tasks
            .AddOrchestratorFunc<string?, string>("Receiver", async (context, _) =>
                await context.WaitForExternalEvent<string>("Ball") + await context.WaitForExternalEvent<string>("Ball"))
            .AddOrchestratorFunc<string, string>("Sender", (context, payload) =>
            {
                context.SendEvent("receiver", "Ball", payload);
                return Task.FromResult("sent");
            });
        await using (var first = await TestHub.Start(store, _clock, Events))
        {
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Receiver", null, new StartOrchestrationOptions("receiver"));
            await first.Run("Sender", "one", "sender-1");
            await Eventually.Holds(async () => (await first.Client.GetInstanceAsync("receiver"))!.RuntimeStatus == OrchestrationRuntimeStatus.Running);
            await Eventually.Holds(() => !store.Rows.Any(row => row.Contains("!inbox~", StringComparison.Ordinal)));
            Assert.Contains(store.Rows, row => row.Contains("!outbox~", StringComparison.Ordinal));
            await first.Crash();
        }

        await using var second = await TestHub.Start(store, _clock, Events);
        await second.Run("Sender", "two", "sender-2");

        Assert.Equal("onetwo", (await second.End("receiver")).ReadOutputAs<string>());
    }
}
