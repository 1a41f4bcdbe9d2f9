namespace Governance.Durable;

/// <summary>Decides after a failed attempt whether to try again.</summary>
/// <param name="retryContext">What failed, how often, and for how long.</param>
/// <returns>Whether to try again.</returns>
public delegate bool RetryHandler(RetryContext retryContext);

/// <summary>Decides after a failed attempt whether to try again; may wait on timers of the orchestration first.</summary>
/// <param name="retryContext">What failed, how often, and for how long.</param>
/// <returns>Whether to try again.</returns>
public delegate Task<bool> AsyncRetryHandler(RetryContext retryContext);

/// <summary>What a retry handler decides on. The handler is orchestrator code and bound by the same rules.</summary>
/// <param name="OrchestrationContext">The calling orchestration's context.</param>
/// <param name="LastAttemptNumber">Attempts so far, from 1.</param>
/// <param name="LastFailure">Why the last one failed.</param>
/// <param name="TotalRetryTime">Orchestration time since the first attempt began.</param>
/// <param name="CancellationToken">Never set; kept for the shape of the package that this mirrors.</param>
public sealed record RetryContext(
    TaskOrchestrationContext OrchestrationContext,
    int LastAttemptNumber,
    TaskFailureDetails LastFailure,
    TimeSpan TotalRetryTime,
    CancellationToken CancellationToken);

/// <summary>Retries by a policy or by a handler, never both.</summary>
public sealed record TaskRetryOptions
{
    /// <summary>Retries by a policy.</summary>
    public TaskRetryOptions(RetryPolicy policy) => Policy = policy;

    /// <summary>Retries by a handler.</summary>
    public TaskRetryOptions(AsyncRetryHandler handler) => Handler = handler;

    /// <summary>Retries by a handler.</summary>
    public TaskRetryOptions(RetryHandler handler)
        : this(context => Task.FromResult(handler(context)))
    {
    }

    /// <summary>Null where a handler decides.</summary>
    public RetryPolicy? Policy { get; }

    /// <summary>Null where a policy decides.</summary>
    public AsyncRetryHandler? Handler { get; }

    /// <summary>Lets options be made of a policy.</summary>
    public static implicit operator TaskRetryOptions(RetryPolicy policy) => new(policy);

    /// <summary>Lets options be made of a handler.</summary>
    public static implicit operator TaskRetryOptions(AsyncRetryHandler handler) => new(handler);

    /// <summary>Lets options be made of a handler.</summary>
    public static implicit operator TaskRetryOptions(RetryHandler handler) => new(handler);
}
