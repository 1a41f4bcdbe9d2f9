using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Governance.LoadTests.Faults.Checking;
using Governance.LoadTests.Stack;
using Governance.Local.Stack;
using Governance.Local.Storage;

namespace Governance.LoadTests.Faults;

/// <summary>What a run showed.</summary>
internal sealed record FaultReport(FaultPlan Plan, CheckReport Check, IReadOnlyList<string> Failures)
{
    /// <summary>How often the app was ready again after it was killed, and how long that took at most.</summary>
    public required (int Count, TimeSpan Longest) Restarts { get; init; }

    /// <summary>The fewest deployments that were under way when something was done.</summary>
    public required int LeastUnderWay { get; init; }

    /// <summary>From the last step to the end of the last deployment.</summary>
    public required TimeSpan Settled { get; init; }

    /// <summary>Follow-up work that was delivered again.</summary>
    public required int Redelivered { get; init; }

    /// <summary>Storage requests that met trouble at the proxy, by kind.</summary>
    public required IReadOnlyDictionary<StorageTrouble, int> Met { get; init; }

    /// <summary>Calls that clients made again.</summary>
    public required long Repeats { get; init; }

    /// <summary>Calls that clients left in the middle, to make them again.</summary>
    public required long HungUp { get; init; }

    /// <summary>The whole run.</summary>
    public required TimeSpan Took { get; init; }

    /// <summary>Whether everything held.</summary>
    internal bool Holds => Check.Violations.Count == 0 && Failures.Count == 0;
}

/// <summary>Runs deployments through clients that repeat safely, does to the system what the plan says, and checks what is left in the store.</summary>
internal sealed class FaultRun : IDisposable
{
    // A day of a rollout is two seconds; everything else runs as it does for a customer.
    private const string Speed = "43200";

    private readonly FaultPlan _plan;
    private readonly Action<string> _tell;
    private readonly ProcessStack _stack;
    private readonly StorageProxy? _proxy;
    private readonly string _clock;
    private readonly CheckedStore _store;
    private readonly Redelivery _redelivery;
    private readonly HttpClient _http = new();
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<Promise> _promises = new();
    private readonly List<TimeSpan> _restarts = [];
    private DeploymentBoard? _board;
    private TimeSpan _off;

    private FaultRun(FaultPlan plan, ProcessStack stack, StorageProxy? proxy, string clock, Action<string> tell)
    {
        (_plan, _stack, _proxy, _clock, _tell) = (plan, stack, proxy, clock, tell);
        _store = new(stack.Azurite.ConnectionString, ProcessStack.Prefix);
        _redelivery = new(_store);
    }

    /// <summary>Runs a plan from start to check.</summary>
    internal static async Task<FaultReport> Run(FaultPlan plan, Action<string> tell)
    {
        var folder = Directory.CreateTempSubdirectory("governance-faults-");
        var clock = Path.Combine(folder.FullName, "clock");
        SkewedClock.Set(clock, TimeSpan.Zero);
        StorageProxy? proxy = null;
        try
        {
            await using var stack = await ProcessStack.Start(new()
            {
                Settings = new Dictionary<string, string?> { ["Rollout:Speed"] = Speed }.Concat(plan.Settings).GroupBy(setting => setting.Key).ToDictionary(group => group.Key, group => group.Last().Value),
                TenantArguments = ["--state", Path.Combine(folder.FullName, "tenant.jsonl")],
                App = plan.NeedsClock ? "Governance.LoadTests.dll" : "Governance.Functions.dll",
                AppArguments = plan.NeedsClock ? [SkewedApp.Verb, clock] : [],
                ConnectionString = async real => plan.NeedsProxy ? (proxy = await StorageProxy.Start(real, plan.Seed)).ConnectionString : real,
            });
            using var run = new FaultRun(plan, stack, proxy, clock, tell);
            return await run.Run();
        }
        finally
        {
            if (proxy is not null)
            {
                await proxy.DisposeAsync();
            }

            folder.Delete(recursive: true);
        }
    }

    public void Dispose()
    {
        _end.Dispose();
        _store.Dispose();
        _http.Dispose();
    }

    private async Task<FaultReport> Run()
    {
        var watch = Stopwatch.StartNew();
        using var caller = await ApiCaller.Connect(_stack.Address);
        var package = await SamplePackage.Make("Fault", "1.0");
        var api = new PatientApi(caller, _plan.Seed, _end.Token);
        var artifact = (await caller.Upload(package), package.LongLength);
        var board = _board = new DeploymentBoard(api, _end.Token);
        var reading = board.Keep();
        var journeys = _plan.Journeys.Select(journey => Follow(journey, api, board, artifact)).ToList();

        var least = int.MaxValue;
        foreach (var step in _plan.Steps)
        {
            await Task.Delay(step.After);
            await _redelivery.Look(CancellationToken.None);
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
        var check = await StoreCheck.Run(
            _store,
            await TenantApp.Read(_stack.IntuneAddress, CancellationToken.None),
            new([.. _promises], [.. _plan.Journeys.Select(journey => journey.Expected)]),
            CancellationToken.None);
        _tell(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalSeconds,6:0.0} s  checked {check.Deployments} deployments, {check.Events} events, {check.Apps} apps: {check.Violations.Count} violations"));
        return new(_plan, check, failures)
        {
            Restarts = (_restarts.Count, _restarts.DefaultIfEmpty().Max()),
            LeastUnderWay = _plan.Steps.Count == 0 ? 0 : least,
            Settled = settled,
            Redelivered = _redelivery.Count,
            Met = _proxy?.Met ?? new Dictionary<StorageTrouble, int>(),
            Repeats = api.Repeats,
            HungUp = api.HungUp,
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
            case ChaosStep.KillApp kill:
                var killed = Stopwatch.GetTimestamp();
                await _stack.App.Kill();
                if (kill.Redelivers)
                {
                    await _redelivery.PutBack(CancellationToken.None);
                }

                await _stack.StartApp();
                _restarts.Add(Stopwatch.GetElapsedTime(killed));
                break;
            case ChaosStep.KillTenant:
                await _stack.Intune.Kill();
                await _stack.StartIntune();
                break;
            case ChaosStep.RefuseStorage refuse:
                await _proxy!.Close();
                await Task.Delay(refuse.For);
                await _proxy.Open();
                break;
            case ChaosStep.TroubleStorage trouble:
                _proxy!.Faults = trouble.Faults;
                await Task.Delay(trouble.For);
                _proxy.Faults = StorageFaults.None;
                break;
            case ChaosStep.TroubleGraph trouble:
                await Control(HttpMethod.Post, "faults", trouble.Rule);
                await Task.Delay(trouble.For);
                await Control(HttpMethod.Delete, "faults", null);
                break;
            case ChaosStep.JumpClock jump:
                SkewedClock.Set(_clock, _off += jump.By);
                if (jump.By > TimeSpan.Zero)
                {
                    // Time passes for the tenant's devices too; back goes the app's clock alone.
                    await Control(HttpMethod.Post, "advance", new() { ["seconds"] = jump.By.TotalSeconds });
                }

                break;
            case ChaosStep.StopStorage stop:
                await Signals.Stopped(_stack.Azurite.ProcessIds, stop.For);
                break;
            default:
                throw new InvalidOperationException($"Nobody knows how to do {step.Name}.");
        }
    }

    private async Task Control(HttpMethod method, string command, JsonObject? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(_stack.IntuneAddress, $"/_sim/{command}"))
        {
            Content = body is null ? null : new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json"),
        };
        using var answer = await _http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
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
        while (Stopwatch.GetElapsedTime(since) < _plan.Patience && (await StoreCheck.Unrest(_store, CancellationToken.None)).Count > 0)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }
}
