using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Governance.LoadTests.Faults.Checking;
using Governance.LoadTests.Stack;
using Governance.Local.Stack;

namespace Governance.LoadTests.Faults;

/// <summary>A run, all of it from one seed.</summary>
internal sealed record FaultPlan
{
    /// <summary>What it is about.</summary>
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
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>The simulated tenant shows at once what it was given; waiting for Intune's replicas is most of a short run.</summary>
    internal FaultPlan Hurried => this with { Settings = new Dictionary<string, string?>(Settings) { ["Intune:LookAgain"] = "00:00:01" } };

    /// <summary>Kills at seeded moments while deployments run.</summary>
    internal static FaultPlan Kills(int kills, int deployments, int seed)
    {
        var seeded = new Random(seed);
        var steps = ChaosStep.Kills(kills, seeded);
        var spread = TimeSpan.FromTicks(steps.Sum(step => step.After.Ticks));
        return new() { Name = "kills", Seed = seed, Steps = steps, Journeys = Journey.Plan(deployments, spread, seeded) };
    }
}

/// <summary>What a run showed.</summary>
internal sealed record FaultReport(FaultPlan Plan, CheckReport Check, IReadOnlyList<string> Failures)
{
    /// <summary>How often the app was ready again after it was killed, and how long that took at most.</summary>
    public required (int Count, TimeSpan Longest) Restarts { get; init; }

    /// <summary>The fewest deployments that were under way when something was done.</summary>
    public required int LeastUnderWay { get; init; }

    /// <summary>From the last step to the end of the last deployment.</summary>
    public required TimeSpan Settled { get; init; }

    /// <summary>Calls that clients made again.</summary>
    public required long Repeats { get; init; }

    /// <summary>The whole run.</summary>
    public required TimeSpan Took { get; init; }

    /// <summary>Whether everything held.</summary>
    internal bool Holds => Check.Violations.Count == 0 && Failures.Count == 0;
}

/// <summary>Runs deployments through clients that repeat safely, does to the system what the plan says, and checks what is left in the store.</summary>
internal sealed class FaultRun : IDisposable
{
    private readonly FaultPlan _plan;
    private readonly Action<string> _tell;
    private readonly ProcessStack _stack;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<Promise> _promises = new();
    private readonly List<TimeSpan> _restarts = [];
    private DeploymentBoard? _board;

    private FaultRun(FaultPlan plan, ProcessStack stack, Action<string> tell) => (_plan, _stack, _tell) = (plan, stack, tell);

    /// <summary>Runs a plan from start to check.</summary>
    internal static async Task<FaultReport> Run(FaultPlan plan, Action<string> tell)
    {
        var folder = Directory.CreateTempSubdirectory("governance-faults-");
        try
        {
            await using var stack = await ProcessStack.Start(new() { Settings = Settings(plan, folder.FullName) });
            using var run = new FaultRun(plan, stack, tell);
            return await run.Run();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public void Dispose() => _end.Dispose();

    // A day of a rollout is two seconds; everything else runs as it does for a customer.
    private static Dictionary<string, string?> Settings(FaultPlan plan, string folder) => new(plan.Settings)
    {
        ["Rollout:Speed"] = "43200",
        ["TaskHub:LeaseFile"] = Path.Combine(folder, "hub-lease"),
    };

    private async Task<FaultReport> Run()
    {
        var watch = Stopwatch.StartNew();
        using var caller = await ApiCaller.Connect(_stack.Address);
        var package = await SamplePackage.Make("Fault", "1.0");
        var api = new PatientApi(caller, _end.Token);
        var artifact = (await caller.Upload(package), package.LongLength);
        var board = _board = new DeploymentBoard(api, _end.Token);
        var reading = board.Keep();
        var journeys = _plan.Journeys.Select(journey => Follow(journey, api, board, artifact)).ToList();

        var least = int.MaxValue;
        foreach (var step in _plan.Steps)
        {
            await Task.Delay(step.After);
            var underWay = journeys.Count(journey => !journey.IsCompleted) - _plan.Journeys.Count(journey => journey.BeginsAfter > watch.Elapsed);
            least = Math.Min(least, underWay);
            await Do(step);
            _tell(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalSeconds,6:0.0} s  {step.Name} with {underWay} under way; {board.Said}"));
        }

        var since = Stopwatch.GetTimestamp();
        var failures = await Ended(journeys, since);
        var settled = Stopwatch.GetElapsedTime(since);
        await AtRest(since);
        await _end.CancelAsync();
        await reading;
        await _stack.App.Kill();
        using var store = new CheckedStore(_stack.Azurite.ConnectionString, "load");
        var check = await StoreCheck.Run(
            store,
            await TenantApp.Read(_stack.IntuneAddress, CancellationToken.None),
            new([.. _promises], [.. _plan.Journeys.Select(journey => journey.Expected)]),
            CancellationToken.None);
        _tell(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalSeconds,6:0.0} s  checked {check.Deployments} deployments, {check.Events} events, {check.Apps} apps: {check.Violations.Count} violations"));
        return new(_plan, check, failures)
        {
            Restarts = (_restarts.Count, _restarts.DefaultIfEmpty().Max()),
            LeastUnderWay = _plan.Steps.Count == 0 ? 0 : least,
            Settled = settled,
            Repeats = api.Repeats,
            Took = watch.Elapsed,
        };
    }

    private async Task Follow(Journey journey, PatientApi api, DeploymentBoard board, (string, long) artifact)
    {
        await Task.Delay(journey.BeginsAfter, _end.Token);
        await journey.Run(api, board, artifact, _promises);
    }

    private async Task Do(ChaosStep step)
    {
        switch (step)
        {
            case ChaosStep.KillApp:
                var killed = Stopwatch.GetTimestamp();
                await _stack.App.Kill();
                await _stack.StartApp();
                _restarts.Add(Stopwatch.GetElapsedTime(killed));
                break;
            case ChaosStep.KillTenant:
                await _stack.Intune.Kill();
                await _stack.StartIntune();
                break;
            case ChaosStep.StopStorage stop:
                await Signals.Stopped(_stack.Azurite.ProcessIds, stop.For);
                break;
            default:
                throw new InvalidOperationException($"Nobody knows how to do {step.Name}.");
        }
    }

    // What has not ended in time is left to the check, which says where it stands.
    private async Task<IReadOnlyList<string>> Ended(List<Task> journeys, long since)
    {
        var all = Task.WhenAll(journeys);
        while (!all.IsCompleted && Stopwatch.GetElapsedTime(since) < _plan.Patience)
        {
            await Task.WhenAny(all, Task.Delay(TimeSpan.FromSeconds(10)));
            _tell(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(since).TotalSeconds,6:0.0} s after the last step: {_board!.Said}"));
        }

        return
        [
            .. journeys.Zip(_plan.Journeys).Where(pair => !pair.First.IsCompletedSuccessfully).Select(pair => string.Create(
                CultureInfo.InvariantCulture,
                $"Deployment {pair.Second.Id} ({pair.Second.Story}) {(pair.First.Exception is { } fault ? $"failed: {fault.InnerException!.Message}" : $"had not ended {Stopwatch.GetElapsedTime(since).TotalSeconds:0} s after the last step")}.")),
        ];
    }

    // Lists, timers and follow-up work come to rest a little after the last answer.
    private async Task AtRest(long since)
    {
        using var store = new CheckedStore(_stack.Azurite.ConnectionString, "load");
        while (Stopwatch.GetElapsedTime(since) < _plan.Patience && (await StoreCheck.Unrest(store, CancellationToken.None)).Count > 0)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }
}
