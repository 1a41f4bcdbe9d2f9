using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Governance.LoadTests.Load;
using Governance.LoadTests.Measuring;
using Governance.LoadTests.Stack;
using Governance.Storage.Hosting;

namespace Governance.LoadTests.Scale;

/// <summary>What is measured at each fill.</summary>
internal static class ScaleMeasurements
{
    private const int AtOnce = 16;
    private const int Decisions = 600;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3);

    internal static async Task<ScaleRow> Of(ScaleStore store)
    {
        var fill = store.Count;
        var pending = new ConcurrentBag<Guid>(await store.Pending(Decisions + 200));
        var random = new Random(1);
        var get = await Loop(store, AtOnce, () => new(HttpMethod.Get, store.Bench.People.Publisher(0), $"{Requests.Base}deployments/{Locked(random, store):D}", null));
        var recent = await List(store, "deployments?limit=100", "deployments");
        var open = await List(store, "cab/pending?limit=100", "approvals");
        var apps = await List(store, "deployments/applications?limit=100", "applications");
        var decided = await Decide(store, pending);
        var (created, bare) = await Create(store);
        var memory = Memory(store);
        return new(fill,
        [
            ("create, 16 at once", Figure(created)),
            ("bare transactions of the same rows, 16 at once", Figure(bare)),
            ("create over bare", string.Create(CultureInfo.InvariantCulture, $"{100 * created.PerSecond / bare.PerSecond:0} %, p99 {created.P99 / bare.P99:0.0} ×")),
            ("CAB decision, 16 at once", Figure(decided)),
            ("get a deployment, 16 at once", Figure(get)),
            ("list the newest 100, one caller", Figure(recent)),
            ("list 100 that wait for the CAB, one caller", Figure(open)),
            ("list 100 apps, one caller", Figure(apps)),
            ("memory of the app, of the table service", memory),
        ]);
    }

    private static Task<Latencies> List(ScaleStore store, string path, string list) => Loop(
        store, 1, () => new(HttpMethod.Get, store.Bench.People.Publisher(0), Requests.Base + path, null), answer => answer.Json.GetProperty(list).GetArrayLength() == 100);

    private static async Task<Latencies> Loop(ScaleStore store, int callers, Func<Call> call, Func<Answer, bool>? check = null)
    {
        await ClosedLoop.Run(callers, Time / 3, Once);
        return await ClosedLoop.Run(callers, Time, Once);

        async Task<bool> Once(int caller)
        {
            using var answer = await store.Client.Send(call());
            return answer.Status == 200 && check?.Invoke(answer) != false ? true : throw new LoadException($"While measuring: {answer.Describe()}");
        }
    }

    private static Task<Latencies> Decide(ScaleStore store, ConcurrentBag<Guid> pending)
    {
        var left = Decisions;
        return ClosedLoop.Run(AtOnce, Time * 10, async caller =>
        {
            if (Interlocked.Decrement(ref left) < 0 || !pending.TryTake(out var id))
            {
                return false;
            }

            var request = Requests.Decide(store.Bench, store.Bench.People.Approver(caller), id, approve: true);
            using var answer = await store.Client.Send(request.Call);
            return request.Check(answer, false) is { } problem ? throw new LoadException($"While deciding: {problem}") : true;
        });
    }

    // In turns, so that both meet the same fill.
    private static async Task<(Latencies Created, Latencies Bare)> Create(ScaleStore store)
    {
        using var clients = new StorageClients(new() { ConnectionString = store.Stack.Azurite.ConnectionString, Prefix = ProcessStack.Prefix });
        var storage = await BareTransactions.Like(new StorageLayout(clients).Deployments, store.Any(new Random(1)));
        await storage.Run(AtOnce, Time / 3);
        List<Latencies> created = [], bare = [];
        for (var round = 0; round < 2; round++)
        {
            bare.Add(await storage.Run(AtOnce, Time));
            var number = 0;
            created.Add(await ClosedLoop.Run(AtOnce, Time, async _ =>
            {
                await Preparation.Served(store.Client, store.Create(PausedOrchestrations.MarkedId(), Interlocked.Increment(ref number)), CancellationToken.None);
                return true;
            }));

            // What the creations left to do must not weigh on the bare run after them.
            await Task.Delay(TimeSpan.FromSeconds(5));
        }

        var all = Latencies.Together([.. created]);
        store.Created(all.Count);
        return (all, Latencies.Together([.. bare]));
    }

    private static string Memory(ScaleStore store)
    {
        using var tables = Process.GetProcessById(store.Stack.Azurite.ProcessIds[^1]);
        return string.Create(CultureInfo.InvariantCulture, $"{ProcessMeter.Memory(store.Stack.App.Running):0} MB, {ProcessMeter.Memory(tables):0} MB");
    }

    private static Guid Locked(Random random, ScaleStore store)
    {
        lock (random)
        {
            return store.Any(random);
        }
    }

    private static string Figure(Latencies measured) =>
        string.Create(CultureInfo.InvariantCulture, $"{measured.PerSecond:N0}/s; p50 {measured.P50:0.0} ms, p99 {measured.P99:0.0} ms");
}
