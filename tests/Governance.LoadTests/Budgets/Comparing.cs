using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Governance.IntegrationTests;
using Governance.LoadTests.Load;
using Governance.LoadTests.Measuring;
using Governance.LoadTests.Stack;

namespace Governance.LoadTests.Budgets;

/// <summary>
/// The lines that the same API was measured by as a Python and Django system (gunicorn, PostgreSQL, Redis, 2 cores): what users would run otherwise. App, tenant and storage
/// are processes of their own; checks and lists run behind the answers. Reading, deciding and creating each have a stack of their own, or one would carry what another left to do.
/// </summary>
internal sealed class Comparing : IAsyncDisposable
{
    private const int Waiting = 100;
    private const int EvidenceBytes = 10_000;
    private const int AtOnce = 16;
    private const int Crowd = 100;

    // More than anybody decides on in a second.
    private const int DecisionsPerSecond = 1_000;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(15);

    private readonly ProcessStack _stack;
    private readonly LoadClient _client;
    private readonly ApiCaller _api;
    private readonly People _people;
    private readonly LoadBench _bench;
    private readonly ImmutableArray<Intent> _intents;
    private readonly ConcurrentQueue<Guid> _pending = new();

    private Comparing(ProcessStack stack, LoadClient client, ApiCaller api, LoadBench bench, ImmutableArray<Intent> intents) =>
        (_stack, _client, _api, _people, _bench, _intents) = (stack, client, api, bench.People, bench, intents);

    internal static async IAsyncEnumerable<Figure> Measure(TimeSpan time)
    {
        var part = time / 4;
        await using (var reading = await Start())
        {
            await reading.Submit(Waiting);
            yield return Line("list", 280, 5, await reading.Read("deployments", part));
            yield return Line($"list what waits for the CAB, {Waiting} of it", 36, 10, await reading.Read($"cab/pending?limit={Waiting}", part));
            var stored = await ClosedLoop.Run(AtOnce, part, reading.Store);
            var bare = await reading.BarePairs(part);
            yield return Line("evidence of 10 kB", 364, 1, stored, string.Create(CultureInfo.InvariantCulture, $"; two such blobs by themselves {bare.PerSecond:0}/s"));
        }

        foreach (var clients in new[] { AtOnce, Crowd })
        {
            await using var deciding = await Start();
            await deciding.Submit((int)(part.TotalSeconds * DecisionsPerSecond));
            yield return Line($"approve, {clients} clients", 279, 2, await ClosedLoop.Run(clients, part, deciding.Approve));
        }

        foreach (var (clients, theirs) in new[] { (AtOnce, 327), (Crowd, 284) })
        {
            await using var creating = await Start();
            await ClosedLoop.Run(AtOnce, part / 2, creating.Create);
            await Task.Delay(Rest);
            yield return Line($"create, {clients} clients", theirs, 2, await ClosedLoop.Run(clients, part, creating.Create));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        _client.Dispose();
        await _stack.DisposeAsync();
    }

    private static async Task<Comparing> Start()
    {
        var stack = await ProcessStack.Start(new() { Settings = ProcessStack.NothingHeldBack });
        var client = new LoadClient(stack.Address);
        var people = await People.SignIn(client, publishers: Crowd, approvers: Crowd);
        var api = ApiCaller.With(stack.Address, people.Publisher(0), people.Approver(0));
        var bench = new LoadBench(client, api, people, seed: 1);
        return new(stack, client, api, bench, await bench.Packs(Publishers.Apps, risky: true));
    }

    private async Task Submit(int count)
    {
        (Intent, string)[] wanted = [.. Enumerable.Range(0, count).Select(number => (_intents[number % _intents.Length], _people.Publisher(number)))];
        foreach (var id in await Preparation.Submit(_bench, wanted, "AWAITING_CAB", Preparation.Patience))
        {
            _pending.Enqueue(id);
        }

        await Task.Delay(Rest);
    }

    private Task<Latencies> Read(string path, TimeSpan time) => ClosedLoop.Run(
        AtOnce, time, caller => Answered(new(HttpMethod.Get, _people.Publisher(caller), Requests.Base + path, null)));

    private async Task<bool> Approve(int caller) =>
        _pending.TryDequeue(out var id) && await Asked(Requests.Decide(_bench, _people.Approver(caller), id, approve: true));

    private Task<bool> Create(int caller) =>
        Asked(Requests.Create(_bench, _people.Publisher(caller), _intents[Random.Shared.Next(_intents.Length)], "AWAITING_CAB"));

    private Task<bool> Store(int caller)
    {
        // Another text each time, so that each is a pack of its own.
        var evidence = EvidenceBuilder.LowRisk.Build();
        evidence["rollout_plan"] = $"{Guid.NewGuid()} {new string('x', EvidenceBytes - evidence.ToJsonString().Length)}";
        var body = new JsonObject { ["app_name"] = "Compared", ["version"] = "1.0", ["evidence"] = evidence };
        return Answered(new(HttpMethod.Post, _people.Publisher(caller), Requests.Base + "evidence/store", Encoding.UTF8.GetBytes(body.ToJsonString())));
    }

    private async Task<bool> Asked(Request request)
    {
        using var answer = await _client.Send(request.Call);
        return request.Check(answer, false) is { } problem ? throw new LoadException($"{request.Kind}: {problem}") : true;
    }

    private async Task<bool> Answered(Call call)
    {
        using var answer = await _client.Send(call);
        return answer.Status is 200 or 201 ? true : throw new LoadException($"{call.Path}: {answer.Describe()}");
    }

    // What a pack is at the least: its content and its record, each written once.
    private async Task<Latencies> BarePairs(TimeSpan time)
    {
        var container = new BlobContainerClient(_stack.Azurite.ConnectionString, "bare");
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
