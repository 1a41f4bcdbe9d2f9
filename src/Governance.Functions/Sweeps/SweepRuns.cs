using System.Globalization;
using Governance.Functions.Hosting;
using Governance.Functions.Observability;
using Governance.Storage.Sweeps;

namespace Governance.Functions.Sweeps;

/// <summary>Runs sweeps: takes the lease, goes on from the cursor, step by step until the round is complete or the budget is used up.</summary>
/// <param name="ledger">Cursors and leases.</param>
/// <param name="clock">For budgets.</param>
internal sealed class SweepRuns(SweepLedger ledger, TimeProvider clock)
{
    // Unique among runs: a process has one run of a sweep at a time.
    private static readonly string Process = $"{Environment.MachineName}/{Environment.ProcessId}";

    /// <summary>Runs a sweep once.</summary>
    /// <returns>One sentence for the run report.</returns>
    public async Task<string> Run(string name, ISweep sweep, TimerRun run)
    {
        var holder = string.Create(CultureInfo.InvariantCulture, $"{Process}/{run.Now:yyyyMMddTHHmmss.fffffff}");
        if (await ledger.Take(name, holder, run.Cancellation) is not { } lease)
        {
            return "Another process is at it.";
        }

        var since = clock.GetTimestamp();
        var total = new SweepStep(null, 0, 0, 0);
        try
        {
            SweepStep? step;
            do
            {
                step = await lease.Do(sweep.Step, run.Cancellation);
                if (step is null)
                {
                    return $"Another process took over. {Said(total)}";
                }

                Metrics.SweepStepped(name, step);
                total = new(step.Next, total.Looked + step.Looked, total.Acted + step.Acted, total.Failed + step.Failed, step.Lag > total.Lag ? step.Lag : total.Lag);
            }
            while (step.Next is not null && clock.GetElapsedTime(since) < sweep.Budget);

            if (step.Next is null && lease.Progress.LastRound is { } round)
            {
                Metrics.SweepRoundEnded(name, round);
            }

            return Said(total);
        }
        finally
        {
            await lease.Release(CancellationToken.None);
        }
    }

    private static string Said(SweepStep total) => string.Create(
        CultureInfo.InvariantCulture,
        $"{total.Looked} looked at, {total.Acted} acted on, {total.Failed} failed; {(total.Next is null ? "the round is complete" : "to be continued")}.");
}
