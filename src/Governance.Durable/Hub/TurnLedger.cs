using System.Collections.Immutable;
using Google.Protobuf.WellKnownTypes;
using Governance.Durable.Hub.Rows;
using Governance.Durable.Protocol;

namespace Governance.Durable.Hub;

/// <summary>Collects one turn's changes while its actions are applied in order.</summary>
internal sealed class TurnLedger
{
    private readonly InstanceSnapshot _before;
    private readonly TurnStamp _stamp;
    private readonly ImmutableArray<HistoryEvent>.Builder _history = ImmutableArray.CreateBuilder<HistoryEvent>();
    private readonly ImmutableArray<ActivityInput>.Builder _inputs = ImmutableArray.CreateBuilder<ActivityInput>();
    private readonly List<ActivityCall> _activities = [];
    private readonly ImmutableArray<Parcel>.Builder _parcels = ImmutableArray.CreateBuilder<Parcel>();
    private ImmutableSortedSet<int> _openActivities;
    private ImmutableSortedDictionary<int, DateTimeOffset> _openTimers;
    private readonly OrchestrationStatus _status;
    private CompleteOrchestrationAction? _completion;

    public TurnLedger(InstanceSnapshot before, ImmutableArray<HistoryEvent> newEvents, TurnStamp stamp)
    {
        (_before, _stamp) = (before, stamp);
        _history.AddRange(before.Past);
        _history.AddRange(newEvents);
        _inputs.AddRange(before.RecentInputs);
        _openActivities = before.OpenActivities.Except(newEvents.Select(HistoryEvents.ClosedActivity));
        _openTimers = before.OpenTimers.RemoveRange(newEvents.Select(e => e.TimerFired?.TimerId ?? -1));
        _status = newEvents.Aggregate(
            before.State.OrchestrationStatus is OrchestrationStatus.Pending ? OrchestrationStatus.Running : before.State.OrchestrationStatus,
            StatusAfter);
    }

    /// <summary>An activity is to run.</summary>
    public void Schedule(int id, ScheduleTaskAction action)
    {
        var scheduled = new TaskScheduledEvent { Name = action.Name, Version = action.Version, ParentTraceContext = action.ParentTraceContext ?? _stamp.Trace };
        scheduled.Tags.Add(action.Tags);
        Confirm(id, e => e.TaskScheduled = scheduled);
        _inputs.Add(new() { Id = id, Input = action.Input });
        _openActivities = _openActivities.Add(id);
        _activities.Add(new(_before.InstanceId, _before.ExecutionId, id, scheduled, action.Input));
    }

    /// <summary>A timer is set.</summary>
    public void StartTimer(int id, Timestamp fireAt)
    {
        Confirm(id, e => e.TimerCreated = new() { FireAt = fireAt });
        _openTimers = _openTimers.SetItem(id, fireAt.ToDateTimeOffset());
    }

    /// <summary>Another instance is to start and to report back.</summary>
    public void StartChild(int id, CreateSubOrchestrationAction action)
    {
        var childId = action.InstanceId.Length > 0 ? action.InstanceId : $"{_before.ExecutionId}-{id:x}";
        var created = new SubOrchestrationInstanceCreatedEvent { InstanceId = childId, Name = action.Name, Version = action.Version };
        Confirm(id, e => e.SubOrchestrationInstanceCreated = created);
        var started = new ExecutionStartedEvent
        {
            Name = action.Name,
            Version = action.Version,
            Input = action.Input,
            OrchestrationInstance = new() { InstanceId = childId, ExecutionId = $"{_stamp.Id}{id:x}" },
            ParentTraceContext = action.ParentTraceContext ?? _stamp.Trace,
            ParentInstance = new()
            {
                TaskScheduledId = id,
                Name = _before.State.Name,
                Version = _before.State.Version,
                OrchestrationInstance = new() { InstanceId = _before.InstanceId, ExecutionId = _before.ExecutionId },
            },
        };
        started.Tags.Add(_before.State.Tags);
        foreach (var (tag, value) in action.Tags)
        {
            started.Tags[tag] = value;
        }

        Post(childId, "", HistoryEvents.Of(_stamp.Now, e => e.ExecutionStarted = started));
    }

    /// <summary>Another instance, or this one, gets an event.</summary>
    public void Send(int id, SendEventAction action)
    {
        var target = action.Instance?.InstanceId ?? "";
        Confirm(id, e => e.EventSent = new() { InstanceId = target, Name = action.Name, Input = action.Data });
        Post(target, "", HistoryEvents.Of(_stamp.Now, e => e.EventRaised = new() { Name = action.Name, Input = action.Data }));
    }

    /// <summary>The execution ends. The first completion counts.</summary>
    public void Complete(int id, CompleteOrchestrationAction action)
    {
        if (_completion is null)
        {
            _completion = action;
            Confirm(id, e => e.ExecutionCompleted = new()
            {
                OrchestrationStatus = action.OrchestrationStatus,
                Result = action.Result,
                FailureDetails = action.FailureDetails,
            });
        }
    }

    /// <summary>Ends the turn.</summary>
    public TurnOutcome Close(string? customStatus)
    {
        if (_history[^1].EventTypeCase != HistoryEvent.EventTypeOneofCase.OrchestratorCompleted)
        {
            Confirm(-1, e => e.OrchestratorCompleted = new());
        }

        // An execution that has just been continued keeps the earlier status until it sets its own.
        customStatus ??= _before is { Continued: true, Opening.IsEmpty: false } ? _before.State.CustomStatus : null;
        return _completion switch
        {
            null => Outcome(GoneOn(customStatus), [.. _activities]),
            { OrchestrationStatus: OrchestrationStatus.ContinuedAsNew } next => Outcome(Continued(next, customStatus), []),
            var end => Outcome(Ended(end, customStatus), []),
        };
    }

    private TurnOutcome Outcome(InstanceSnapshot after, ImmutableArray<ActivityCall> activities)
    {
        if (_completion is not null)
        {
            // Nobody will take their results, but what was asked for is done; a parcel survives a crash.
            foreach (var call in _activities)
            {
                var scheduled = call.Scheduled.Clone();
                scheduled.Input = call.Input;
                Post(call.InstanceId, "", HistoryEvents.Of(_stamp.Now, e => e.TaskScheduled = scheduled));
            }
        }

        var discarded = Enumerable.Range(0, after.ExecutionId == _before.ExecutionId ? 0 : _before.Segments)
            .Select(number => HubKeys.SegmentRow(_before.InstanceId, _before.ExecutionId, number));
        return new(after, activities, _parcels.ToImmutable(), [.. discarded]);
    }

    private InstanceSnapshot GoneOn(string? customStatus) => _before with
    {
        State = State(_status, customStatus),
        Opening = [],
        Past = _history.ToImmutable(),
        RecentInputs = _inputs.ToImmutable(),
        OpenActivities = _openActivities,
        OpenTimers = _openTimers,
    };

    private InstanceSnapshot Ended(CompleteOrchestrationAction end, string? customStatus)
    {
        var state = State(end.OrchestrationStatus, customStatus);
        state.CompletedTimestamp = state.LastUpdatedTimestamp;
        state.FailureDetails = end.FailureDetails;
        state.Output = end is { OrchestrationStatus: OrchestrationStatus.Failed, FailureDetails: { } failure }
            ? $"{failure.ErrorType}: {failure.ErrorMessage}"
            : end.Result;
        Report(end);
        return GoneOn(customStatus) with { State = state, OpenActivities = [], OpenTimers = _openTimers.Clear() };
    }

    private InstanceSnapshot Continued(CompleteOrchestrationAction next, string? customStatus)
    {
        var executionId = $"{_stamp.Id}n";
        var started = _history.First(e => e.ExecutionStarted is not null).ExecutionStarted.Clone();
        started.Input = next.Result;
        started.Version = next.NewVersion ?? started.Version;
        started.ScheduledStartTimestamp = null;
        started.OrchestrationInstance = new() { InstanceId = _before.InstanceId, ExecutionId = executionId };
        var state = State(_status, customStatus);
        state.ExecutionId = executionId;
        state.Version = started.Version;
        return new()
        {
            State = state,
            Parent = _before.Parent,
            Continued = true,
            FirstExecutionId = _before.FirstExecutionId,
            HasBlobs = _before.HasBlobs,
            Opening =
            [
                HistoryEvents.Of(_stamp.Now, e => e.ExecutionStarted = started),
                .. next.CarryoverEvents.Where(e => e.EventRaised is not null),
            ],
        };
    }

    // Whoever waits is told; a terminated child counts as failed, without details.
    private void Report(CompleteOrchestrationAction end)
    {
        if (_before.Parent is not { OrchestrationInstance: { } parent } waiting)
        {
            return;
        }

        Post(parent.InstanceId, parent.ExecutionId ?? "", HistoryEvents.Of(_stamp.Now, e =>
        {
            if (end.OrchestrationStatus is OrchestrationStatus.Completed)
            {
                e.SubOrchestrationInstanceCompleted = new() { TaskScheduledId = waiting.TaskScheduledId, Result = end.Result };
            }
            else
            {
                e.SubOrchestrationInstanceFailed = new() { TaskScheduledId = waiting.TaskScheduledId, FailureDetails = end.FailureDetails };
            }
        }));
    }

    private OrchestrationState State(OrchestrationStatus status, string? customStatus)
    {
        var state = _before.State.Clone();
        state.OrchestrationStatus = status;
        state.CustomStatus = customStatus;
        state.LastUpdatedTimestamp = Timestamp.FromDateTimeOffset(_stamp.Now);
        return state;
    }

    private void Confirm(int id, Action<HistoryEvent> fill) => _history.Add(HistoryEvents.Caused(id, _stamp.Now, fill));

    private void Post(string instanceId, string executionId, HistoryEvent message) =>
        _parcels.Add(new() { InstanceId = instanceId, ExecutionId = executionId, Event = message });

    private static OrchestrationStatus StatusAfter(OrchestrationStatus status, HistoryEvent happened) => happened.EventTypeCase switch
    {
        HistoryEvent.EventTypeOneofCase.ExecutionSuspended => OrchestrationStatus.Suspended,
        HistoryEvent.EventTypeOneofCase.ExecutionResumed => OrchestrationStatus.Running,
        _ => status,
    };
}
