namespace Governance.Durable.Engine;

/// <summary>How a task ended, undecoded: whoever awaits it decodes, so that a bad payload fails the wait and not the engine.</summary>
/// <param name="Result">JSON text; null: none.</param>
/// <param name="Failure">Null where the task succeeded.</param>
internal readonly record struct TaskOutcome(string? Result, TaskFailureDetails? Failure);

/// <summary>A step under way.</summary>
/// <param name="Id">Its action's id.</param>
/// <param name="Outcome">Completed by the engine.</param>
internal readonly record struct OpenTask(int Id, Task<TaskOutcome> Outcome);

/// <summary>The steps whose ends user code may still hear of.</summary>
internal sealed class OpenTasks(OrchestrationThread thread)
{
    private readonly Dictionary<int, TaskCompletionSource<TaskOutcome>> _open = [];

    public OpenTask Open(int id)
    {
        var source = new TaskCompletionSource<TaskOutcome>();
        _open.Add(id, source);
        return new OpenTask(id, source.Task);
    }

    public OpenTask Open(int id, CancellationToken cancellation)
    {
        var task = Open(id);
        thread.OnCancelled(
            () =>
            {
                if (_open.Remove(id, out var source))
                {
                    source.TrySetCanceled(cancellation);
                }
            },
            cancellation);
        return task;
    }

    /// <summary>Ends a step. One that is not open is ignored: its wait was cancelled, or this is the second delivery.</summary>
    public void Complete(int id, TaskOutcome outcome)
    {
        if (_open.Remove(id, out var source))
        {
            OrchestrationThread.Complete(() => source.TrySetResult(outcome));
        }
    }
}
