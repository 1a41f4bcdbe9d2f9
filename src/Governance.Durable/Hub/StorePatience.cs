using Microsoft.Extensions.Logging;

namespace Governance.Durable.Hub;

/// <summary>Asks a failing storage again, later and later, until it answers or the caller gives up. Nothing is lost and nothing spins.</summary>
internal sealed class StorePatience(TaskHubOptions options, TimeProvider clock, ILogger log, HubMetrics metrics)
{
    /// <summary>Repeats a request that is safe to repeat.</summary>
    /// <exception cref="OperationCanceledException">The caller has given up.</exception>
    public async Task<T> Ask<T>(Func<CancellationToken, Task<T>> request, CancellationToken cancellation)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                return await request(cancellation).ConfigureAwait(false);
            }
            catch (TaskHubStoreException failed)
            {
                await Wait(failures, failed, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc cref="Ask{T}"/>
    public Task Ask(Func<CancellationToken, Task> request, CancellationToken cancellation) =>
        Ask(
            async token =>
            {
                await request(token).ConfigureAwait(false);
                return true;
            },
            cancellation);

    /// <summary>How long to wait after the nth failure in a row, counted from 0: doubling from the first delay to the longest.</summary>
    public TimeSpan Delay(int failures) =>
        TimeSpan.FromTicks(Math.Min(options.LongestRetryDelay.Ticks, options.FirstRetryDelay.Ticks << Math.Min(failures, 20)));

    /// <summary>Waits after the nth failure in a row, counted from 0.</summary>
    public Task Wait(int failures, TaskHubStoreException failed, CancellationToken cancellation)
    {
        var delay = Delay(failures);
        metrics.StorageFailed();
        log.StorageFailed(failures + 1, delay, failed);
        return Task.Delay(delay, clock, cancellation);
    }
}
