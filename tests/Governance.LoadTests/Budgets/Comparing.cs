using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Governance.IntegrationTests;
using Governance.LoadTests.Load;
using Governance.LoadTests.Measuring;
using Governance.LoadTests.Stack;

namespace Governance.LoadTests.Budgets;

/// <summary>
/// The lines that the same API was measured by as a Python and Django system (gunicorn, PostgreSQL, Redis, 2 cores): what users would run otherwise. App, tenant and storage
/// are processes of their own; checks and lists run behind the answers.
/// </summary>
internal static class Comparing
{
    private const int Waiting = 100;
    private const int EvidenceBytes = 10_000;
    private const int AtOnce = 16;

    // What one line left to do must not weigh on the next.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    internal static async IAsyncEnumerable<Figure> Measure(TimeSpan time)
    {
        await using var stack = await ProcessStack.Start(new() { Settings = ProcessStack.NothingHeldBack });
        using var client = new LoadClient(stack.Address);
        var people = await People.SignIn(client, publishers: 100, approvers: 100);
        using var api = ApiCaller.With(stack.Address, people.Publisher(0), people.Approver(0));
        var bench = new LoadBench(client, api, people, seed: 1);
        var intents = await bench.Packs(Publishers.Apps, risky: true);
        var part = time / 4;

        var pending = new ConcurrentQueue<Guid>(await Submit(Waiting));
        await Task.Delay(Rest);
        yield return Line("list", 280, 5, await Read("deployments"));
        yield return Line($"list what waits for the CAB, {Waiting} of it", 36, 10, await Read("cab/pending?limit=100"));
        var stored = await ClosedLoop.Run(AtOnce, part, Store);
        var bare = await BarePairs(stack, part);
        yield return Line("evidence of 10 kB", 364, 1, stored, string.Create(CultureInfo.InvariantCulture, $"; two such blobs by themselves {bare.PerSecond:0}/s"));
        foreach (var id in await Submit((int)(part.TotalSeconds * 1_000)))
        {
            pending.Enqueue(id);
        }

        await Task.Delay(Rest);
        yield return Line("approve, 16 clients", 279, 2, await ClosedLoop.Run(AtOnce, part, Approve));
        await Task.Delay(Rest);
        yield return Line("approve, 100 clients", 279, 2, await ClosedLoop.Run(100, part, Approve));
        await Task.Delay(Rest);
        yield return Line("create, 16 clients", 327, 2, await ClosedLoop.Run(AtOnce, part, Create));
        await Task.Delay(Rest);
        yield return Line("create, 100 clients", 284, 2, await ClosedLoop.Run(100, part, Create));

        async Task<ImmutableArray<Guid>> Submit(int count) => await Preparation.Submit(
            bench, [.. Enumerable.Range(0, count).Select(number => (intents[number % intents.Length], people.Publisher(number)))], "AWAITING_CAB", Preparation.Patience);

        async Task<Latencies> Read(string path) => await ClosedLoop.Run(
            AtOnce, part, caller => Answered(new(HttpMethod.Get, people.Publisher(caller), Requests.Base + path, null)));

        async Task<bool> Approve(int caller) => pending.TryDequeue(out var id) && await Asked(Requests.Decide(bench, people.Approver(caller), id, approve: true));

        async Task<bool> Create(int caller) => await Asked(Requests.Create(bench, people.Publisher(caller), intents[Random.Shared.Next(intents.Length)], "AWAITING_CAB"));

        async Task<bool> Store(int caller)
        {
            // Another text each time, so that each is a pack of its own.
            var evidence = EvidenceBuilder.LowRisk.Build();
            evidence["rollout_plan"] = $"{Guid.NewGuid()} {new string('x', EvidenceBytes - evidence.ToJsonString().Length)}";
            var body = new JsonObject { ["app_name"] = "Compared", ["version"] = "1.0", ["evidence"] = evidence };
            return await Answered(new(HttpMethod.Post, people.Publisher(caller), Requests.Base + "evidence/store", System.Text.Encoding.UTF8.GetBytes(body.ToJsonString())));
        }

        async Task<bool> Asked(Request request)
        {
            using var answer = await client.Send(request.Call);
            return request.Check(answer, false) is { } problem ? throw new LoadException($"{request.Kind}: {problem}") : true;
        }

        async Task<bool> Answered(Call call)
        {
            using var answer = await client.Send(call);
            return answer.Status is 200 or 201 ? true : throw new LoadException($"{call.Path}: {answer.Describe()}");
        }
    }

    // What a pack is at the least: its content and its record, each written once.
    private static async Task<Latencies> BarePairs(ProcessStack stack, TimeSpan time)
    {
        var container = new BlobContainerClient(stack.Azurite.ConnectionString, "bare");
        await container.CreateIfNotExistsAsync();
        var content = new byte[EvidenceBytes];
        return await ClosedLoop.Run(AtOnce, time, async _ =>
        {
            for (var blob = 0; blob < 2; blob++)
            {
                await container.GetBlobClient($"{Guid.NewGuid()}").UploadAsync(new BinaryData(content));
            }

            return true;
        });
    }

    private static Figure Line(string what, double theirs, int times, Latencies measured, string further = "") => new(
        what,
        $"≥ {times} × {theirs:0}/s of the Django system",
        string.Create(CultureInfo.InvariantCulture, $"{measured.PerSecond:N0}/s, {measured.PerSecond / theirs:0.0} ×; p50 {measured.P50:0.0} ms, p99 {measured.P99:0.0} ms{further}"),
        measured.PerSecond >= times * theirs);
}
