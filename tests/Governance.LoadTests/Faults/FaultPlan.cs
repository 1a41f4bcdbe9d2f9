namespace Governance.LoadTests.Faults;

/// <summary>A run, all of it from one seed.</summary>
internal sealed record FaultPlan
{
    /// <summary>What it is about, one word.</summary>
    public required string Name { get; init; }

    /// <summary>Ids, moments and stories follow from it.</summary>
    public required int Seed { get; init; }

    /// <summary>The deployments.</summary>
    public required IReadOnlyList<Journey> Journeys { get; init; }

    /// <summary>What is done to the system, one after the other.</summary>
    public required IReadOnlyList<ChaosStep> Steps { get; init; }

    /// <summary>Settings of the app for this run.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>How long everything may take to come to its end once nothing is done to it any more.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(240);

    /// <summary>Whether the storage proxy stands between app and storage.</summary>
    internal bool NeedsProxy => Steps.Any(step => step is ChaosStep.TroubleStorage or ChaosStep.RefuseStorage);

    /// <summary>Whether the app runs on a clock that can be set.</summary>
    internal bool NeedsClock => Steps.Any(step => step is ChaosStep.JumpClock);

    /// <summary>The simulated tenant shows at once what it was given; waiting for Intune's replicas is most of a short run.</summary>
    internal FaultPlan Hurried => this with { Settings = new Dictionary<string, string?>(Settings) { ["Intune:LookAgain"] = "00:00:01" } };

    /// <summary>Kills at seeded moments while deployments run.</summary>
    internal static FaultPlan Kills(int kills, int deployments, int seed) => Of("kills", deployments, seed, seeded => ChaosSchedules.Kills(kills, seeded));

    /// <summary>Storage through the proxy, and stopped.</summary>
    internal static FaultPlan Storage(int rounds, TimeSpan stopped, int deployments, int seed) =>
        Of("storage", deployments, seed, seeded => ChaosSchedules.Storage(rounds, stopped, seeded));

    /// <summary>Graph's own faults, and kills of the tenant.</summary>
    internal static FaultPlan Graph(int rounds, TimeSpan each, int deployments, int seed) =>
        Of("graph", deployments, seed, seeded => ChaosSchedules.TroubledGraph(rounds, each, seeded)).FailingAtTimes() with
        {
            // Between two attempts at a publish lie an hour, two and four: here as many quarters of a second.
            Settings = new Dictionary<string, string?> { ["Rollout:Speed"] = "14400" },
        };

    /// <summary>The app's clock set forwards and back.</summary>
    internal static FaultPlan Clock(int rounds, int deployments, int seed) => Of("clock", deployments, seed, seeded => ChaosSchedules.Clock(rounds, seeded));

    private FaultPlan FailingAtTimes() => this with { Journeys = [.. Journeys.Select(journey => journey with { MayFail = true })] };

    private static FaultPlan Of(string name, int deployments, int seed, Func<Random, IEnumerable<ChaosStep>> schedule)
    {
        var seeded = new Random(seed);
        ChaosStep[] steps = [.. schedule(seeded)];

        // All have begun before the last thing is done, most of them while something is.
        var spread = TimeSpan.FromTicks(steps.Sum(step => (step.After + step.Lasts).Ticks));
        return new() { Name = name, Seed = seed, Steps = steps, Journeys = Journey.Plan(deployments, spread * 0.8, seeded) };
    }
}
