using System.Collections.Immutable;
using Google.Protobuf.WellKnownTypes;
using Governance.Durable.Hub.Rows;
using Governance.Durable.Protocol;

namespace Governance.Durable.Hub;

/// <summary>One execution of an instance as its last committed turn left it. Messages inside are never changed once they are here.</summary>
internal sealed record InstanceSnapshot
{
    /// <summary>What a client may ask for, without the input.</summary>
    public required OrchestrationState State { get; init; }

    /// <summary>Who waits for the result; null for an instance that a client started.</summary>
    public ParentInstanceInfo? Parent { get; init; }

    /// <summary>First events of an execution that has had no turn: executionStarted, then events carried over. Empty afterwards.</summary>
    public ImmutableArray<HistoryEvent> Opening { get; init; } = [];

    /// <summary>True for an execution that continues an earlier one of the same instance.</summary>
    public bool Continued { get; init; }

    /// <summary>The execution that the instance began with: by it a start that is asked for again is known, however often the instance has continued.</summary>
    public string FirstExecutionId { get => field.Length > 0 ? field : ExecutionId; init; } = "";

    /// <summary>The whole history of this execution.</summary>
    public ImmutableArray<HistoryEvent> Past { get; init; } = [];

    /// <summary>History rows written so far; they hold the events before <see cref="RecentFrom"/>.</summary>
    public int Segments { get; init; }

    /// <summary>Index in <see cref="Past"/> of the first event that is in no history row.</summary>
    public int RecentFrom { get; init; }

    /// <summary>Inputs of the activities that the recent events scheduled.</summary>
    public ImmutableArray<ActivityInput> RecentInputs { get; init; } = [];

    /// <summary>Ids of the activities whose result no turn has taken.</summary>
    public ImmutableSortedSet<int> OpenActivities { get; init; } = [];

    /// <summary>Timers that no turn has seen fire, with their due times.</summary>
    public ImmutableSortedDictionary<int, DateTimeOffset> OpenTimers { get; init; } = ImmutableSortedDictionary<int, DateTimeOffset>.Empty;

    /// <summary>True once something of the instance went to a blob.</summary>
    public bool HasBlobs { get; init; }

    /// <summary>About how much memory the history takes: its stored size in bytes. Known once the instance was read or stored.</summary>
    public long Bytes { get; init; }

    /// <summary>The part of <see cref="Bytes"/> that history rows hold.</summary>
    public long SegmentBytes { get; init; }

    public string InstanceId => State.InstanceId;

    public string ExecutionId => State.ExecutionId ?? "";

    /// <summary>True once the instance has completed, failed or was terminated.</summary>
    public bool HasEnded => State.OrchestrationStatus is OrchestrationStatus.Completed or OrchestrationStatus.Failed
        or OrchestrationStatus.Terminated or OrchestrationStatus.Canceled;

    /// <summary>When the first turn may run at the earliest.</summary>
    public DateTimeOffset? StartAt => State.ScheduledStartTimestamp?.ToDateTimeOffset();

    /// <summary>True where a new owner has something to do for the instance even if no message and no timer wakes it.</summary>
    public bool HasWork => !Opening.IsEmpty || !OpenActivities.IsEmpty;

    /// <summary>A new instance that has had no turn.</summary>
    /// <param name="started">Its executionStarted event.</param>
    public static InstanceSnapshot Created(HistoryEvent started, DateTimeOffset now)
    {
        var execution = started.ExecutionStarted;
        var state = new OrchestrationState
        {
            InstanceId = execution.OrchestrationInstance.InstanceId,
            ExecutionId = execution.OrchestrationInstance.ExecutionId,
            Name = execution.Name,
            Version = execution.Version,
            OrchestrationStatus = OrchestrationStatus.Pending,
            ScheduledStartTimestamp = execution.ScheduledStartTimestamp,
            CreatedTimestamp = Timestamp.FromDateTimeOffset(now),
            LastUpdatedTimestamp = Timestamp.FromDateTimeOffset(now),
            ParentInstanceId = execution.ParentInstance?.OrchestrationInstance?.InstanceId,
        };
        state.Tags.Add(execution.Tags);
        return new() { State = state, Parent = execution.ParentInstance, Opening = [started] };
    }

    /// <summary>Reads a stored instance.</summary>
    /// <param name="segments">All of its history rows, in order.</param>
    public static InstanceSnapshot From(InstanceRow row, IEnumerable<HistoryPart> segments)
    {
        var earlier = segments.SelectMany(part => part.Events).ToImmutableArray();
        return new()
        {
            State = row.State,
            Parent = row.Parent,
            Opening = [.. row.Opening],
            Continued = row.Continued,
            FirstExecutionId = row.FirstExecutionId,
            HasBlobs = row.HasBlobs,
            Past = earlier.AddRange(row.Recent?.Events ?? []),
            Segments = row.Segments,
            RecentFrom = earlier.Length,
            RecentInputs = [.. row.Recent?.Inputs ?? []],
            OpenActivities = [.. row.OpenActivities],
            OpenTimers = row.OpenTimers.ToImmutableSortedDictionary(timer => timer.Id, timer => timer.FireAt.ToDateTimeOffset()),
        };
    }

    /// <summary>The events and inputs that no history row holds yet.</summary>
    public HistoryPart Recent()
    {
        var part = new HistoryPart();
        part.Events.AddRange(Past.Skip(RecentFrom));
        part.Inputs.AddRange(RecentInputs);
        return part;
    }

    /// <summary>The row that <see cref="From"/> reads.</summary>
    public InstanceRow ToRow()
    {
        var row = new InstanceRow { State = State, Parent = Parent, Continued = Continued, Recent = Recent(), Segments = Segments, HasBlobs = HasBlobs };
        row.FirstExecutionId = Continued ? FirstExecutionId : "";
        row.Opening.AddRange(Opening);
        row.OpenActivities.AddRange(OpenActivities);
        row.OpenTimers.AddRange(OpenTimers.Select(Timer));
        return row;
    }

    /// <summary>What a new owner reads first.</summary>
    public LiveHint ToHint()
    {
        var hint = new LiveHint { InstanceId = InstanceId, ExecutionId = ExecutionId, Work = HasWork };
        hint.FirstExecutionId = Continued ? FirstExecutionId : "";
        hint.StartAt = Opening.IsEmpty ? null : State.ScheduledStartTimestamp;
        hint.Timers.AddRange(OpenTimers.Select(Timer));
        return hint;
    }

    private static OpenTimer Timer(KeyValuePair<int, DateTimeOffset> timer) =>
        new() { Id = timer.Key, FireAt = Timestamp.FromDateTimeOffset(timer.Value) };
}
