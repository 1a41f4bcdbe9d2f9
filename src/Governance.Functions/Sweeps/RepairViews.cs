using Governance.Storage.Sweeps;
using Governance.Storage.Views;

namespace Governance.Functions.Sweeps;

/// <summary>Compares the lists with the streams, a page of streams at a time, and mends what a lost message left wrong.</summary>
internal sealed class RepairViews(ViewRepair repair, TimeProvider clock) : ISweep
{
    // Lists of older hours are compared by a rebuild alone.
    private static readonly TimeSpan EventsOf = TimeSpan.FromDays(7);

    /// <summary>Below the 29 minutes after which an invocation of the Functions host is cut, and over before the day's work; the next night goes on.</summary>
    public TimeSpan Budget => TimeSpan.FromMinutes(8);

    /// <inheritdoc/>
    public Task<SweepStep> Step(string? cursor, CancellationToken cancellation) => repair.Step(cursor, clock.GetUtcNow() - EventsOf, cancellation);
}
