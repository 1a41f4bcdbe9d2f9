using System.Collections.Immutable;
using Governance.Functions.Configuration;

namespace Governance.Functions.Hosting;

/// <summary>Which timers run when.</summary>
/// <param name="Enabled">False where none runs by itself.</param>
/// <param name="Schedules">Schedules that win over the declared ones, by function name; <c>off</c> turns a timer off.</param>
internal sealed record TimerSettings(bool Enabled, ImmutableSortedDictionary<string, string> Schedules)
{
    private const string Off = "off";

    /// <summary>Reads section <c>Timers</c>: <c>Timers__Enabled</c> and <c>Timers__{function}</c>.</summary>
    public static TimerSettings Read(SettingsReader settings, FunctionCatalog catalog)
    {
        var timers = settings.Section("Timers");
        var names = catalog.On<TimerTrigger>().Select(timer => timer.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var schedules = settings.Map("Timers").Remove("Enabled");
        foreach (var (name, schedule) in schedules)
        {
            if (!names.Contains(name))
            {
                timers.Wrong(name, "names no timer");
            }
            else if (!schedule.Equals(Off, StringComparison.OrdinalIgnoreCase) && Schedule.TryParse(schedule) is null)
            {
                timers.Wrong(name, $"must be 'off' or an NCRONTAB of six fields, not '{schedule}'");
            }
        }

        return new(timers.Boolean("Enabled", true), schedules);
    }

    /// <summary>When a timer is due.</summary>
    /// <returns>Null where it is off.</returns>
    public Schedule? Of(string name, TimerTrigger timer) => Enabled ? Schedule.TryParse(Schedules.GetValueOrDefault(name, timer.Schedule)) : null;
}

/// <summary>The clock of the embedded mode: one loop for each timer of the catalog. Behind the Functions host it does not run; the host calls.</summary>
internal sealed class EmbeddedTimers(FunctionCatalog catalog, TimerSettings settings, TimerRuns runs, TimerReports reports, TimeProvider clock) : BackgroundService
{
    // A timer of TimeProvider takes at most about 49 days; a schedule may be yearly.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(catalog.On<TimerTrigger>().Select(timer => Keep(timer.Name, timer.Trigger, stoppingToken)));

    private async Task Keep(string name, TimerTrigger timer, CancellationToken stopping)
    {
        if (settings.Of(name, timer) is not { } schedule)
        {
            reports.Due(name, "off", null);
            return;
        }

        // What was due while a run went on is left out: the next time is always counted from now.
        var next = timer.AtStart ? clock.GetUtcNow() : schedule.After(clock.GetUtcNow());
        while (!stopping.IsCancellationRequested)
        {
            reports.Due(name, schedule.Text, next);
            await SleepUntil(next, stopping);
            await runs.Run(name, timer, stopping);
            next = schedule.After(clock.GetUtcNow() > next ? clock.GetUtcNow() : next);
        }
    }

    private async Task SleepUntil(DateTimeOffset due, CancellationToken stopping)
    {
        for (var left = due - clock.GetUtcNow(); left > TimeSpan.Zero; left = due - clock.GetUtcNow())
        {
            await Task.Delay(left < LongestSleep ? left : LongestSleep, clock, stopping);
        }
    }
}
