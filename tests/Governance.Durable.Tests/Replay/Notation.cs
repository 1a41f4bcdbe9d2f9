using System.Globalization;
using Governance.Durable.Protocol;

namespace Governance.Durable.Tests.Replay;

/// <summary>Actions in the short notation of the protocol's examples, so that a whole reply is compared as one text.</summary>
internal static class Notation
{
    public static string Of(OrchestratorResponse response) => string.Join(" ", response.Actions.Select(Of));

    public static string Of(OrchestratorAction action) => action.OrchestratorActionTypeCase switch
    {
        OrchestratorAction.OrchestratorActionTypeOneofCase.ScheduleTask =>
            $"A#{action.Id}({Join(action.ScheduleTask.Name, action.ScheduleTask.Input)})",
        OrchestratorAction.OrchestratorActionTypeOneofCase.CreateTimer =>
            $"T#{action.Id}({Due(action.CreateTimer.FireAt.ToDateTime())})",
        OrchestratorAction.OrchestratorActionTypeOneofCase.CreateSubOrchestration =>
            $"S#{action.Id}({Join(action.CreateSubOrchestration.Name, action.CreateSubOrchestration.InstanceId, action.CreateSubOrchestration.Input)})",
        OrchestratorAction.OrchestratorActionTypeOneofCase.SendEvent =>
            $"E#{action.Id}({Join(action.SendEvent.Instance.InstanceId, action.SendEvent.Name, action.SendEvent.Data)})",
        OrchestratorAction.OrchestratorActionTypeOneofCase.CompleteOrchestration => Of(action.Id, action.CompleteOrchestration),
        var other => $"{other}#{action.Id}",
    };

    private static string Of(int id, CompleteOrchestrationAction completion) => completion.OrchestrationStatus switch
    {
        OrchestrationStatus.Completed => $"DONE#{id}({completion.Result})",
        OrchestrationStatus.Terminated => $"TERMD#{id}({completion.Result})",
        OrchestrationStatus.ContinuedAsNew => $"CAN#{id}({completion.Result}; carry=[{string.Join(",", completion.CarryoverEvents.Select(Of))}])",
        OrchestrationStatus.Failed => $"FAIL#{id}({Of(completion.FailureDetails)})",
        var other => $"{other}#{id}",
    };

    private static string Of(HistoryEvent carried) => $"{carried.EventId}:ER({Join(carried.EventRaised.Name, carried.EventRaised.Input)})";

    private static string Of(Protocol.TaskFailureDetails failure) =>
        $"{failure.ErrorType.Split('.')[^1]}: {failure.ErrorMessage}" + (failure.InnerFailure is { } inner ? $" <- {Of(inner)}" : string.Empty);

    private static string Due(DateTime due) => string.Create(CultureInfo.InvariantCulture, $"T+{(due - Events.T).TotalSeconds}s");

    private static string Join(params string?[] parts) => string.Join(",", parts.Where(part => part is not null));
}
