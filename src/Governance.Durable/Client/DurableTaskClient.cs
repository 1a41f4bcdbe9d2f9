namespace Governance.Durable.Client;

/// <summary>
/// Starts, signals, watches and ends instances. Safe for use from many threads. Two implementations: the embedded task
/// hub, and a Functions host's gRPC endpoint.
/// </summary>
/// <param name="name">The task hub's name.</param>
public abstract class DurableTaskClient(string name) : IAsyncDisposable
{
    /// <summary>The task hub's name.</summary>
    public string Name { get; } = name;

    /// <summary>Whether an instance may not be found for a moment after it was scheduled; <see cref="InstanceProblem.NotFound"/> may then mean "not yet".</summary>
    public virtual bool ShowsInstancesLate => false;

    /// <summary>Schedules an instance. Once this returns, the instance survives a crash.</summary>
    /// <param name="orchestratorName">Registered in the app; an unknown name gives an instance that fails.</param>
    /// <param name="input">Written as JSON, at most 1 MiB.</param>
    /// <param name="options">A chosen id, a later start.</param>
    /// <param name="cancellation">Gives up on scheduling; never stops the instance.</param>
    /// <returns>The instance's id.</returns>
    /// <exception cref="OrchestrationInstanceException"><see cref="InstanceProblem.AlreadyExists"/>: an instance with the chosen id has not ended.</exception>
    /// <exception cref="ArgumentException">The id is malformed, or the input larger than 1 MiB.</exception>
    public abstract Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default);

    /// <inheritdoc cref="ScheduleNewOrchestrationInstanceAsync(TaskName, object?, StartOrchestrationOptions?, CancellationToken)"/>
    public Task<string> ScheduleNewOrchestrationInstanceAsync(TaskName orchestratorName, CancellationToken cancellation) =>
        ScheduleNewOrchestrationInstanceAsync(orchestratorName, null, null, cancellation);

    /// <inheritdoc cref="ScheduleNewOrchestrationInstanceAsync(TaskName, object?, StartOrchestrationOptions?, CancellationToken)"/>
    public Task<string> ScheduleNewOrchestrationInstanceAsync(TaskName orchestratorName, object? input, CancellationToken cancellation) =>
        ScheduleNewOrchestrationInstanceAsync(orchestratorName, input, null, cancellation);

    /// <summary>Raises an event to an instance, which may wait for it now or later.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="eventName">Compared ignoring case.</param>
    /// <param name="eventPayload">Written as JSON, at most 1 MiB.</param>
    /// <param name="cancellation">Gives up on sending.</param>
    /// <remarks>Delivered at least once; put an id into the payload where a second delivery would matter.</remarks>
    /// <exception cref="OrchestrationInstanceException">There is no such instance, or it has ended.</exception>
    /// <exception cref="ArgumentException">The payload is larger than 1 MiB.</exception>
    public abstract Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default);

    /// <inheritdoc cref="RaiseEventAsync(string, string, object?, CancellationToken)"/>
    public Task RaiseEventAsync(string instanceId, string eventName, CancellationToken cancellation) =>
        RaiseEventAsync(instanceId, eventName, null, cancellation);

    /// <summary>Looks at an instance.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="getInputsAndOutputs">Whether the snapshot carries input, output, custom status and failure.</param>
    /// <param name="cancellation">Gives up on asking.</param>
    /// <returns>Null where there is no such instance.</returns>
    public abstract Task<OrchestrationMetadata?> GetInstanceAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default);

    /// <inheritdoc cref="GetInstanceAsync(string, bool, CancellationToken)"/>
    public Task<OrchestrationMetadata?> GetInstanceAsync(string instanceId, CancellationToken cancellation) =>
        GetInstanceAsync(instanceId, false, cancellation);

    /// <summary>Waits until an instance has begun its first turn.</summary>
    /// <inheritdoc cref="WaitForInstanceCompletionAsync(string, bool, CancellationToken)"/>
    public abstract Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default);

    /// <summary>Waits until an instance has ended, in whichever way.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="getInputsAndOutputs">Whether the snapshot carries input, output, custom status and failure.</param>
    /// <param name="cancellation">Ends the wait, which may otherwise last as long as the instance.</param>
    /// <exception cref="OrchestrationInstanceException"><see cref="InstanceProblem.NotFound"/>.</exception>
    public abstract Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default);

    /// <summary>Asks an instance to end where it is. Activities that run already go on; their results are dropped. Sub-orchestrations go on.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="options">What becomes its output.</param>
    /// <param name="cancellation">Gives up on asking.</param>
    /// <exception cref="OrchestrationInstanceException">There is no such instance, or it has ended.</exception>
    public abstract Task TerminateInstanceAsync(string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default);

    /// <inheritdoc cref="TerminateInstanceAsync(string, TerminateInstanceOptions?, CancellationToken)"/>
    public Task TerminateInstanceAsync(string instanceId, object? output, CancellationToken cancellation = default) =>
        TerminateInstanceAsync(instanceId, output is null ? null : new TerminateInstanceOptions(output), cancellation);

    /// <inheritdoc cref="TerminateInstanceAsync(string, TerminateInstanceOptions?, CancellationToken)"/>
    public Task TerminateInstanceAsync(string instanceId, CancellationToken cancellation) =>
        TerminateInstanceAsync(instanceId, options: null, cancellation);

    /// <summary>Holds an instance: what arrives is kept and answered after it is resumed. A termination still works.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="reason">For people.</param>
    /// <param name="cancellation">Gives up on asking.</param>
    /// <exception cref="OrchestrationInstanceException">There is no such instance, or it has ended.</exception>
    public abstract Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default);

    /// <summary>Lets a held instance go on. Without effect on one that is not held.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="reason">For people.</param>
    /// <param name="cancellation">Gives up on asking.</param>
    /// <exception cref="OrchestrationInstanceException">There is no such instance, or it has ended.</exception>
    public abstract Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default);

    /// <summary>Lists instances, page by page as the result is enumerated.</summary>
    /// <param name="filter">Null: all.</param>
    public abstract AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null);

    /// <summary>Deletes an ended instance and its history.</summary>
    /// <returns>A count of 0 where there is none, or it has not ended.</returns>
    public abstract Task<PurgeResult> PurgeInstanceAsync(string instanceId, CancellationToken cancellation = default);

    /// <summary>Deletes ended instances and their histories.</summary>
    public abstract Task<PurgeResult> PurgeAllInstancesAsync(PurgeInstancesFilter filter, CancellationToken cancellation = default);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
