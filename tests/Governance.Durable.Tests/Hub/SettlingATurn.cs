using Governance.Durable.Engine;
using Governance.Durable.Hub;
using Governance.Durable.Protocol;
using Governance.Testing;
using Kind = Governance.Durable.Protocol.HistoryEvent.EventTypeOneofCase;

namespace Governance.Durable.Tests.Hub;

/// <summary>What an orchestrator's reply comes to.</summary>
public sealed class SettlingATurn
{
    private static readonly DateTimeOffset Now = FakeClock.Noon;
    private static readonly TraceContext Trace = new() { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };

    [Fact]
    public void Each_step_is_confirmed_in_its_order_under_its_number()
    {
        var outcome = Settle(Activity(0), Timer(1), Child(2, "child"), Sent(3, "other"));

        Assert.Equal(
            [Kind.OrchestratorStarted, Kind.ExecutionStarted, Kind.TaskScheduled, Kind.TimerCreated, Kind.SubOrchestrationInstanceCreated, Kind.EventSent, Kind.OrchestratorCompleted],
            outcome.After.Past.Select(e => e.EventTypeCase));
        Assert.Equal([-1, -1, 0, 1, 2, 3, -1], outcome.After.Past.Select(e => e.EventId));
        Assert.Equal([0], outcome.After.OpenActivities);
        Assert.Equal([1], outcome.After.OpenTimers.Keys);
        Assert.Equal(["child", "other"], outcome.Parcels.Select(parcel => parcel.InstanceId));
        Assert.Equal(("id", "now", 0, "Do"), Assert.Single(outcome.Activities) is var call ? (call.InstanceId, call.ExecutionId, call.TaskId, call.Scheduled.Name) : default);
        Assert.Equal(OrchestrationStatus.Running, outcome.After.State.OrchestrationStatus);
    }

    [Fact]
    public void Activities_and_children_go_on_with_the_turns_trace()
    {
        var outcome = Settle(Activity(0), Child(1, "child"));

        Assert.Equal(Trace, Assert.Single(outcome.Activities).Scheduled.ParentTraceContext);
        Assert.Equal(Trace, Assert.Single(outcome.Parcels).Event.ExecutionStarted.ParentTraceContext);
    }

    [Fact]
    public void A_child_is_told_who_waits_for_it()
    {
        var started = Assert.Single(Settle(Child(4, "child")).Parcels).Event.ExecutionStarted;

        Assert.Equal(("child", 4, "id", "now"), (
            started.OrchestrationInstance.InstanceId,
            started.ParentInstance.TaskScheduledId,
            started.ParentInstance.OrchestrationInstance.InstanceId,
            started.ParentInstance.OrchestrationInstance.ExecutionId));
    }

    [Fact]
    public void An_end_closes_everything_and_tells_the_parent()
    {
        var outcome = TurnDecider.Settle(ChildOf("parent"), Begin(ChildOf("parent")), Reply(Timer(0), Completed(1, "\"done\"")), Stamp());

        Assert.True(outcome.After.HasEnded);
        Assert.Equal("\"done\"", outcome.After.State.Output);
        Assert.Empty(outcome.After.OpenTimers);
        var report = Assert.Single(outcome.Parcels);
        Assert.Equal(("parent", "execution of parent", 9, "\"done\""), (
            report.InstanceId, report.ExecutionId, report.Event.SubOrchestrationInstanceCompleted.TaskScheduledId, report.Event.SubOrchestrationInstanceCompleted.Result));
    }

    [Fact]
    public void A_terminated_child_has_failed_for_its_parent()
    {
        var end = Completed(0, "enough");
        end.CompleteOrchestration.OrchestrationStatus = OrchestrationStatus.Terminated;

        var outcome = TurnDecider.Settle(ChildOf("parent"), Begin(ChildOf("parent")), Reply(end), Stamp());

        Assert.Equal(OrchestrationStatus.Terminated, outcome.After.State.OrchestrationStatus);
        Assert.Null(Assert.Single(outcome.Parcels).Event.SubOrchestrationInstanceFailed.FailureDetails);
    }

    [Fact]
    public void An_activity_of_the_last_turn_leaves_as_a_message_that_survives_a_crash()
    {
        var outcome = Settle(Activity(0), Completed(1, null));

        Assert.Empty(outcome.Activities);
        Assert.Empty(outcome.After.OpenActivities);
        Assert.Equal(("id", "Do", "1"), Assert.Single(outcome.Parcels) is var parcel ? (parcel.InstanceId, parcel.Event.TaskScheduled.Name, parcel.Event.TaskScheduled.Input) : default);
    }

    [Fact]
    public void Of_two_completions_the_first_counts()
    {
        var outcome = Settle(Completed(0, "1"), Completed(1, "2"));

        Assert.Equal("1", outcome.After.State.Output);
        Assert.Single(outcome.After.Past.Where(e => e.ExecutionCompleted is not null));
    }

    [Fact]
    public void Continuing_opens_an_execution_with_the_new_input_and_the_events_that_nobody_took()
    {
        var next = Completed(0, "\"again\"");
        next.CompleteOrchestration.OrchestrationStatus = OrchestrationStatus.ContinuedAsNew;
        next.CompleteOrchestration.CarryoverEvents.Add(HistoryEvents.Of(Now, e => e.EventRaised = new() { Name = "kept" }));

        var after = Settle(next).After;

        Assert.NotEqual("now", after.ExecutionId);
        Assert.Equal((true, true, false), (after.Continued, after.Past.IsEmpty, after.HasEnded));
        Assert.Equal("\"again\"", after.Opening[0].ExecutionStarted.Input);
        Assert.Equal("kept", after.Opening[1].EventRaised.Name);
        Assert.Equal(Trace, after.Opening[0].ExecutionStarted.ParentTraceContext);
    }

    [Theory]
    [InlineData("activity", "The input of activity 'Do' has 1048577 bytes; 1048576 are allowed.")]
    [InlineData("child", "The input of sub-orchestration 'Child' has 1048577 bytes; 1048576 are allowed.")]
    [InlineData("event", "Event 'Ball' has 1048577 bytes; 1048576 are allowed.")]
    [InlineData("result", "The result has 1048577 bytes; 1048576 are allowed.")]
    public void What_is_too_large_fails_the_instance_and_nothing_of_the_reply_counts(string what, string message)
    {
        var large = new string('x', PayloadLimits.Payload + 1);
        var (activity, child, sent) = (Activity(1), Child(1, "c"), Sent(1, "c"));
        (activity.ScheduleTask.Input, child.CreateSubOrchestration.Input, sent.SendEvent.Data) = (large, large, large);

        var outcome = Settle(Activity(0), what switch { "activity" => activity, "child" => child, "event" => sent, _ => Completed(1, large) });

        Assert.Equal(OrchestrationStatus.Failed, outcome.After.State.OrchestrationStatus);
        Assert.Equal(("Governance.Durable.Hub.RefusedReply", message), (outcome.After.State.FailureDetails.ErrorType, outcome.After.State.FailureDetails.ErrorMessage));
        Assert.Empty(outcome.Parcels);
        Assert.Empty(outcome.Activities);
    }

    [Fact]
    public void What_is_just_small_enough_passes()
    {
        var reply = Reply(Completed(0, new string('x', PayloadLimits.Payload)));
        reply.CustomStatus = new string('s', PayloadLimits.CustomStatus);

        Assert.Equal(OrchestrationStatus.Completed, TurnDecider.Settle(Fresh(), Begin(Fresh()), reply, Stamp()).After.State.OrchestrationStatus);
    }

    [Fact]
    public void A_status_that_is_too_long_fails_the_instance()
    {
        var reply = Reply(Completed(0, null));
        reply.CustomStatus = new string('s', PayloadLimits.CustomStatus + 1);

        Assert.Equal(
            "The custom status has 8193 characters; 8192 are allowed.",
            TurnDecider.Settle(Fresh(), Begin(Fresh()), reply, Stamp()).After.State.FailureDetails.ErrorMessage);
    }

    [Fact]
    public void An_action_that_the_hub_does_not_know_fails_the_instance() => Assert.Equal(
        "Action 3 is of a kind that the hub does not know.",
        Settle(new OrchestratorAction { Id = 3, TerminateOrchestration = new() { InstanceId = "x" } }).After.State.FailureDetails.ErrorMessage);

    [Fact]
    public void The_same_turn_and_reply_change_the_same()
    {
        OrchestratorAction[] actions = [Activity(0), Timer(1), Child(2, ""), Sent(3, "other")];

        var (first, second) = (Settle(actions), Settle(actions));

        Assert.Equal(first.After.ToRow(), second.After.ToRow());
        Assert.Equal(first.Parcels, second.Parcels);
    }

    private static TurnOutcome Settle(params OrchestratorAction[] actions) => TurnDecider.Settle(Fresh(), Begin(Fresh()), Reply(actions), Stamp());

    private static TurnStamp Stamp() => new(Now, "stamp", Trace);

    private static System.Collections.Immutable.ImmutableArray<HistoryEvent> Begin(InstanceSnapshot instance) => TurnIntake.NewEvents(instance, [], Now);

    private static InstanceSnapshot Fresh() => InstanceSnapshot.Created(Started(), Now);

    private static InstanceSnapshot ChildOf(string parent)
    {
        var started = Started();
        started.ExecutionStarted.ParentInstance = new()
        {
            TaskScheduledId = 9,
            OrchestrationInstance = new() { InstanceId = parent, ExecutionId = $"execution of {parent}" },
        };
        return InstanceSnapshot.Created(started, Now);
    }

    private static HistoryEvent Started()
    {
        var started = ClientEvents.Started("Any", "id", "now", null, null, Now);
        started.ExecutionStarted.ParentTraceContext = Trace;
        return started;
    }

    private static OrchestratorResponse Reply(params OrchestratorAction[] actions) => new() { Actions = { actions } };

    private static OrchestratorAction Activity(int id) => new() { Id = id, ScheduleTask = new() { Name = "Do", Input = "1" } };

    private static OrchestratorAction Timer(int id) =>
        new() { Id = id, CreateTimer = new() { FireAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(Now.AddHours(1)) } };

    private static OrchestratorAction Child(int id, string childId) => new() { Id = id, CreateSubOrchestration = new() { InstanceId = childId, Name = "Child", Input = "1" } };

    private static OrchestratorAction Sent(int id, string to) => new() { Id = id, SendEvent = new() { Instance = new() { InstanceId = to }, Name = "Ball", Data = "1" } };

    private static OrchestratorAction Completed(int id, string? result) =>
        new() { Id = id, CompleteOrchestration = new() { OrchestrationStatus = OrchestrationStatus.Completed, Result = result } };
}
