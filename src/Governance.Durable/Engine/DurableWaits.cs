using System.Collections;
using System.Runtime.CompilerServices;

namespace Governance.Durable.Engine;

/// <summary>
/// The tasks that the context handed to user code. At the end of a turn somebody must be waiting for one of them;
/// otherwise the orchestrator waits for something that will never be in its history.
/// </summary>
internal sealed class DurableWaits
{
    private static readonly bool CanLook = ProbeLook();

    private readonly List<Task> _handedOut = [];

    public T Track<T>(T task)
        where T : Task
    {
        if (!task.IsCompleted)
        {
            _handedOut.Add(task);
        }

        return task;
    }

    /// <summary>Whether anybody waits for a durable task that is still open.</summary>
    public bool AnyAwaited() => _handedOut.Exists(task => !task.IsCompleted && (!CanLook || IsAwaited(task)));

    // There is no public way to ask a task whether anybody waits for it. Should a later runtime keep this elsewhere, the
    // probe says so and every open task counts as awaited: the check then finds less, and nothing breaks.
    private static bool IsAwaited(Task task) => Continuation(task) switch
    {
        null => false,
        IEnumerable several => several.Cast<object?>().Any(one => one is not null),
        _ => true,
    };

    private static bool ProbeLook()
    {
        try
        {
            var probe = new TaskCompletionSource();
            var before = IsAwaited(probe.Task);
            _ = Task.WhenAll(probe.Task, probe.Task);
            return !before && IsAwaited(probe.Task);
        }
        catch (MissingFieldException)
        {
            return false;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_continuationObject")]
    private static extern ref object? Continuation(Task task);
}
