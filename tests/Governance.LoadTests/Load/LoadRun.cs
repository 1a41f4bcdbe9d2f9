using Governance.LoadTests.Measuring;
using Governance.LoadTests.Reports;
using Governance.LoadTests.Stack;
using Governance.LoadTests.Verify;

namespace Governance.LoadTests.Load;

/// <summary>Runs one scenario: prepares, warms up, measures, waits until follow-up work is done, checks the store, and measures the storage by itself at the same fill.</summary>
internal static class LoadRun
{
    // The clocks of app and users may differ a little where the app runs elsewhere.
    private static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan BareTime = TimeSpan.FromSeconds(4);

    private const int BareCallers = 16;

    internal static async Task<ScenarioReport> Run(IScenario scenario, LoadOptions options, LoadTarget target, LiveProgress progress)
    {
        var clock = TimeProvider.System;
        using var client = new LoadClient(target.Address);
        var people = options is { PublisherToken: { } publisher, ApproverToken: { } approver } && options.Url is not null
            ? People.Given(publisher, approver)
            : await People.SignIn(client, scenario.Users, scenario.Number == 2 ? scenario.Users : 0);
        using var api = ApiCaller.With(target.Address, people.Publisher(0), people.Approver(0));
        var bench = new LoadBench(client, api, people, options.Seed, options.Small);

        progress.Say($"Scenario {scenario.Number}: {scenario.Title}. Preparing…");
        var since = clock.GetUtcNow() - ClockSlack;
        await scenario.Prepare(bench);

        progress.Say($"Warming up for {options.WarmUp.TotalSeconds:0} s, then measuring for {options.Time.TotalSeconds:0} s…");
        var recorder = new Recorder(clock);
        var (measured, uses) = await Measure(scenario, options, target, bench, recorder, progress, clock);

        progress.Say($"Checking {bench.Ledger.Count} deployments…");
        var verdict = await StoreCheck.Run(bench, since, target.Alone);
        var bare = options.Small || bench.Ledger.Count == 0 ? null : await target.Bare(bench.Ledger.All.First().Key, BareCallers, BareTime);
        return ScenarioReport.Of(scenario, options, recorder, measured, uses, verdict, bare);
    }

    private static async Task<(Sample[] Served, IReadOnlyDictionary<string, int> Refused)> Users(
        IScenario scenario, LoadOptions options, LoadBench bench, Recorder recorder, TimeProvider clock)
    {
        var (loop, end) = (new UserLoop(scenario, bench, recorder, clock), options.WarmUp + options.Time);
        await Task.WhenAll(Enumerable.Range(0, scenario.Users).Select(number => Task.Run(() =>
        {
            var random = new Random((options.Seed * 100_003) + number);
            var user = new User(number, bench.People.Publisher(number), bench.People.Approver(number), random);
            var begin = (number < scenario.EarlyUsers ? TimeSpan.Zero : options.WarmUp) + scenario.Think.DrawFirst(random);
            return loop.Run(user, begin, end);
        })));
        return recorder.Within(options.WarmUp, end);
    }

    private static async Task<((Sample[] Served, IReadOnlyDictionary<string, int> Refused) Measured, IReadOnlyList<ProcessUse> Uses)> Measure(
        IScenario scenario, LoadOptions options, LoadTarget target, LoadBench bench, Recorder recorder, LiveProgress progress, TimeProvider clock)
    {
        await using var meter = new ProcessMeter(target.Processes);
        using var over = new CancellationTokenSource();
        var beside = Task.WhenAll(progress.Watch(recorder, clock, over.Token), Supply(scenario, bench, recorder, over.Token));
        var measured = await Users(scenario, options, bench, recorder, clock);
        await over.CancelAsync();
        await beside;
        return (measured, await meter.End());
    }

    private static async Task Supply(IScenario scenario, LoadBench bench, Recorder recorder, CancellationToken cancellation)
    {
        try
        {
            await scenario.Supply(bench, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The users are done.
        }
        catch (LoadException dry)
        {
            recorder.Failure($"supply: {dry.Message}");
        }
    }
}
