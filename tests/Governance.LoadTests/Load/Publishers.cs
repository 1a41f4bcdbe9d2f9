using System.Collections.Immutable;

namespace Governance.LoadTests.Load;

/// <summary>Scenario 1: publishers submit intents that stop at the CAB, and look at them.</summary>
internal sealed class Publishers(int users = 100) : IScenario
{
    /// <summary>So many apps that none gets more deployments than apps have.</summary>
    internal const int Apps = 320;

    // Enough that no list is empty.
    private const int First = 20;

    private ImmutableArray<Intent> _intents = [];

    public int Number => 1;

    public string Title => $"{users} publishers: 3 creates, 1 list, 1 get";

    public int Users => users;

    public int EarlyUsers => users;

    public ThinkTime Think => new(0.5, 2);

    public (double? P50, double? P99) Targets => (50, 500);

    public async Task Prepare(LoadBench bench)
    {
        _intents = await bench.Packs(bench.Small ? First : Apps, risky: true);
        await Preparation.Submit(bench, [.. _intents.Take(First).Select((intent, number) => (intent, bench.People.Publisher(number)))], "AWAITING_CAB", Preparation.Patience);
    }

    public Task Supply(LoadBench bench, CancellationToken cancellation) => Task.CompletedTask;

    public Request Next(LoadBench bench, User user) => user.Draw("create", "create", "create", "list", "get") switch
    {
        "list" => Requests.List(user.Publisher),
        "get" when bench.Ledger.Any(user.Random) is var (id, made) => Requests.Get(user.Publisher, id, made),
        _ => Requests.Create(bench, user.Publisher, _intents[user.Random.Next(_intents.Length)], "AWAITING_CAB"),
    };
}
