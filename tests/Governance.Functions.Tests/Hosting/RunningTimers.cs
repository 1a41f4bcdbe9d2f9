using Governance.Functions.Configuration;
using Governance.Functions.Hosting;
using Governance.Functions.SignIn;
using Governance.Functions.Tests.Testing;
using Governance.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Functions.Tests.Hosting;

public sealed class RunningTimers
{
    private readonly List<DateTimeOffset> _runs = [];

    [Fact]
    public async Task A_timer_runs_at_the_times_of_its_schedule()
    {
        await using var app = await Start(Count);
        await Tick(app, TimeSpan.FromSeconds(59), 0);
        await Tick(app, TimeSpan.FromSeconds(1), 1);
        await Tick(app, TimeSpan.FromMinutes(1), 2);
        Assert.Equal([FakeClock.Noon.AddMinutes(1), FakeClock.Noon.AddMinutes(2)], _runs);
    }

    [Fact]
    public async Task A_timer_may_run_as_soon_as_the_app_is_up()
    {
        await using var app = await TestApp.Start([Function.Timer("Sweep", "0 0 0 1 1 *", Count, atStart: true)]);
        await Eventually.Holds(() => Report(app).Runs.Length == 1);
        Assert.Equal(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero), await NextOf(app));
    }

    [Fact]
    public async Task A_run_that_goes_on_is_not_started_a_second_time()
    {
        var done = new TaskCompletionSource<string>();
        await using var app = await Start(_ => done.Task);
        await Eventually.Holds(() => app.Clock.PendingTimers > 0);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await Eventually.Holds(() => Report(app).RunningSince is not null);
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        var trigger = app.Services.GetRequiredService<FunctionCatalog>().On<TimerTrigger>().Single(timer => timer.Name == "Sweep").Trigger;
        Assert.Null(await app.Services.GetRequiredService<TimerRuns>().Run("sweep", trigger, default));
        Assert.Empty(Report(app).Runs);

        done.SetResult("swept");
        await Eventually.Holds(() => Report(app).Runs.Length == 1 && Report(app).NextAt == FakeClock.Noon.AddMinutes(7));
        Assert.Equal(new TimerRunReport(FakeClock.Noon.AddMinutes(1), FakeClock.Noon.AddMinutes(6), true, "swept"), Report(app).Runs.Single());
    }

    [Fact]
    public async Task A_fault_of_one_run_does_not_keep_the_next_from_running()
    {
        var first = true;
        await using var app = await Start(async run =>
        {
            if (first)
            {
                first = false;
                throw new InvalidOperationException("broken");
            }

            return await Count(run);
        });
        await Tick(app, TimeSpan.FromMinutes(1), 1);
        await Tick(app, TimeSpan.FromMinutes(1), 2);
        Assert.Equal([true, false], Report(app).Runs.Select(run => run.Succeeded));
        Assert.Contains(app.Log.Lines, line => line.Id.Id == 1010 && line.Text.Contains("broken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_the_latest_runs_are_kept()
    {
        await using var app = await Start(Count);
        for (var run = 1; run <= TimerReports.Kept + 5; run++)
        {
            await Tick(app, TimeSpan.FromMinutes(1), Math.Min(run, TimerReports.Kept));
        }

        Assert.Equal(FakeClock.Noon.AddMinutes(TimerReports.Kept + 5), Report(app).Runs[0].StartedAt);
        Assert.Equal(TimerReports.Kept, Report(app).Runs.Length);
    }

    [Fact]
    public async Task A_setting_changes_a_schedule_or_turns_a_timer_off()
    {
        await using var app = await TestApp.Start(
            [Function.Timer("Sweep", "0 * * * * *", Count), Function.Timer("Other", "0 * * * * *", Count)], null, ("Timers:Sweep", "*/10 * * * * *"), ("Timers:Other", "off"));
        await Tick(app, TimeSpan.FromSeconds(10), 1);
        using var answer = await app.Get("/api/v1/operations/sweeps/", Roles.PlatformAdmin);
        var sweeps = (await answer.Json()).GetProperty("sweeps").EnumerateArray().ToDictionary(sweep => sweep.GetProperty("name").GetString()!);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, sweeps["Other"].GetProperty("next_at").ValueKind);
        Assert.Equal("2026-03-03T12:00:20Z", sweeps["Sweep"].GetProperty("next_at").GetString());
        Assert.Equal("2026-03-03T12:00:10Z", sweeps["Sweep"].GetProperty("runs")[0].GetProperty("started_at").GetString());
        Assert.Equal("run 1", sweeps["Sweep"].GetProperty("runs")[0].GetProperty("summary").GetString());
    }

    [Fact]
    public async Task No_timer_runs_where_timers_are_off()
    {
        await using var app = await TestApp.Start([Function.Timer("Sweep", "0 * * * * *", Count)], null, ("Timers:Enabled", "false"));
        app.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty(_runs);
        await Eventually.Holds(() => Report(app).Schedule == "off");
    }

    [Fact]
    public void A_setting_for_a_timer_that_is_none_stops_the_start()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Timers:Sweeep", "off"), new("Timers:Sweep", "often")]).Build();
        var reader = new SettingsReader(configuration);
        TimerSettings.Read(reader, new FunctionCatalog([Function.Timer("Sweep", "0 * * * * *", Count)]));
        Assert.Equal(["Timers__Sweeep names no timer.", "Timers__Sweep must be 'off' or an NCRONTAB of six fields, not 'often'."], reader.Faults);
    }

    [Theory]
    [InlineData("*/30 * * * * *", "2026-03-03T12:00:30")]
    [InlineData("0 5 4 * * SUN", "2026-03-08T04:05:00")]
    [InlineData("0 0 0 29 2 *", "2028-02-29T00:00:00")]
    public void A_schedule_has_seconds_first(string cron, string next) =>
        Assert.Equal(DateTimeOffset.Parse(next + "Z", null), Schedule.TryParse(cron)?.After(FakeClock.Noon));

    private Task<TestApp> Start(TimerHandler handler) => TestApp.Start([Function.Timer("Sweep", "0 * * * * *", handler)]);

    private Task<string> Count(TimerRun run)
    {
        _runs.Add(run.Now);
        return Task.FromResult($"run {_runs.Count}");
    }

    private static async Task Tick(TestApp app, TimeSpan by, int runs)
    {
        await Eventually.Holds(() => app.Clock.PendingTimers > 0);
        app.Clock.Advance(by);
        await Eventually.Holds(() => Report(app).Runs.Length == runs && Report(app).RunningSince is null && Report(app).NextAt > app.Clock.GetUtcNow());
        await Eventually.Holds(() => app.Clock.PendingTimers > 0);
    }

    private static async Task<DateTimeOffset?> NextOf(TestApp app)
    {
        await Eventually.Holds(() => Report(app).NextAt > app.Clock.GetUtcNow());
        return Report(app).NextAt;
    }

    private static TimerReport Report(TestApp app) =>
        app.Services.GetRequiredService<TimerReports>().All.SingleOrDefault(report => report.Name == "Sweep") ?? new TimerReport("Sweep", "", null, null, 0, []);
}
