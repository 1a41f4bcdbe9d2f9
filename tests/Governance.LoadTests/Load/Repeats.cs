using System.Collections.Immutable;

namespace Governance.LoadTests.Load;

/// <summary>Scenario 3: publishers ask again for what is published, look at how it stands, and have some of it mended.</summary>
internal sealed class Repeats(int users = 200) : IScenario
{
    private const int Prepared = 2000;

    // Publishing goes through the plane, a few dozen at once.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly int _each = Math.Max(1, Prepared / users);
    private ImmutableArray<Guid> _active = [];

    public int Number => 3;

    public string Title => $"{users} publishers over {users * _each} active deployments: 6 publishes again, 1 status, 1 remediation";

    public int Users => users;

    public int EarlyUsers => users;

    public ThinkTime Think => new(0.5, 1.5);

    public (double? P50, double? P99) Targets => (50, 500);

    // An app of its own for each, or they would wait for one another's rollout.
    public async Task Prepare(LoadBench bench)
    {
        var intents = await bench.Packs(users * _each, risky: false, withArtifact: true);
        _active = await Preparation.Submit(bench, [.. intents.Select((intent, number) => (intent, bench.People.Publisher(number / _each)))], "ACTIVE", Patience);
    }

    public Task Supply(LoadBench bench, CancellationToken cancellation) => Task.CompletedTask;

    // Only their own: others' may be looked at, and not mended.
    public Request Next(LoadBench bench, User user)
    {
        var id = _active[(user.Number * _each) + user.Random.Next(_each)];
        return user.Draw("publish", "publish", "publish", "publish", "publish", "publish", "status", "remediate") switch
        {
            "status" => Requests.Status(user.Publisher, id),
            "remediate" => Requests.Remediate(user.Publisher, id),
            _ => Requests.Publish(user.Publisher, id),
        };
    }
}
