using Microsoft.Extensions.Logging;

namespace Governance.Durable;

/// <summary>
/// Everything an orchestrator may use that is not pure computation. Its tasks are completed by the engine alone, on the
/// orchestration's own thread; no member may be used from another thread or after <c>ConfigureAwait(false)</c>.
/// </summary>
public abstract class TaskOrchestrationContext
{
    /// <summary>The orchestrator's name, as the instance was started.</summary>
    public abstract TaskName Name { get; }

    /// <summary>This instance's id.</summary>
    public abstract string InstanceId { get; }

    /// <summary>The version given at the start; empty where none was.</summary>
    public abstract string Version { get; }

    /// <summary>Who called this orchestration; null at the top.</summary>
    public abstract ParentOrchestrationInstance? Parent { get; }

    /// <summary>The turn's clock, UTC: the same on every replay, and never the real time.</summary>
    public abstract DateTime CurrentUtcDateTime { get; }

    /// <summary>Whether the code now running ran in an earlier turn. For logs and metrics only; never to decide.</summary>
    public abstract bool IsReplaying { get; }

    /// <summary>Where <see cref="CreateReplaySafeLogger(string)"/> takes its loggers from.</summary>
    protected abstract ILoggerFactory LoggerFactory { get; }

    /// <summary>The instance's input.</summary>
    /// <returns>The type's default where there is none.</returns>
    public abstract T? GetInput<T>();

    /// <summary>Calls an activity.</summary>
    /// <param name="name">Registered in the same app; unknown names fail the task.</param>
    /// <param name="input">Written as JSON, at most 1 MiB.</param>
    /// <param name="options">Retries; null: one attempt.</param>
    /// <returns>The activity's result. Fails with <see cref="TaskFailedException"/>.</returns>
    /// <exception cref="ArgumentException">The input is larger than 1 MiB.</exception>
    public abstract Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null);

    /// <inheritdoc cref="CallActivityAsync{TResult}(TaskName, object?, TaskOptions?)"/>
    public Task<TResult> CallActivityAsync<TResult>(TaskName name, TaskOptions options) => CallActivityAsync<TResult>(name, null, options);

    /// <summary>Calls an activity for its effect.</summary>
    /// <inheritdoc cref="CallActivityAsync{TResult}(TaskName, object?, TaskOptions?)"/>
    public Task CallActivityAsync(TaskName name, object? input = null, TaskOptions? options = null) => CallActivityAsync<object>(name, input, options);

    /// <inheritdoc cref="CallActivityAsync(TaskName, object?, TaskOptions?)"/>
    public Task CallActivityAsync(TaskName name, TaskOptions options) => CallActivityAsync<object>(name, null, options);

    /// <summary>Starts another orchestration and waits for its end.</summary>
    /// <param name="orchestratorName">Registered in the same app.</param>
    /// <param name="input">Written as JSON, at most 1 MiB.</param>
    /// <param name="options">Retries, and with <see cref="SubOrchestrationOptions"/> the child's instance id.</param>
    /// <returns>The child's output. Fails with <see cref="TaskFailedException"/>, also when the child is terminated.</returns>
    /// <exception cref="ArgumentException">The input is larger than 1 MiB.</exception>
    public abstract Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null);

    /// <inheritdoc cref="CallSubOrchestratorAsync{TResult}(TaskName, object?, TaskOptions?)"/>
    public Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, TaskOptions options) =>
        CallSubOrchestratorAsync<TResult>(orchestratorName, null, options);

    /// <inheritdoc cref="CallSubOrchestratorAsync{TResult}(TaskName, object?, TaskOptions?)"/>
    public Task CallSubOrchestratorAsync(TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        CallSubOrchestratorAsync<object>(orchestratorName, input, options);

    /// <inheritdoc cref="CallSubOrchestratorAsync{TResult}(TaskName, object?, TaskOptions?)"/>
    public Task CallSubOrchestratorAsync(TaskName orchestratorName, TaskOptions options) =>
        CallSubOrchestratorAsync<object>(orchestratorName, null, options);

    /// <summary>A durable timer.</summary>
    /// <param name="fireAt">UTC; an instant that has passed fires at once. Waits above three days are made of several timers.</param>
    /// <param name="cancellationToken">
    /// Ends the wait. Cancel a timer that is no longer needed when another wait has won the race. Cancelling is local: the
    /// host's timer still fires, and nobody hears it.
    /// </param>
    public abstract Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken);

    /// <summary>A durable timer, counted from <see cref="CurrentUtcDateTime"/>.</summary>
    /// <inheritdoc cref="CreateTimer(DateTime, CancellationToken)"/>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="delay"/> is negative.</exception>
    public virtual Task CreateTimer(TimeSpan delay, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return CreateTimer(CurrentUtcDateTime.Add(delay), cancellationToken);
    }

    /// <summary>Waits for an event that somebody raises to this instance.</summary>
    /// <param name="eventName">Compared ignoring case.</param>
    /// <param name="cancellationToken">Ends the wait; a cancelled wait takes no event.</param>
    /// <returns>
    /// The event's payload. An event that came before anybody waited is kept and given at once. Of several waits for one
    /// name the newest gets the next event. Fails with <see cref="System.Text.Json.JsonException"/> where the payload is no <typeparamref name="T"/>.
    /// </returns>
    public abstract Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="WaitForExternalEvent{T}(string, TimeSpan, CancellationToken)"/>
    public Task<T> WaitForExternalEvent<T>(string eventName, TimeSpan timeout) => WaitForExternalEvent<T>(eventName, timeout, CancellationToken.None);

    /// <summary>Waits for an event, or until a time-out.</summary>
    /// <param name="eventName">Compared ignoring case.</param>
    /// <param name="timeout">Not negative; <see cref="Timeout.InfiniteTimeSpan"/>: none. Takes a durable timer.</param>
    /// <param name="cancellationToken">Ends the wait; a cancelled wait takes no event.</param>
    /// <returns>The event's payload. Cancelled (<see cref="TaskCanceledException"/>) after the time-out.</returns>
    public abstract Task<T> WaitForExternalEvent<T>(string eventName, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>Raises an event to another instance. Fire and forget: nobody hears whether it existed.</summary>
    /// <param name="instanceId">The other instance, or this one.</param>
    /// <param name="eventName">Compared ignoring case.</param>
    /// <param name="payload">Written as JSON, at most 1 MiB.</param>
    /// <exception cref="ArgumentException">The payload is larger than 1 MiB.</exception>
    public abstract void SendEvent(string instanceId, string eventName, object? payload = null);

    /// <summary>Publishes how far the orchestration is, for whoever queries it. The last value of a turn counts; null clears it.</summary>
    /// <exception cref="ArgumentException">The status is longer than 8,192 UTF-16 characters as JSON.</exception>
    public abstract void SetCustomStatus(object? customStatus);

    /// <summary>
    /// Ends this run and starts again with a fresh history, under the same instance id. Takes effect when the
    /// orchestrator returns, which it should do right after; a failure after the call wins.
    /// </summary>
    /// <param name="newInput">The next run's input, at most 1 MiB as JSON.</param>
    /// <param name="preserveUnprocessedEvents">Whether events nobody waited for are carried over, in the order they came; otherwise they are dropped.</param>
    /// <exception cref="ArgumentException">The input is larger than 1 MiB.</exception>
    public abstract void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true);

    /// <summary>An id that is the same on every replay: UUID version 5 of instance id, turn time and a counter.</summary>
    public abstract Guid NewGuid();

    /// <summary>A logger that is silent while replaying, so that each step is logged once.</summary>
    public virtual ILogger CreateReplaySafeLogger(string categoryName) => new Engine.ReplaySafeLogger(this, LoggerFactory.CreateLogger(categoryName));

    /// <inheritdoc cref="CreateReplaySafeLogger(string)"/>
    public virtual ILogger CreateReplaySafeLogger(Type type) => new Engine.ReplaySafeLogger(this, LoggerFactory.CreateLogger(type));

    /// <inheritdoc cref="CreateReplaySafeLogger(string)"/>
    public virtual ILogger CreateReplaySafeLogger<T>() => new Engine.ReplaySafeLogger(this, LoggerFactory.CreateLogger<T>());
}
