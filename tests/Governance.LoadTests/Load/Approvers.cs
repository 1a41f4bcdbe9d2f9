using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Governance.LoadTests.Load;

/// <summary>Scenario 2: approvers look at what waits for the CAB and decide, while new requests come in.</summary>
internal sealed class Approvers(int users = 50) : IScenario
{
    private const int Pool = 500;

    // So many at once that the pool stays full, few enough that they are no load of their own.
    private const int Suppliers = 4;

    private readonly ConcurrentQueue<Guid> _waiting = new();
    private ImmutableArray<Intent> _intents = [];

    public int Number => 2;

    public string Title => $"{users} approvers: 4 lists, 3 approvals, 1 rejection";

    public int Users => users;

    public int EarlyUsers => users;

    public ThinkTime Think => new(1, 3);

    public (double? P50, double? P99) Targets => (50, 500);

    public async Task Prepare(LoadBench bench)
    {
        _intents = await bench.Packs(Publishers.Apps, risky: true);
        var made = await Preparation.Submit(
            bench, [.. Enumerable.Range(0, Pool).Select(number => (_intents[number % _intents.Length], bench.People.Publisher(number)))], "AWAITING_CAB", Preparation.Patience);
        foreach (var id in made)
        {
            _waiting.Enqueue(id);
        }
    }

    public Task Supply(LoadBench bench, CancellationToken cancellation) => Task.WhenAll(Enumerable.Range(0, Suppliers).Select(async supplier =>
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await pause.WaitForNextTickAsync(cancellation))
        {
            for (var number = supplier; _waiting.Count < Pool - supplier; number += Suppliers)
            {
                await One(bench, _intents[number % _intents.Length], bench.People.Publisher(number), cancellation);
            }
        }
    }));

    // Each request is decided by one approver alone: who is second to it would be told so, and that is another scenario.
    public Request Next(LoadBench bench, User user) => user.Draw("list", "list", "list", "list", "approve", "approve", "approve", "reject") switch
    {
        "list" => Requests.Pending(user.Approver),
        var vote when _waiting.TryDequeue(out var id) => Requests.Decide(bench, user.Approver, id, approve: vote == "approve"),
        _ => Requests.Pending(user.Approver),
    };

    private async Task One(LoadBench bench, Intent intent, string token, CancellationToken cancellation)
    {
        // What was begun is taken down, also where the run ends meanwhile.
        cancellation.ThrowIfCancellationRequested();
        var id = bench.NextId();
        var status = await Preparation.Served(
            bench.Client, new(HttpMethod.Post, token, Requests.Base + "deployments", intent.With(id)) { Wait = 30 }, CancellationToken.None);
        bench.Ledger.Created(id, intent.App, "AWAITING_CAB");
        if (status == "AWAITING_CAB")
        {
            _waiting.Enqueue(id);
        }
    }
}
