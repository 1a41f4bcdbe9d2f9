using System.Collections.Concurrent;
using Governance.Durable.Client;
using Governance.Durable.Hub;
using Governance.Testing;
using Governance.Testing.Hub;

namespace Governance.Durable.Tests.Hub;

/// <summary>The workload over one store, cut off as often as a test wants and brought to its end.</summary>
internal sealed class CrashTrial
{
    private const int Instances = 14;
    private readonly FakeClock _clock = new();
    private readonly ConcurrentDictionary<string, int> _runs = new();

    public CrashTrial() => Store = new(_clock);

    public InMemoryTaskHubStore Store { get; }

    /// <summary>Runs until the given number of commits is written; the next one hangs, with or without effect, and so does everything after it.</summary>
    public async Task RunUntilCut(int commitsBefore, StoreFault cut)
    {
        var (commits, dead) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var cutting = new FaultyTaskHubStore(Store, method =>
        {
            if (dead.Task.IsCompleted)
            {
                return StoreFault.Hangs;
            }

            if (method != nameof(ITaskHubStore.CommitAsync) || Interlocked.Increment(ref commits) <= commitsBefore)
            {
                return StoreFault.None;
            }

            return dead.TrySetResult() ? cut : StoreFault.Hangs;
        });
        await using var hub = new TestHub(cutting, _clock, Register);
        await hub.Client.StartAsync(CancellationToken.None);
        using var given = new CancellationTokenSource();
        var work = Task.WhenAll(Enumerable.Range(0, Instances).Select(number => Whole(hub, number, given.Token)));
        await hub.Moving(Task.WhenAny(dead.Task, work));
        await hub.Crash();
        await given.CancelAsync();
        await work.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    /// <summary>Starts a hub over what is there, brings everything to its end and checks every result.</summary>
    public Task Finish(TaskHubOptions? options = null) => Finish(Store, options);

    /// <inheritdoc cref="Finish(TaskHubOptions?)"/>
    public async Task Finish(ITaskHubStore store, TaskHubOptions? options = null)
    {
        await using var hub = await TestHub.Start(store, _clock, Register, options);
        await hub.Moving(Task.WhenAll(Enumerable.Range(0, Instances).Select(number => HubWorkload.Begin(hub.Client, number))));
        for (var number = 0; number < Instances; number++)
        {
            var ended = await hub.End(HubWorkload.Id(number));
            Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
            Assert.Equal(HubWorkload.Expected(number), ended.ReadOutputAs<string>());
        }
    }

    private static async Task Whole(TestHub hub, int number, CancellationToken cancellation)
    {
        await HubWorkload.Begin(hub.Client, number);
        await hub.Client.WaitForInstanceCompletionAsync(HubWorkload.Id(number), cancellation: cancellation);
    }

    private void Register(DurableTaskRegistry tasks) =>
        HubWorkload.Register(tasks, TimeSpan.FromSeconds(2), key => _runs.AddOrUpdate(key, 1, (_, runs) => runs + 1));
}
