using Google.Protobuf.WellKnownTypes;
using Governance.Durable.Protocol;

namespace Governance.HostContract.Tests.Player;

/// <summary>An instance as the durable extension keeps it: its history, what has arrived since, and how it ended.</summary>
internal sealed class PlayedInstance(string id, string name, string? input, PlayedParent? parent)
{
    internal string Id { get; } = id;

    internal string Name { get; } = name;

    internal string? Input { get; set; } = input;

    internal PlayedParent? Parent { get; } = parent;

    internal string ExecutionId { get; set; } = Guid.NewGuid().ToString("N");

    internal List<HistoryEvent> Past { get; } = [];

    internal List<HistoryEvent> Inbox { get; } = [];

    internal DateTimeOffset CreatedAt { get; } = DateTimeOffset.UtcNow;

    internal DateTimeOffset UpdatedAt { get; set; } = DateTimeOffset.UtcNow;

    internal OrchestrationStatus Status { get; set; } = OrchestrationStatus.Pending;

    internal string? Output { get; set; }

    internal string? CustomStatus { get; set; }

    /// <summary>How many turns have been answered, over all executions.</summary>
    internal int Turns { get; set; }

    /// <summary>Whether somebody is at it.</summary>
    internal bool Busy { get; set; }

    internal Lock Gate { get; } = new();

    internal bool Ended => Status is OrchestrationStatus.Completed or OrchestrationStatus.Failed or OrchestrationStatus.Terminated or OrchestrationStatus.Canceled;

    internal HistoryEvent Started() => Event(e => e.ExecutionStarted = new()
    {
        Name = Name,
        Input = Input,
        OrchestrationInstance = new() { InstanceId = Id, ExecutionId = ExecutionId },
        ParentInstance = Parent is null
            ? null
            : new() { TaskScheduledId = Parent.TaskId, Name = Parent.Name, OrchestrationInstance = new() { InstanceId = Parent.Id, ExecutionId = Parent.ExecutionId } },
    });

    /// <summary>An event that no action caused.</summary>
    internal static HistoryEvent Event(Action<HistoryEvent> fill) => Event(-1, fill);

    /// <summary>An event that confirms an action.</summary>
    internal static HistoryEvent Event(int id, Action<HistoryEvent> fill)
    {
        var made = new HistoryEvent { EventId = id, Timestamp = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow) };
        fill(made);
        return made;
    }
}

/// <summary>Who waits for a child.</summary>
internal sealed record PlayedParent(string Id, string Name, string ExecutionId, int TaskId);
