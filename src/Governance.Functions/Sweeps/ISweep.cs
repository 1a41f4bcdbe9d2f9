using Governance.Storage.Sweeps;

namespace Governance.Functions.Sweeps;

/// <summary>
/// Something that is gone through again and again, a step at a time. <see cref="SweepRuns"/> sees to the rest: one process at a time, from where the
/// last run stopped, within a budget, with figures for the operator.
/// </summary>
internal interface ISweep
{
    /// <summary>How long a run may begin new steps: what is left then is for the next run, which goes on from the cursor.</summary>
    TimeSpan Budget { get; }

    /// <summary>Does one step, about a page of some hundred things: bounded in memory and safe to repeat, for a crash before its cursor is stored has it done again.</summary>
    /// <param name="cursor">Where the step before ended; null at the beginning of a round.</param>
    /// <param name="cancellation">Ends with the app, or when another process has taken over.</param>
    /// <returns>What it did and where to go on. A fault ends the run; the next one does the same step again.</returns>
    Task<SweepStep> Step(string? cursor, CancellationToken cancellation);
}
