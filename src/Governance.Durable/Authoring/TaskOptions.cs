namespace Governance.Durable;

/// <summary>How an activity or sub-orchestration is called.</summary>
public record TaskOptions
{
    /// <summary>Options with or without retries.</summary>
    /// <param name="retry">Null: one attempt.</param>
    public TaskOptions(TaskRetryOptions? retry = null) => Retry = retry;

    /// <summary>What happens after a failed attempt; null where the failure goes straight to the orchestrator.</summary>
    public TaskRetryOptions? Retry { get; init; }

    /// <summary>Retries by a fixed policy.</summary>
    public static TaskOptions FromRetryPolicy(RetryPolicy policy) => new(policy);

    /// <summary>Retries as long as the handler says so; the handler is orchestrator code and may await timers of its context.</summary>
    public static TaskOptions FromRetryHandler(AsyncRetryHandler handler) => new(handler);

    /// <summary>Retries as long as the handler says so, at once.</summary>
    public static TaskOptions FromRetryHandler(RetryHandler handler) => new(handler);

    /// <summary>The same options for a sub-orchestration with a chosen instance id, which every attempt reuses.</summary>
    public SubOrchestrationOptions WithInstanceId(string instanceId) => new(this, instanceId);
}

/// <summary>How a sub-orchestration is called.</summary>
public record SubOrchestrationOptions : TaskOptions
{
    /// <summary>Options with a chosen instance id, retries, or both.</summary>
    public SubOrchestrationOptions(TaskRetryOptions? retry = null, string? instanceId = null)
        : base(retry) => InstanceId = instanceId;

    /// <summary>Adds an instance id to options.</summary>
    public SubOrchestrationOptions(TaskOptions options, string? instanceId = null)
        : base(options) => InstanceId = instanceId ?? (options as SubOrchestrationOptions)?.InstanceId;

    /// <summary>
    /// The child's instance id; null: derived from the parent's, deterministically. While an instance with that id still
    /// runs, the child is not started and the parent waits for good, so chosen ids must be unique among live instances.
    /// </summary>
    public string? InstanceId { get; init; }
}
