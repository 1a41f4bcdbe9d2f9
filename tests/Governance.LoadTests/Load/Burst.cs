using System.Collections.Immutable;

namespace Governance.LoadTests.Load;

/// <summary>Scenario 4: many more users than the app can serve, all of whom create, coming all at once.</summary>
internal sealed class Burst(int users = 1000) : IScenario
{
    private ImmutableArray<Intent> _intents = [];

    public int Number => 4;

    public string Title => $"burst to {users} users who create";

    public int Users => users;

    public int EarlyUsers => Math.Max(1, users / 20);

    public ThinkTime Think => new(0.1, 0.5);

    public (double? P50, double? P99) Targets => (null, 1000);

    public async Task Prepare(LoadBench bench) => _intents = await bench.Packs(Publishers.Apps, risky: true);

    public Task Supply(LoadBench bench, CancellationToken cancellation) => Task.CompletedTask;

    public Request Next(LoadBench bench, User user) =>
        Requests.Create(bench, user.Publisher, _intents[user.Random.Next(_intents.Length)], "AWAITING_CAB");
}
