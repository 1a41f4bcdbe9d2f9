namespace Governance.Durable;

/// <summary>What the engine sees of an activity. Derive from <see cref="TaskActivity{TInput, TOutput}"/>.</summary>
public interface ITaskActivity
{
    /// <summary>The type that the call's input is read as.</summary>
    Type InputType { get; }

    /// <summary>The type that the result is written as.</summary>
    Type OutputType { get; }

    /// <summary>Runs the activity once.</summary>
    /// <param name="context">Which call this is.</param>
    /// <param name="input">An <see cref="InputType"/>, or null where the call has no input.</param>
    Task<object?> RunAsync(TaskActivityContext context, object? input);
}

/// <summary>A step with effects: the only place where an orchestration touches the world.</summary>
/// <typeparam name="TInput">Read from JSON.</typeparam>
/// <typeparam name="TOutput">Written as JSON, at most 1 MiB.</typeparam>
/// <remarks>
/// Delivered at least once: a call may run again after a crash, even after it succeeded, so running twice must be
/// harmless. Made for each call inside its own service scope.
/// </remarks>
public abstract class TaskActivity<TInput, TOutput> : ITaskActivity
{
    /// <inheritdoc/>
    Type ITaskActivity.InputType => typeof(TInput);

    /// <inheritdoc/>
    Type ITaskActivity.OutputType => typeof(TOutput);

    /// <summary>The step.</summary>
    /// <param name="context">Which call this is, and its cancellation.</param>
    /// <param name="input">As the orchestrator gave it; the type's default where none was given.</param>
    /// <returns>
    /// The result. An exception fails the task and reaches the orchestrator as <see cref="TaskFailedException"/>;
    /// <see cref="NonRetriableTaskException"/> also says that another attempt is pointless.
    /// </returns>
    public abstract Task<TOutput> RunAsync(TaskActivityContext context, TInput input);

    /// <inheritdoc/>
    async Task<object?> ITaskActivity.RunAsync(TaskActivityContext context, object? input) =>
        await RunAsync(context, input is TInput typed ? typed : default!).ConfigureAwait(false);
}

/// <summary>Which call of an activity this is.</summary>
public abstract class TaskActivityContext
{
    /// <summary>The activity's registered name.</summary>
    public abstract TaskName Name { get; }

    /// <summary>
    /// The calling instance, as far as the host tells it: a Functions host lets fields of the input overwrite it, so
    /// what an activity relies on belongs into its input. Empty where the host says nothing.
    /// </summary>
    public abstract string InstanceId { get; }

    /// <summary>Set when the host stops or gives up on the call.</summary>
    public abstract CancellationToken CancellationToken { get; }
}
