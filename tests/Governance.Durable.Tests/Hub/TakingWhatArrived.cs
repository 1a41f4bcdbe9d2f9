using System.Collections.Immutable;
using Governance.Durable.Hub;
using Governance.Durable.Protocol;
using Governance.Testing;
using Kind = Governance.Durable.Protocol.HistoryEvent.EventTypeOneofCase;

namespace Governance.Durable.Tests.Hub;

/// <summary>What of all that arrived a turn is given.</summary>
public sealed class TakingWhatArrived
{
    private static readonly DateTimeOffset Now = FakeClock.Noon;

    [Fact]
    public void The_first_turn_begins_with_the_start_and_then_what_arrived_in_its_order()
    {
        var events = Intake(Fresh(), Raised("a"), Raised("b"));

        Assert.Equal([Kind.OrchestratorStarted, Kind.ExecutionStarted, Kind.EventRaised, Kind.EventRaised], events.Select(e => e.EventTypeCase));
        Assert.Equal(["a", "b"], events.Skip(2).Select(e => e.EventRaised.Name));
        Assert.Equal(Now, events[0].Timestamp.ToDateTimeOffset());
    }

    [Fact]
    public void A_continued_execution_closes_its_opening_before_what_arrived()
    {
        var events = Intake(Fresh() with { Continued = true }, Raised("a"));

        Assert.Equal([Kind.OrchestratorStarted, Kind.ExecutionStarted, Kind.OrchestratorCompleted, Kind.EventRaised], events.Select(e => e.EventTypeCase));
    }

    [Fact]
    public void Nothing_new_is_no_turn() => Assert.Empty(Intake(Waiting()));

    [Fact]
    public void A_result_is_taken_once_and_only_while_its_activity_is_open()
    {
        var events = Intake(Waiting(), Completed(1, "first"), Completed(1, "second"), Failed(1), Completed(7, "unknown"), Completed(2, "other"));

        Assert.Equal(["first", "other"], events.Skip(1).Select(e => e.TaskCompleted.Result));
    }

    [Fact]
    public void A_failure_closes_its_activity_as_a_result_does()
    {
        var events = Intake(Waiting(), Failed(1), Completed(1, "late"));

        Assert.Equal(Kind.TaskFailed, Assert.Single(events.Skip(1)).EventTypeCase);
    }

    [Fact]
    public void A_timer_is_taken_once_and_only_while_it_is_open()
    {
        var events = Intake(Waiting(), Fired(3), Fired(3), Fired(4));

        Assert.Equal(3, Assert.Single(events.Skip(1)).TimerFired.TimerId);
    }

    [Fact]
    public void What_was_meant_for_an_earlier_execution_is_left_out()
    {
        Assert.Empty(Intake(Waiting(), Completed(1, "old", "earlier"), Fired(3, "earlier")));
        Assert.Single(Intake(Waiting(), Completed(1, "new", "now"), Raised("for any")).Where(e => e.EventRaised is not null));
    }

    [Fact]
    public void The_instance_is_left_as_it_was()
    {
        var before = Waiting();

        Intake(before, Completed(1, "x"), Fired(3));

        Assert.Equal([1, 2], before.OpenActivities);
        Assert.Equal([3], before.OpenTimers.Keys);
    }

    private static ImmutableArray<HistoryEvent> Intake(InstanceSnapshot instance, params Arrival[] arrivals) => TurnIntake.NewEvents(instance, arrivals, Now);

    private static InstanceSnapshot Fresh() => InstanceSnapshot.Created(ClientEvents.Started("Any", "id", "now", null, null, Now), Now);

    private static InstanceSnapshot Waiting() => Fresh() with
    {
        Opening = [],
        OpenActivities = [1, 2],
        OpenTimers = ImmutableSortedDictionary<int, DateTimeOffset>.Empty.Add(3, Now),
    };

    private static Arrival Raised(string name) => new(HistoryEvents.Of(Now, e => e.EventRaised = new() { Name = name }), "", "row");

    private static Arrival Completed(int id, string result, string execution = "") =>
        new(HistoryEvents.Of(Now, e => e.TaskCompleted = new() { TaskScheduledId = id, Result = result }), execution, null);

    private static Arrival Failed(int id) => new(HistoryEvents.Of(Now, e => e.TaskFailed = new() { TaskScheduledId = id }), "", null);

    private static Arrival Fired(int id, string execution = "") => new(HistoryEvents.Of(Now, e => e.TimerFired = new() { TimerId = id }), execution, null);
}
