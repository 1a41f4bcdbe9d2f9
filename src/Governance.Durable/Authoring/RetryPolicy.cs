namespace Governance.Durable;

/// <summary>Attempts with growing delays. The delays are durable timers, so an instance may wait days between attempts.</summary>
public sealed class RetryPolicy
{
    /// <summary>Describes a policy.</summary>
    /// <param name="maxNumberOfAttempts">1 or more, the first call included.</param>
    /// <param name="firstRetryInterval">Delay before the second attempt, above zero.</param>
    /// <param name="backoffCoefficient">Factor between one delay and the next, 1.0 or more.</param>
    /// <param name="maxRetryInterval">Longest delay, not below <paramref name="firstRetryInterval"/>; null or <see cref="Timeout.InfiniteTimeSpan"/>: no limit.</param>
    /// <param name="retryTimeout">No new attempt is begun this long after the first one began; null or <see cref="Timeout.InfiniteTimeSpan"/>: no limit.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public RetryPolicy(
        int maxNumberOfAttempts,
        TimeSpan firstRetryInterval,
        double backoffCoefficient = 1.0,
        TimeSpan? maxRetryInterval = null,
        TimeSpan? retryTimeout = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxNumberOfAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(firstRetryInterval, TimeSpan.Zero);
        if (!(backoffCoefficient >= 1.0) || double.IsInfinity(backoffCoefficient))
        {
            throw new ArgumentOutOfRangeException(nameof(backoffCoefficient), backoffCoefficient, "The coefficient is 1.0 or more.");
        }

        MaxNumberOfAttempts = maxNumberOfAttempts;
        FirstRetryInterval = firstRetryInterval;
        BackoffCoefficient = backoffCoefficient;
        MaxRetryInterval = Limit(maxRetryInterval, nameof(maxRetryInterval));
        RetryTimeout = Limit(retryTimeout, nameof(retryTimeout));
    }

    /// <summary>Attempts at most, the first call included.</summary>
    public int MaxNumberOfAttempts { get; }

    /// <summary>Delay before the second attempt.</summary>
    public TimeSpan FirstRetryInterval { get; }

    /// <summary>Factor between one delay and the next.</summary>
    public double BackoffCoefficient { get; }

    /// <summary>Longest delay, or <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    public TimeSpan MaxRetryInterval { get; }

    /// <summary>How long after the beginning of the first attempt another may begin, or <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    public TimeSpan RetryTimeout { get; }

    /// <summary>
    /// Asked after a failure whether it is worth another attempt; null: every failure is. Attempts and time-out win over
    /// it, and a non-retriable failure never gets here. Orchestrator code: it must be a pure function of the failure.
    /// </summary>
    public Func<TaskFailureDetails, bool>? HandleTaskFailureDetails { get; init; }

    /// <summary>The delay after a failed attempt.</summary>
    /// <param name="attempt">From 1.</param>
    internal TimeSpan DelayAfter(int attempt)
    {
        var longest = MaxRetryInterval == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : MaxRetryInterval;
        var ticks = FirstRetryInterval.Ticks * Math.Pow(BackoffCoefficient, attempt - 1);
        return ticks >= longest.Ticks ? longest : new TimeSpan((long)ticks);
    }

    private TimeSpan Limit(TimeSpan? limit, string parameter) => limit switch
    {
        null => Timeout.InfiniteTimeSpan,
        { } infinite when infinite == Timeout.InfiniteTimeSpan => infinite,
        { } value when value < FirstRetryInterval =>
            throw new ArgumentOutOfRangeException(parameter, value, $"The limit is not below the first interval, {FirstRetryInterval:c}."),
        { } value => value,
    };
}
