namespace Governance.Durable;

/// <summary>What the engine sees of an orchestrator: its types and one entry point. Derive from <see cref="TaskOrchestrator{TInput, TOutput}"/>.</summary>
public interface ITaskOrchestrator
{
    /// <summary>The type that the instance's input is read as.</summary>
    Type InputType { get; }

    /// <summary>The type that the result is written as.</summary>
    Type OutputType { get; }

    /// <summary>Runs the orchestration from its beginning; called anew on every turn.</summary>
    /// <param name="context">This turn's context; useless once the turn is over.</param>
    /// <param name="input">An <see cref="InputType"/>, or null where the instance has no input.</param>
    Task<object?> RunAsync(TaskOrchestrationContext context, object? input);
}

/// <summary>
/// Code that sequences activities, timers, events and other orchestrations, and survives restarts by being run again
/// from its beginning over its recorded history.
/// </summary>
/// <typeparam name="TInput">Read from JSON.</typeparam>
/// <typeparam name="TOutput">Written as JSON, at most 1 MiB.</typeparam>
/// <remarks>
/// Every run must make the same calls in the same order: time, ids and randomness come from the context, and only tasks
/// that the context handed out (and combinations of them) are awaited. An instance is made for each turn; its
/// constructor may ask for singletons of the app's services.
/// </remarks>
public abstract class TaskOrchestrator<TInput, TOutput> : ITaskOrchestrator
{
    /// <inheritdoc/>
    Type ITaskOrchestrator.InputType => typeof(TInput);

    /// <inheritdoc/>
    Type ITaskOrchestrator.OutputType => typeof(TOutput);

    /// <summary>The orchestration.</summary>
    /// <param name="context">Everything that is not pure computation goes through it.</param>
    /// <param name="input">As scheduled; the type's default where none was given.</param>
    /// <returns>The instance's output. An exception fails the instance, with its type, message and inner exceptions as failure details.</returns>
    public abstract Task<TOutput> RunAsync(TaskOrchestrationContext context, TInput input);

    /// <inheritdoc/>
    // No ConfigureAwait(false): the continuation belongs on the orchestration's own thread.
    async Task<object?> ITaskOrchestrator.RunAsync(TaskOrchestrationContext context, object? input) =>
        await RunAsync(context, input is TInput typed ? typed : default!);
}
