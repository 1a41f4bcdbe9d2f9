using System.Collections.Immutable;
using Google.Protobuf.WellKnownTypes;
using Governance.Durable.Protocol;

namespace Governance.Durable.Hub;

/// <summary>Puts together what is new in a turn. Pure.</summary>
internal static class TurnIntake
{
    /// <summary>
    /// The new events of the instance's next turn: orchestratorStarted, the opening of an execution that has had no turn, then those
    /// arrivals that still mean something, in the order in which they came.
    /// </summary>
    /// <returns>Empty when there is nothing to run a turn for: every arrival was a duplicate or meant for an earlier execution.</returns>
    public static ImmutableArray<HistoryEvent> NewEvents(InstanceSnapshot instance, IReadOnlyList<Arrival> arrivals, DateTimeOffset now)
    {
        var activities = instance.OpenActivities;
        var timers = instance.OpenTimers;
        var events = ImmutableArray.CreateBuilder<HistoryEvent>();
        events.Add(HistoryEvents.Of(now, e => e.OrchestratorStarted = new()));
        events.AddRange(instance.Opening);
        if (instance.Continued && !instance.Opening.IsEmpty)
        {
            // The durable extension closes the opening of a continued execution before the turn's own actions.
            events.Add(HistoryEvents.Of(now, e => e.OrchestratorCompleted = new()));
        }

        foreach (var arrival in arrivals)
        {
            if (IsForThisExecution(instance, arrival) && IsOpen(arrival.Event, ref activities, ref timers))
            {
                events.Add(arrival.Event);
            }
        }

        return events.Count == 1 ? [] : events.ToImmutable();
    }

    private static bool IsForThisExecution(InstanceSnapshot instance, Arrival arrival) =>
        arrival.ExecutionId.Length == 0 || arrival.ExecutionId == instance.ExecutionId;

    // A result is taken once: the second of two finds its id closed.
    private static bool IsOpen(
        HistoryEvent arrived, ref ImmutableSortedSet<int> activities, ref ImmutableSortedDictionary<int, DateTimeOffset> timers)
    {
        switch (arrived.EventTypeCase)
        {
            case HistoryEvent.EventTypeOneofCase.TaskCompleted:
            case HistoryEvent.EventTypeOneofCase.TaskFailed:
                var left = activities.Remove(HistoryEvents.ClosedActivity(arrived));
                var wasOpen = left.Count < activities.Count;
                activities = left;
                return wasOpen;
            case HistoryEvent.EventTypeOneofCase.TimerFired:
                var pending = timers.Remove(arrived.TimerFired.TimerId);
                var wasPending = pending.Count < timers.Count;
                timers = pending;
                return wasPending;
            default:
                return true;
        }
    }
}

/// <summary>Makes history events.</summary>
internal static class HistoryEvents
{
    /// <summary>An event that no action caused.</summary>
    public static HistoryEvent Of(DateTimeOffset at, Action<HistoryEvent> fill) => Caused(-1, at, fill);

    /// <summary>An event that confirms an action, under the action's id.</summary>
    public static HistoryEvent Caused(int actionId, DateTimeOffset at, Action<HistoryEvent> fill)
    {
        var made = new HistoryEvent { EventId = actionId, Timestamp = Timestamp.FromDateTimeOffset(at) };
        fill(made);
        return made;
    }

    /// <summary>The id of the activity whose result this is; -1 for any other event.</summary>
    public static int ClosedActivity(HistoryEvent happened) => happened.EventTypeCase switch
    {
        HistoryEvent.EventTypeOneofCase.TaskCompleted => happened.TaskCompleted.TaskScheduledId,
        HistoryEvent.EventTypeOneofCase.TaskFailed => happened.TaskFailed.TaskScheduledId,
        _ => -1,
    };
}
