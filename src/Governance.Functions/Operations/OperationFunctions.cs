using System.Collections.Immutable;
using Governance.Functions.Hosting;
using Governance.Functions.SignIn;
using Governance.Storage.Outbox;
using Governance.Storage.Sweeps;

namespace Governance.Functions.Operations;

/// <summary>What whoever runs the platform asks.</summary>
internal static class OperationFunctions
{
    /// <summary>The functions of this subject.</summary>
    public static IEnumerable<Function> All =>
    [
        Function.Get("ListSweeps", "operations/sweeps", Access.To(Roles.PlatformAdmin), Sweeps, new(
            "What the timers of this instance did lately, newest run first, how far each sweep has come, whichever instance is at it, and the follow-up work that keeps failing.",
            Response: """
            {"sweeps": [{"name": "SweepStuck", "schedule": "0 */5 * * * *", "next_at": "2026-01-01T00:05:00Z", "running_since": null, "skipped": 0,
             "runs": [{"started_at": "2026-01-01T00:00:00Z", "ended_at": "2026-01-01T00:00:01Z", "succeeded": true, "summary": "120 looked at, 1 acted on, 0 failed; the round is complete."}],
             "progress": {"cursor": null, "holder": null, "held_until": null, "round_started_at": null, "looked": 0, "acted": 0, "failed": 0, "lag_seconds": 0,
              "last_round": {"started_at": "2026-01-01T00:00:00Z", "ended_at": "2026-01-01T00:00:01Z", "looked": 120, "acted": 1, "failed": 0, "lag_seconds": 240}}}],
             "outbox": {"pending": 3, "oldest_seconds": 2, "delivered": 1200, "left": 1, "failing": [{"id": "5f0c…", "sequence": 3, "kind": "card", "reason": "The channel does not answer.",
              "at": "2026-01-01T00:00:00Z"}]}}
            """)),
    ];

    // Behind the Functions host a queue brings the work, and what keeps failing is in its poison queue.
    private static OutboxView? OutboxOf(ApiRequest request)
    {
        var services = request.Http.RequestServices;
        if (services.GetService<OutboxOptions>() is not { ThroughQueue: false } || services.GetService<OutboxDispatcher>() is not { } dispatcher)
        {
            return null;
        }

        var now = dispatcher.Statistics;
        return new(now.Pending, (long)now.OldestAge.TotalSeconds, now.Delivered, now.Left, dispatcher.Failing);
    }

    // One point read a timer; an app without storage, as some tests build, has no ledger.
    private static async Task<IResult> Sweeps(ApiRequest request)
    {
        var ledger = request.Http.RequestServices.GetService<SweepLedger>();
        var sweeps = new List<SweepView>();
        foreach (var timer in request.Service<TimerReports>().All)
        {
            var progress = ledger is null ? null : await ledger.Find(timer.Name, request.Cancellation);
            sweeps.Add(new(timer.Name, timer.Schedule, timer.NextAt, timer.RunningSince, timer.Skipped, timer.Runs, progress));
        }

        return Results.Ok(new SweepsView(sweeps, OutboxOf(request)));
    }
}

/// <summary>The answer of <c>GET /operations/sweeps</c>.</summary>
/// <param name="Sweeps">The timers, by name.</param>
/// <param name="Outbox">Follow-up work of this instance; null where others dispatch it.</param>
internal sealed record SweepsView(IReadOnlyCollection<SweepView> Sweeps, OutboxView? Outbox);

/// <summary>How follow-up work goes.</summary>
/// <param name="Pending">Changes that wait, are under way, or are dispatched and not deleted yet.</param>
/// <param name="OldestSeconds">The age of the oldest of these.</param>
/// <param name="Delivered">Since the start.</param>
/// <param name="Left">How often a change was left to the sweep since the start.</param>
/// <param name="Failing">What keeps failing; tried again every minute.</param>
internal sealed record OutboxView(int Pending, long OldestSeconds, long Delivered, long Left, IReadOnlyCollection<FailingWork> Failing);

/// <summary>A timer of this instance, and for a sweep how far it has come anywhere.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Schedule">NCRONTAB, or <c>off</c>.</param>
/// <param name="NextAt">When it is due next here, UTC; null where it is off.</param>
/// <param name="RunningSince">When the run that goes on here began, UTC; null where none does.</param>
/// <param name="Skipped">How often it was due here while the run before still went on.</param>
/// <param name="Runs">Runs of this instance, newest first.</param>
/// <param name="Progress">Null for a timer that is no sweep, or has never run.</param>
internal sealed record SweepView(
    string Name, string Schedule, DateTimeOffset? NextAt, DateTimeOffset? RunningSince, long Skipped, ImmutableArray<TimerRunReport> Runs, SweepProgress? Progress);
