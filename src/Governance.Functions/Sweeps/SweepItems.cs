using Azure;
using Governance.Storage.Sweeps;

namespace Governance.Functions.Sweeps;

/// <summary>What came of one thing that a sweep looked at.</summary>
/// <param name="Acted">Whether something was done.</param>
/// <param name="Lag">How late its turn came; zero where it was not due at a certain time.</param>
internal readonly record struct SweepOutcome(bool Acted, TimeSpan Lag = default);

/// <summary>The things of one step, side by side; one that fails keeps the others from nothing.</summary>
internal static partial class SweepItems
{
    /// <summary>Looks at every item.</summary>
    /// <param name="items">One step's worth, some hundred at most.</param>
    /// <param name="next">The cursor behind them; null where they are the last of the round.</param>
    /// <param name="parallelism">How many at once, 1 or more.</param>
    /// <param name="nameOf">What the log calls an item.</param>
    /// <param name="look">Looks at one and does what is due; safe to repeat.</param>
    /// <param name="log">Where faults of single items are told.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="AggregateException">Storage did not answer for any of them: the step is to be done again, not passed over.</exception>
    internal static async Task<SweepStep> Each<T>(
        IReadOnlyList<T> items, string? next, int parallelism, Func<T, string> nameOf, Func<T, CancellationToken, Task<SweepOutcome>> look, ILogger log, CancellationToken cancellation)
    {
        var (acted, lag) = (0, TimeSpan.Zero);
        var faults = new List<Exception>();
        var gate = new Lock();
        await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation }, async (item, token) =>
        {
            try
            {
                var outcome = await look(item, token);
                lock (gate)
                {
                    acted += outcome.Acted ? 1 : 0;
                    lag = outcome.Lag > lag ? outcome.Lag : lag;
                }
            }
            catch (Exception fault) when (!token.IsCancellationRequested)
            {
                // One item's fault, counted and told: the round must reach those behind it, and comes back to it.
                log.ItemFailed(fault, nameOf(item));
                lock (gate)
                {
                    faults.Add(fault);
                }
            }
        });
        return faults.Count == items.Count && faults.Count > 0 && faults.TrueForAll(fault => fault is RequestFailedException)
            ? throw new AggregateException("Storage answered for nothing of this step.", faults)
            : new(next, items.Count, acted, faults.Count, lag);
    }

    [LoggerMessage(1040, LogLevel.Warning, "A sweep could not deal with {Item}; the next round tries again.")]
    private static partial void ItemFailed(this ILogger log, Exception fault, string item);
}
