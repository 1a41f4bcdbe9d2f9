using System.Collections.Concurrent;
using Governance.Functions.Observability;

namespace Governance.Functions.Hosting;

/// <summary>Runs timers, whoever says that one is due: the embedded clock, the Functions host, or a person. A timer runs once at a time in a process.</summary>
internal sealed class TimerRuns(IServiceProvider services, TimerReports reports, TimeProvider clock, ILogger<TimerRuns> log)
{
    private readonly ConcurrentDictionary<string, bool> _running = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Runs a timer now.</summary>
    /// <returns>What came of it; null where it runs already and was not started again. A fault of the run is logged and reported, not thrown: the next run is due anyway.</returns>
    public async Task<TimerRunReport?> Run(string name, TimerTrigger timer, CancellationToken cancellation)
    {
        if (!_running.TryAdd(name, true))
        {
            reports.Skipped(name);
            return null;
        }

        using var activity = Traces.Timer(name);
        using var scope = log.BeginScope(new CorrelationScope($"timer:{name}"));
        var started = clock.GetUtcNow();
        reports.Began(name, started);
        var (succeeded, summary) = (false, "stopped");
        TimerRunReport report;
        try
        {
            summary = await timer.Run(new TimerRun(services, started, cancellation));
            succeeded = true;
            log.TimerRan(name, summary);
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested)
        {
            // This is the top of a timer's run, as the pipeline is of a request: one timer's fault must not end the others.
            log.TimerFailed(name, fault);
            summary = "failed";
        }
        finally
        {
            var ended = clock.GetUtcNow();
            report = new(started, ended, succeeded, summary);
            reports.Ended(name, report);
            Metrics.TimerRan(name, ended - started, succeeded);
            _running.TryRemove(name, out _);
        }

        return report;
    }
}
