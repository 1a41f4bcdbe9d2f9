using Governance.Durable.Protocol;
using static Governance.Durable.Tests.Replay.Events;

namespace Governance.Durable.Tests.Replay;

/// <summary>Code that does not do what its history records.</summary>
public sealed class NonDeterminism
{
    [Fact]
    public void Calling_another_activity_than_recorded_fails() =>
        AssertFails("activity 'A' as step #0", "activity 'B'", context => context.CallActivityAsync("B"), Scheduled(0, "A"));

    [Fact]
    public void Making_a_timer_where_an_activity_is_recorded_fails() => AssertFails(
        "activity 'A' as step #0", "a timer", context => context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None), Scheduled(0, "A"));

    [Fact]
    public void Returning_without_the_recorded_call_fails() =>
        AssertFails("activity 'A' as step #0", "nothing", _ => Task.CompletedTask, Scheduled(0, "A"));

    [Fact]
    public void Calling_a_sub_orchestration_where_a_timer_is_recorded_fails() => AssertFails(
        "a timer as step #0",
        "sub-orchestration 'C'",
        context => context.CallSubOrchestratorAsync("C"),
        Event(0, e => e.TimerCreated = new(), 0));

    [Fact]
    public void Sending_another_event_than_recorded_fails() => AssertFails(
        "event 'X' sent as step #0",
        "event 'Y' sent",
        context =>
        {
            context.SendEvent("other", "Y");
            return context.CallActivityAsync("A");
        },
        Event(0, e => e.EventSent = new() { Name = "X" }, 0));

    [Fact]
    public void Calling_another_child_than_recorded_fails() => AssertFails(
        "sub-orchestration 'C' as step #0",
        "sub-orchestration 'D'",
        context => context.CallSubOrchestratorAsync("D"),
        Event(0, e => e.SubOrchestrationInstanceCreated = new() { Name = "C" }, 0));

    [Fact]
    public void Code_that_ends_earlier_than_its_history_fails()
    {
        var host = ReplayHost.For(async context => await context.CallActivityAsync<string>("A"));

        var reply = host.Send(Request([OS(0), ES(), Scheduled(0, "A"), OC(), OS(1), TC(0, "\"r\""), Scheduled(1, "B"), OC()], TC(1, "\"r\"")));

        Assert.StartsWith("FAIL#1(NonDeterministicOrchestrationException", Notation.Of(reply), StringComparison.Ordinal);
        Assert.Contains("'B' as step #1", Notation.Of(reply), StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_that_is_recorded_twice_fails() =>
        AssertFails("activity 'A' as step #0", "nothing new", context => context.CallActivityAsync("A"), Scheduled(0, "A"), Scheduled(0, "A"));

    [Fact]
    public void The_case_of_a_name_does_not_matter()
    {
        var host = ReplayHost.For(async context => await context.CallActivityAsync<string>("a"));

        Assert.Equal("DONE#1(\"r\")", Notation.Of(host.Send(Request([OS(0), ES(), Scheduled(0, "A"), OC()], TC(0, "\"r\"")))));
    }

    [Fact]
    public void Calls_after_the_recorded_ones_are_new_calls()
    {
        var host = ReplayHost.For<object?>(async context =>
        {
            await Task.WhenAll(context.CallActivityAsync("A"), context.CallActivityAsync("B"));
            return null;
        });

        Assert.Equal("A#1(B)", Notation.Of(host.Send(Request([OS(0), ES(), Scheduled(0, "A"), OC()], TC(0, "\"r\"")))));
    }

    [Fact]
    public void Timers_that_hosts_make_for_themselves_are_passed_over()
    {
        var host = ReplayHost.For(async context => await context.CallActivityAsync<string>("A"));
        var past = new[]
        {
            OS(0), ES(), Event(0, e => e.TimerCreated = new(), -100), Event(0, e => e.TimerFired = new() { TimerId = -100 }),
            Scheduled(0, "A"), OC(),
        };

        Assert.Equal("DONE#1(\"r\")", Notation.Of(host.Send(Request(past, TC(0, "\"r\"")))));
    }

    [Fact]
    public void A_second_start_in_the_history_is_passed_over()
    {
        var host = ReplayHost.For(async context => await context.CallActivityAsync<string>("A"));

        Assert.Equal("A#0(A)", host.Turn(0, ES(), ES()));
    }

    [Fact]
    public void A_history_without_a_start_asks_for_nothing()
    {
        var host = ReplayHost.For(async context => await context.CallActivityAsync<string>("A"));

        Assert.Equal("", host.Turn(0, ER("e"), TC(0, null)));
    }

    private static void AssertFails(string recorded, string now, Func<TaskOrchestrationContext, Task> code, params HistoryEvent[] confirmations)
    {
        var host = ReplayHost.For<object?>(async context =>
        {
            await code(context);
            return null;
        });

        var reply = Notation.Of(host.Send(Request([OS(0), ES(), .. confirmations, OC()], TC(0, "\"r\""))));

        Assert.StartsWith("FAIL#", reply, StringComparison.Ordinal);
        Assert.Contains(
            $"NonDeterministicOrchestrationException: The history of this instance records {recorded}, and the orchestrator's code now asks for {now} there.",
            reply,
            StringComparison.Ordinal);
        Assert.DoesNotContain(") ", reply, StringComparison.Ordinal); // the failure alone
    }

    private static OrchestratorRequest Request(HistoryEvent[] past, params HistoryEvent[] events) =>
        new() { InstanceId = "i1", PastEvents = { past }, NewEvents = { OS(5), events } };
}
