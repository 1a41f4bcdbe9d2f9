using System.Diagnostics;
using Governance.Durable.Protocol;

namespace Governance.Durable.Engine;

/// <summary>The last action of an instance.</summary>
internal static class Completion
{
    /// <summary>What a finished run comes to. A failure wins over a wish to start over.</summary>
    public static OrchestratorAction Of(int id, Task<string?> run, TurnState state) => run switch
    {
        { IsCanceled: true } => Failed(id, Failures.From(Cancellation(run))),
        { Exception.InnerException: { } exception } => Failed(id, Failures.From(exception)),
        _ when state.Next is { } next => ContinuedAsNew(id, next, state.Events),
        _ => With(id, OrchestrationStatus.Completed, run.Result),
    };

    public static OrchestratorAction Terminated(int id, string? reason) => With(id, OrchestrationStatus.Terminated, reason);

    public static OrchestratorAction Failed(int id, TaskFailureDetails failure)
    {
        var action = With(id, OrchestrationStatus.Failed, failure.ErrorMessage);
        action.CompleteOrchestration.FailureDetails = Failures.ToMessage(failure);
        return action;
    }

    // A cancelled task shows its exception only to whoever takes its result.
    private static OperationCanceledException Cancellation(Task cancelled)
    {
        try
        {
            cancelled.GetAwaiter().GetResult();
            throw new UnreachableException();
        }
        catch (OperationCanceledException exception)
        {
            return exception;
        }
    }

    private static OrchestratorAction ContinuedAsNew(int id, TurnState.NextRun next, ExternalEvents events)
    {
        var action = With(id, OrchestrationStatus.ContinuedAsNew, next.InputJson);
        if (next.KeepEvents)
        {
            action.CompleteOrchestration.CarryoverEvents.AddRange(events.Kept.Select(kept => kept.Clone()));
        }

        return action;
    }

    private static OrchestratorAction With(int id, OrchestrationStatus status, string? result) => new()
    {
        Id = id,
        CompleteOrchestration = new CompleteOrchestrationAction { OrchestrationStatus = status, Result = result },
    };
}
