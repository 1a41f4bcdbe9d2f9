using Governance.Core.Deployments;
using Governance.Functions.Composition;
using Governance.Functions.Sweeps;
using Governance.Storage.Sweeps;
using Governance.Storage.Views;

namespace Governance.Functions.Remediation;

/// <summary>
/// Looks for drift in everything that is on devices, as often as its criticality asks for: a page of the live list at a time, a few deployments
/// side by side, at a pace that leaves the plane's budget to publishes.
/// </summary>
internal sealed class SweepDrift(DeploymentViews views, DriftCheck check, SweepLedger ledger, AppSettings settings, TimeProvider clock, ILogger<SweepDrift> log) : ISweep
{
    private const int PageSize = 100;

    /// <inheritdoc/>
    public TimeSpan Budget => TimeSpan.FromMinutes(14);

    /// <inheritdoc/>
    public async Task<SweepStep> Step(string? cursor, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var lanes = cursor is null
            ? DriftLanes.Begin((await ledger.Find(nameof(SweepDrift), cancellation))?.LastRound?.StartedAt, now, settings.Speed)
            : DriftLanes.Parse(cursor).At(now, settings.Speed);
        if (lanes.Turn is not { } lane)
        {
            return new(null, 0, 0, 0);
        }

        var pass = lanes.Passes[lane];
        var page = await views.Live(PageSize, pass.Place, cancellation);
        var due = page.Items.Where(each => each.Status.IsOnDevices() && !each.Superseded && DriftLanes.Includes(lane, each.Criticality)).ToList();
        var further = lanes.Further(lane, page.Cursor);
        var since = clock.GetTimestamp();
        var step = await SweepItems.Each(
            due,
            further.Turn is null ? null : further.ToString(),
            settings.Drift.Parallelism,
            each => each.CorrelationId.ToString(),
            async (each, token) => new SweepOutcome(await check.Look(each.CorrelationId, lane == DriftLane.Compliance, token), now - pass.StartedAt),
            log,
            cancellation);
        await Pace(due.Count, clock.GetElapsedTime(since), cancellation);
        return step;
    }

    // At most so many deployments a second on the average, however fast the plane answers.
    private Task Pace(int looked, TimeSpan taken, CancellationToken cancellation) =>
        settings.Drift.ChecksPerSecond > 0 && TimeSpan.FromSeconds((double)looked / settings.Drift.ChecksPerSecond) - taken is { Ticks: > 0 } rest
            ? Task.Delay(rest, clock, cancellation)
            : Task.CompletedTask;
}
