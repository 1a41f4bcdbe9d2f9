using System.Collections.Immutable;
using System.Threading.RateLimiting;
using Governance.Functions.Http;
using Governance.Functions.Observability;

namespace Governance.Functions.Hosting;

/// <summary>
/// The concurrency limits: for each group of functions so many calls at once and so many waiting, each only for a short time. What is over that is turned away before any work, so that what is served stays fast.
/// </summary>
internal sealed class Gates(HttpSettings settings, TimeProvider clock) : IDisposable
{
    private readonly ImmutableSortedDictionary<FunctionGroup, ConcurrencyLimiter> _limiters = settings.Groups.ToImmutableSortedDictionary(
        group => group.Key,
        group => new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = group.Value.AtOnce,
            QueueLimit = group.Value.Waiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }));

    /// <summary>Takes a place in a group.</summary>
    /// <returns>Null where the call has to be turned away.</returns>
    public async ValueTask<Place?> Enter(FunctionGroup group, CancellationToken cancellation)
    {
        if (!_limiters.TryGetValue(group, out var limiter))
        {
            return Place.Free;
        }

        var lease = limiter.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            lease.Dispose();
            lease = await Wait(limiter, cancellation);
        }

        if (lease is { IsAcquired: true })
        {
            return new Place(lease);
        }

        lease?.Dispose();
        Metrics.Refused(group);
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var limiter in _limiters.Values)
        {
            limiter.Dispose();
        }
    }

    private async Task<RateLimitLease?> Wait(ConcurrencyLimiter limiter, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(settings.LongestQueueing, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            return await limiter.AcquireAsync(1, either.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }
}

/// <summary>A place under a concurrency limit; given back once, however often it is disposed.</summary>
internal sealed class Place(RateLimitLease? lease) : IDisposable
{
    private RateLimitLease? _lease = lease;

    /// <summary>A place that no limit counts.</summary>
    public static Place Free { get; } = new(null);

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _lease, null)?.Dispose();
}
