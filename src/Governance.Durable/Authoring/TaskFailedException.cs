namespace Governance.Durable;

/// <summary>An activity or sub-orchestration failed. Thrown where the orchestrator awaits it, after the retries that its options allow.</summary>
public sealed class TaskFailedException : Exception
{
    /// <summary>Reports a failed task.</summary>
    /// <param name="taskName">The activity or orchestrator called.</param>
    /// <param name="taskId">The id of the last attempt's action in this instance's history.</param>
    /// <param name="failureDetails">Why, as it travelled.</param>
    public TaskFailedException(string taskName, int taskId, TaskFailureDetails failureDetails)
        : base($"Task '{taskName}' (#{taskId}) failed with an unhandled exception: {failureDetails?.ErrorMessage}")
    {
        ArgumentNullException.ThrowIfNull(failureDetails);
        TaskName = taskName;
        TaskId = taskId;
        FailureDetails = failureDetails;
    }

    /// <summary>The activity or orchestrator called.</summary>
    public string TaskName { get; }

    /// <summary>The id of the last attempt's action in this instance's history.</summary>
    public int TaskId { get; }

    /// <summary>Why; its <see cref="TaskFailureDetails.InnerFailure"/> chain is that of the exceptions on the other side.</summary>
    public TaskFailureDetails FailureDetails { get; }
}

/// <summary>Thrown by an activity to say that another attempt is pointless: retry policies stop at once.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="innerException">Its cause, which becomes the inner failure.</param>
public sealed class NonRetriableTaskException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>Nothing is registered under a name that was called or started. Another attempt is pointless.</summary>
/// <param name="kind"><c>orchestrator</c> or <c>activity</c>.</param>
/// <param name="name">The unknown name.</param>
public sealed class TaskNotRegisteredException(string kind, string name)
    : Exception($"No {kind} '{name}' is registered in this app.");

/// <summary>The orchestrator's code does not repeat what its history records. The instance fails: going on could do a recorded step twice or skip one.</summary>
/// <param name="message">What was recorded, and what the code did now.</param>
public sealed class NonDeterministicOrchestrationException(string message) : Exception(message);

/// <summary>The orchestrator waits for something that is not durable, or ran on another thread: no history could repeat that.</summary>
/// <param name="message">What was seen, and what to do about it.</param>
public sealed class NonDurableAwaitException(string message) : Exception(message);
