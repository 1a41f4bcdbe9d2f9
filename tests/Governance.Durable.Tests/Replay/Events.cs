using Google.Protobuf.WellKnownTypes;
using Governance.Durable.Protocol;

namespace Governance.Durable.Tests.Replay;

/// <summary>History events in the short notation of the protocol's examples.</summary>
internal static class Events
{
    /// <summary>The instant that all times of a scenario count from.</summary>
    public static readonly DateTime T = new(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static HistoryEvent OS(double at) => Event(at, e => e.OrchestratorStarted = new());

    public static HistoryEvent OC() => Event(0, e => e.OrchestratorCompleted = new());

    public static HistoryEvent ES(string? input = null, string name = "Main", ParentInstanceInfo? parent = null, string? version = null) =>
        Event(0, e => e.ExecutionStarted = new()
        {
            Name = name,
            Input = input,
            Version = version,
            ParentInstance = parent,
            OrchestrationInstance = new() { InstanceId = "i1", ExecutionId = "e1" },
        });

    public static HistoryEvent TC(int id, string? result) => Event(0, e => e.TaskCompleted = new() { TaskScheduledId = id, Result = result });

    public static HistoryEvent TF(int id, string type, string message, bool nonRetriable = false) => Event(0, e => e.TaskFailed = new()
    {
        TaskScheduledId = id,
        FailureDetails = new() { ErrorType = type, ErrorMessage = message, IsNonRetriable = nonRetriable },
    });

    public static HistoryEvent TF(int id) => Event(0, e => e.TaskFailed = new() { TaskScheduledId = id });

    public static HistoryEvent SC(int id, string? result) =>
        Event(0, e => e.SubOrchestrationInstanceCompleted = new() { TaskScheduledId = id, Result = result });

    public static HistoryEvent SF(int id, string type, string message) => Event(0, e => e.SubOrchestrationInstanceFailed = new()
    {
        TaskScheduledId = id,
        FailureDetails = new() { ErrorType = type, ErrorMessage = message },
    });

    public static HistoryEvent SF(int id) => Event(0, e => e.SubOrchestrationInstanceFailed = new() { TaskScheduledId = id });

    public static HistoryEvent FIRED(int id) => Event(0, e => e.TimerFired = new() { TimerId = id, FireAt = Timestamp.FromDateTime(T) });

    public static HistoryEvent ER(string name, string? json = null) => Event(0, e => e.EventRaised = new() { Name = name, Input = json });

    public static HistoryEvent TERM(string? reason) => Event(0, e => e.ExecutionTerminated = new() { Input = reason });

    public static HistoryEvent SUSP() => Event(0, e => e.ExecutionSuspended = new());

    public static HistoryEvent RES() => Event(0, e => e.ExecutionResumed = new());

    public static HistoryEvent Scheduled(int id, string name) => Event(0, e => e.TaskScheduled = new() { Name = name }, id);

    public static HistoryEvent Event(double at, Action<HistoryEvent> fill, int id = -1)
    {
        var happened = new HistoryEvent { EventId = id, Timestamp = Timestamp.FromDateTime(T.AddSeconds(at)) };
        fill(happened);
        return happened;
    }

    /// <summary>What a host writes into the history for an action that it carries out; null for a completion.</summary>
    public static HistoryEvent? Confirmation(OrchestratorAction action) => action.OrchestratorActionTypeCase switch
    {
        OrchestratorAction.OrchestratorActionTypeOneofCase.ScheduleTask => Scheduled(action.Id, action.ScheduleTask.Name),
        OrchestratorAction.OrchestratorActionTypeOneofCase.CreateTimer =>
            Event(0, e => e.TimerCreated = new() { FireAt = action.CreateTimer.FireAt }, action.Id),
        OrchestratorAction.OrchestratorActionTypeOneofCase.CreateSubOrchestration => Event(
            0,
            e => e.SubOrchestrationInstanceCreated = new()
            {
                InstanceId = action.CreateSubOrchestration.InstanceId,
                Name = action.CreateSubOrchestration.Name,
            },
            action.Id),
        OrchestratorAction.OrchestratorActionTypeOneofCase.SendEvent => Event(
            0,
            e => e.EventSent = new() { InstanceId = action.SendEvent.Instance.InstanceId, Name = action.SendEvent.Name },
            action.Id),
        _ => null,
    };
}
