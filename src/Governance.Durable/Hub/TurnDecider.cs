using System.Collections.Immutable;
using System.Text;
using Governance.Durable.Engine;
using Governance.Durable.Protocol;
using Kind = Governance.Durable.Protocol.OrchestratorAction.OrchestratorActionTypeOneofCase;

namespace Governance.Durable.Hub;

/// <summary>
/// Turns an orchestrator's reply into what the hub stores and sends, as the durable extension does it: confirming events in the order
/// of the actions, then orchestratorCompleted. Pure: the same turn and reply always change the same.
/// </summary>
internal static class TurnDecider
{
    /// <summary>Applies a reply.</summary>
    /// <param name="before">The instance before the turn.</param>
    /// <param name="newEvents">What the turn was given, from <see cref="TurnIntake"/>.</param>
    public static TurnOutcome Settle(InstanceSnapshot before, ImmutableArray<HistoryEvent> newEvents, OrchestratorResponse reply, TurnStamp stamp)
    {
        var ledger = new TurnLedger(before, newEvents, stamp);
        if (ProblemWith(reply) is { } problem)
        {
            ledger.Complete(-1, Failure("Governance.Durable.Hub.RefusedReply", problem));
            return ledger.Close(null);
        }

        foreach (var action in reply.Actions)
        {
            Apply(ledger, action);
        }

        return ledger.Close(reply.CustomStatus);
    }

    /// <summary>Ends an instance whose turn could not be run or stored at all; nothing of its reply counts.</summary>
    public static TurnOutcome Fail(InstanceSnapshot before, ImmutableArray<HistoryEvent> newEvents, string errorType, string message, TurnStamp stamp)
    {
        var ledger = new TurnLedger(before, newEvents, stamp);
        ledger.Complete(-1, Failure(errorType, message));
        return ledger.Close(null);
    }

    private static void Apply(TurnLedger ledger, OrchestratorAction action)
    {
        switch (action.OrchestratorActionTypeCase)
        {
            case Kind.ScheduleTask:
                ledger.Schedule(action.Id, action.ScheduleTask);
                break;
            case Kind.CreateTimer:
                ledger.StartTimer(action.Id, action.CreateTimer.FireAt);
                break;
            case Kind.CreateSubOrchestration:
                ledger.StartChild(action.Id, action.CreateSubOrchestration);
                break;
            case Kind.SendEvent:
                ledger.Send(action.Id, action.SendEvent);
                break;
            default:
                ledger.Complete(action.Id, action.CompleteOrchestration);
                break;
        }
    }

    private static string? ProblemWith(OrchestratorResponse reply) => reply.CustomStatus switch
    {
        { Length: > PayloadLimits.CustomStatus } status => $"The custom status has {status.Length} characters; {PayloadLimits.CustomStatus} are allowed.",
        _ => reply.Actions.Select(ProblemWith).FirstOrDefault(problem => problem is not null),
    };

    private static string? ProblemWith(OrchestratorAction action) => action.OrchestratorActionTypeCase switch
    {
        Kind.ScheduleTask => TooLong(action.ScheduleTask.Input, $"The input of activity '{action.ScheduleTask.Name}'"),
        Kind.CreateTimer => null,
        Kind.CreateSubOrchestration => TooLong(action.CreateSubOrchestration.Input, $"The input of sub-orchestration '{action.CreateSubOrchestration.Name}'"),
        Kind.SendEvent => TooLong(action.SendEvent.Data, $"Event '{action.SendEvent.Name}'"),
        Kind.CompleteOrchestration => TooLong(action.CompleteOrchestration.Result, "The result"),
        _ => $"Action {action.Id} is of a kind that the hub does not know.",
    };

    private static string? TooLong(string? payload, string what) =>
        payload is not null && payload.Length > PayloadLimits.Payload / 3 && Encoding.UTF8.GetByteCount(payload) is var bytes && bytes > PayloadLimits.Payload
            ? $"{what} has {bytes} bytes; {PayloadLimits.Payload} are allowed."
            : null;

    private static CompleteOrchestrationAction Failure(string type, string message) => new()
    {
        OrchestrationStatus = OrchestrationStatus.Failed,
        FailureDetails = new() { ErrorType = type, ErrorMessage = message, IsNonRetriable = true },
        Result = message,
    };
}
