using System.Globalization;
using Governance.Durable.Protocol;
using static Governance.Durable.Tests.Replay.Events;

namespace Governance.Durable.Tests.Replay;

/// <summary>The protocol's worked examples: code, history, and the actions that must come out turn by turn.</summary>
internal static class Scenarios
{
    private static readonly TaskOptions Thrice = TaskOptions.FromRetryPolicy(new RetryPolicy(3, TimeSpan.FromSeconds(5), 2));

    internal sealed record Step(double At, HistoryEvent[] New, string Actions);

    internal sealed record Scenario(Func<TaskOrchestrationContext, Task<object?>> Code, params Step[] Steps)
    {
        public string InstanceId { get; init; } = "i1";
    }

    public static readonly IReadOnlyDictionary<string, Scenario> All = new Dictionary<string, Scenario>
    {
        ["1 activity"] = new(
            async context => await context.CallActivityAsync<string>("SayHello", "Tokyo"),
            At(0, "A#0(SayHello,\"Tokyo\")", ES("\"in\"")),
            At(5, "DONE#1(\"Hello, Tokyo!\")", TC(0, "\"Hello, Tokyo!\""))),
        ["2 fan-out of three, with a duplicate"] = new(
            async context => (await Task.WhenAll(Enumerable.Range(0, 3).Select(i => context.CallActivityAsync<int>("Work", i)))).Sum(),
            At(0, "A#0(Work,0) A#1(Work,1) A#2(Work,2)", ES()),
            At(1, "", TC(2, "20")),
            At(2, "", TC(0, "1"), TC(0, "1")),
            At(3, "DONE#3(321)", TC(1, "300"))),
        ["3 timer"] = new(
            async context =>
            {
                await context.CreateTimer(TimeSpan.FromSeconds(60), CancellationToken.None);
                return context.CurrentUtcDateTime.ToString("o", CultureInfo.InvariantCulture);
            },
            At(0, "T#0(T+60s)", ES()),
            At(60.5, "DONE#1(\"2030-01-01T00:01:00.5000000Z\")", FIRED(0))),
        ["3b timer of more than three days"] = new(
            async context =>
            {
                await context.CreateTimer(TimeSpan.FromDays(7), CancellationToken.None);
                return null;
            },
            At(0, "T#0(T+259200s)", ES()),
            At(259200, "T#1(T+518400s)", FIRED(0)),
            At(518400, "T#2(T+604800s)", FIRED(1)),
            At(604800, "DONE#3()", FIRED(2))),
        ["4 send event"] = new(
            async context =>
            {
                context.SendEvent("other", "Ping", new { a = 1 });
                await context.CallActivityAsync("A");
                return "ok";
            },
            At(0, "E#0(other,Ping,{\"a\":1}) A#1(A)", ES()),
            At(1, "", TC(0, null)),
            At(2, "DONE#2(\"ok\")", TC(1, null))),
        ["5a event before time-out"] = new(EventOrTimeout, At(0, "T#0(T+3600s)", ES()), At(10, "DONE#1(\"got:yes\")", ER("approval", "\"yes\""))),
        ["5b time-out"] = new(EventOrTimeout, At(0, "T#0(T+3600s)", ES()), At(3600, "DONE#1(\"timeout\")", FIRED(0))),
        ["5c both, event first"] = new(
            EventOrTimeout, At(0, "T#0(T+3600s)", ES()), At(3600, "DONE#1(\"got:yes\")", ER("Approval", "\"yes\""), FIRED(0))),
        ["5d both, timer first"] = new(
            EventOrTimeout, At(0, "T#0(T+3600s)", ES()), At(3600, "DONE#1(\"timeout\")", FIRED(0), ER("Approval", "\"yes\""))),
        ["5e cancelled timer fires later"] = new(
            async context =>
            {
                using var stop = new CancellationTokenSource();
                var timer = context.CreateTimer(TimeSpan.FromHours(1), stop.Token);
                await context.WaitForExternalEvent<string>("e");
                stop.Cancel();
                await context.CallActivityAsync("Long");
                return timer.IsCanceled ? "ok" : "not cancelled";
            },
            At(0, "T#0(T+3600s)", ES()),
            At(1, "A#1(Long)", ER("e", "\"1\"")),
            At(3600, "", FIRED(0)),
            At(4000, "DONE#2(\"ok\")", TC(1, null))),
        ["5f timer created and cancelled in one turn"] = new(
            context =>
            {
                using var stop = new CancellationTokenSource();
                _ = context.CreateTimer(TimeSpan.FromHours(1), stop.Token);
                stop.Cancel();
                return Task.FromResult<object?>("x");
            },
            At(0, "T#0(T+3600s) DONE#1(\"x\")", ES())),
        ["6a retry until it works"] = new(
            Flaky,
            At(0, "A#0(Flaky,\"x\")", ES()),
            At(1, "T#1(T+6s)", TF(0, "E", "boom")),
            At(6, "A#2(Flaky,\"x\")", FIRED(1)),
            At(7, "T#3(T+17s)", TF(2, "E", "boom")),
            At(17, "A#4(Flaky,\"x\")", FIRED(3)),
            At(18, "DONE#5(\"ok\")", TC(4, "\"ok\""))),
        ["6b retry until attempts are used up"] = new(
            Flaky,
            At(0, "A#0(Flaky,\"x\")", ES()),
            At(1, "T#1(T+6s)", TF(0, "E", "boom")),
            At(6, "A#2(Flaky,\"x\")", FIRED(1)),
            At(7, "T#3(T+17s)", TF(2, "E", "boom")),
            At(17, "A#4(Flaky,\"x\")", FIRED(3)),
            At(18, "FAIL#5(TaskFailedException: Task 'Flaky' (#4) failed with an unhandled exception: boom3 <- E: boom3)", TF(4, "E", "boom3"))),
        ["6c no retry of what can't be retried"] = new(
            Flaky,
            At(0, "A#0(Flaky,\"x\")", ES()),
            At(1, "FAIL#1(TaskFailedException: Task 'Flaky' (#0) failed with an unhandled exception: boom <- E: boom)", TF(0, "E", "boom", true))),
        ["7 continue as new carries events over"] = new(
            ContinueAsNew(preserve: true),
            At(0, "A#0(A)", ES("6")),
            At(1, "", ER("e1", "\"a\"")),
            At(2, "CAN#1(7; carry=[-1:ER(e1,\"a\"),-1:ER(e2,\"b\")])", TC(0, null), ER("e2", "\"b\""))),
        ["7 continue as new drops events where told to"] = new(
            ContinueAsNew(preserve: false),
            At(0, "A#0(A)", ES("6")),
            At(1, "", ER("e1", "\"a\"")),
            At(2, "CAN#1(7; carry=[])", TC(0, null), ER("e2", "\"b\""))),
        ["7 the next run finds the events"] = new(
            async context =>
            {
                var first = await context.WaitForExternalEvent<string>("e1");
                await context.CallActivityAsync("B", first);
                return null;
            },
            At(0, "A#0(B,\"a\")", ES("7"), ER("e1", "\"a\""), ER("e2", "\"b\""), OC())),
        ["8 sub-orchestration"] = new(
            Child,
            At(0, "S#0(Child,30e22ca6385056c0a033130963900b3c,\"x\")", ES()),
            At(5, "DONE#1(\"r\")", SC(0, "\"r\"")))
        { InstanceId = "parent1" },
        ["8b sub-orchestration fails"] = new(
            Child,
            At(0, "S#0(Child,30e22ca6385056c0a033130963900b3c,\"x\")", ES()),
            At(5, "FAIL#1(TaskFailedException: Task 'Child' (#0) failed with an unhandled exception: bad <- E: bad)", SF(0, "E", "bad")))
        { InstanceId = "parent1" },
        ["8c sub-orchestration fails without details"] = new(
            Child,
            At(0, "S#0(Child,30e22ca6385056c0a033130963900b3c,\"x\")", ES()),
            At(5, "FAIL#1(TaskFailedException: Task 'Child' (#0) failed with an unhandled exception: (unknown) <- (unknown): (unknown))", SF(0)))
        { InstanceId = "parent1" },
        ["9 events before anybody waits"] = new(
            async context =>
            {
                await context.CallActivityAsync("A");
                var a = await context.WaitForExternalEvent<string>("go");
                return a + await context.WaitForExternalEvent<string>("GO");
            },
            At(0, "A#0(A)", ES()),
            At(1, "", ER("Go", "\"1\"")),
            At(2, "", ER("gO", "\"2\"")),
            At(3, "DONE#1(\"12\")", TC(0, null))),
        ["10 of two waiters the newest is first"] = new(
            async context => string.Concat(await Task.WhenAll(
                context.WaitForExternalEvent<string>("e"), context.WaitForExternalEvent<string>("e"))),
            At(0, "", ES()),
            At(1, "DONE#0(\"21\")", ER("e", "\"1\""), ER("e", "\"2\""))),
        ["11 terminate"] = new(CallA, At(0, "A#0(A)", ES()), At(1, "TERMD#1(because)", TERM("because"))),
        ["11 terminate after a result"] = new(CallA, At(0, "A#0(A)", ES()), At(1, "TERMD#1(because)", TC(0, "\"r\""), TERM("because"))),
        ["11 terminate before a result"] = new(CallA, At(0, "A#0(A)", ES()), At(1, "TERMD#1(because)", TERM("because"), TC(0, "\"r\""))),
        ["11 terminate in the first batch"] = new(CallA, At(0, "TERMD#1(because)", ES(), TERM("because"))),
        ["12 suspend and resume"] = new(
            CallAThenB,
            At(0, "A#0(A)", ES()),
            At(1, "", SUSP()),
            At(2, "", TC(0, "\"r\"")),
            At(3, "A#1(B)", RES()),
            At(4, "DONE#2(\"r2\")", TC(1, "\"r2\""))),
        ["12 suspend in the first batch"] = new(CallAThenB, At(0, "", ES(), SUSP()), At(1, "A#0(A)", RES())),
        ["12 terminate while suspended"] = new(CallAThenB, At(0, "A#0(A)", ES()), At(1, "", SUSP()), At(2, "TERMD#1(t)", TERM("t"))),
        ["16 a result does not wait for open tasks"] = new(
            async context =>
            {
                await Task.WhenAny(context.CallActivityAsync("A"), context.CallActivityAsync("B"));
                return "early";
            },
            At(0, "A#0(A) A#1(B)", ES()),
            At(1, "DONE#2(\"early\")", TC(0, null))),
        ["17 exception in the first turn"] = new(
            _ => throw new InvalidOperationException("bad", new ArgumentException("inner")),
            At(0, "FAIL#0(InvalidOperationException: bad <- ArgumentException: inner)", ES())),
    };

    private static Step At(double at, string actions, params HistoryEvent[] events) => new(at, events, actions);

    private static async Task<object?> EventOrTimeout(TaskOrchestrationContext context)
    {
        using var stop = new CancellationTokenSource();
        var timer = context.CreateTimer(TimeSpan.FromHours(1), stop.Token);
        var approval = context.WaitForExternalEvent<string>("Approval");
        if (await Task.WhenAny(timer, approval) == timer)
        {
            return "timeout";
        }

        stop.Cancel();
        return "got:" + await approval;
    }

    private static async Task<object?> Flaky(TaskOrchestrationContext context) => await context.CallActivityAsync<string>("Flaky", "x", Thrice);

    private static async Task<object?> Child(TaskOrchestrationContext context) => await context.CallSubOrchestratorAsync<string>("Child", "x");

    private static async Task<object?> CallA(TaskOrchestrationContext context) => await context.CallActivityAsync<string>("A");

    private static async Task<object?> CallAThenB(TaskOrchestrationContext context)
    {
        await context.CallActivityAsync("A");
        return await context.CallActivityAsync<string>("B");
    }

    private static Func<TaskOrchestrationContext, Task<object?>> ContinueAsNew(bool preserve) => async context =>
    {
        await context.CallActivityAsync("A");
        context.ContinueAsNew(context.GetInput<int>() + 1, preserve);
        return null;
    };
}
