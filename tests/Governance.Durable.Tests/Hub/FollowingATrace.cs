using System.Collections.Concurrent;
using System.Diagnostics;
using Governance.Durable.Client;
using Governance.Testing;
using Governance.Testing.Hub;

namespace Governance.Durable.Tests.Hub;

/// <summary>Everything that comes of a request is in its trace, however late and in whichever process.</summary>
public sealed class FollowingATrace : IDisposable
{
    private readonly FakeClock _clock = new();
    private readonly InMemoryTaskHubStore _store;
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ConcurrentDictionary<string, ActivityTraceId?> _seenInside = new();
    private readonly ActivityListener _listener;

    public FollowingATrace()
    {
        _store = new(_clock);
        _listener = new()
        {
            ShouldListenTo = source => source.Name == "Governance",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task One_trace_leads_from_the_request_through_turns_activities_and_children_over_a_restart()
    {
        ActivityTraceId trace;
        ActivitySpanId request;
        await using (var first = await TestHub.Start(_store, _clock, Register))
        {
            using var asking = new Activity("POST /deployments").SetIdFormat(ActivityIdFormat.W3C).Start();
            (trace, request) = (asking.TraceId, asking.SpanId);
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Parent", "x", new StartOrchestrationOptions("parent"));
            asking.Stop();
            await Eventually.Holds(async () => (await first.Client.GetInstanceAsync("child"))?.RuntimeStatus is OrchestrationRuntimeStatus.Running);
            await first.Crash();
        }

        await using var second = await TestHub.Start(_store, _clock, Register);
        await second.Client.RaiseEventAsync("child", "Go", "!");
        Assert.Equal("x parent+child!+last", (await second.End("parent")).ReadOutputAs<string>());

        var spans = _ended.Where(span => span.TraceId == trace).ToList();
        var byId = spans.ToDictionary(span => span.SpanId);
        Assert.Equal(
            ["activity ForChild", "activity ForParent", "activity Last", "turn Child", "turn Parent"], spans.Select(span => span.OperationName).Distinct().Order());

        // Turns hang on whoever started their instance, activities on the turn that asked for them.
        Assert.All(spans.Where(span => span.OperationName == "turn Parent"), turn => Assert.Equal(request, turn.ParentSpanId));
        Assert.All(spans.Where(span => span.OperationName == "turn Child"), turn => Assert.Equal("turn Parent", byId[turn.ParentSpanId].OperationName));
        Assert.All(spans.Where(span => span.OperationName == "activity ForChild"), run => Assert.Equal("turn Child", byId[run.ParentSpanId].OperationName));
        Assert.All(
            spans.Where(span => span.OperationName is "activity ForParent" or "activity Last"), run => Assert.Equal("turn Parent", byId[run.ParentSpanId].OperationName));
        Assert.All(spans, span => Assert.Equal(span.OperationName is "turn Child" or "activity ForChild" ? "child" : "parent", span.GetTagItem("instance_id")));
        Assert.Equal("completed", spans.Last(span => span.OperationName == "turn Parent").GetTagItem("result"));

        // What an activity calls or logs is in the trace too.
        Assert.All(_seenInside.Values, seen => Assert.Equal(trace, seen));
        Assert.Equal(3, _seenInside.Count);
    }

    [Fact]
    public async Task A_trace_goes_on_when_the_instance_continues_as_new()
    {
        await using var hub = await TestHub.Start(_store, _clock, Register);
        using var asking = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();

        await hub.Run("Again", 3);

        Assert.Equal(4, _ended.Count(span => span.TraceId == asking.TraceId && span.OperationName == "activity Last"));
        Assert.All(_ended.Where(span => span.OperationName == "turn Again" && span.TraceId == asking.TraceId), turn => Assert.Equal(asking.SpanId, turn.ParentSpanId));
    }

    [Fact]
    public async Task What_fails_is_marked_and_says_in_which_instance()
    {
        await using var hub = await TestHub.Start(_store, _clock, Register);
        using var asking = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();

        await hub.Run("Break", null, "broken");

        var spans = _ended.Where(span => span.TraceId == asking.TraceId).ToList();
        Assert.Equal(ActivityStatusCode.Error, Assert.Single(spans, span => span.OperationName == "activity Fail").Status);
        Assert.Equal(
            [("waits", ActivityStatusCode.Unset), ("failed", ActivityStatusCode.Error)],
            spans.Where(span => span.OperationName == "turn Break").Select(span => ((string)span.GetTagItem("result")!, span.Status)));
    }

    [Fact]
    public async Task Instances_that_nobodys_request_started_begin_traces_of_their_own()
    {
        await using var hub = await TestHub.Start(_store, _clock, Register);
        Activity.Current = null;

        await hub.Run("Break", null, "unasked");

        var spans = _ended.Where(span => span.GetTagItem("instance_id") is "unasked").ToList();
        Assert.Equal(3, spans.Count);
        Assert.All(spans.Where(span => span.OperationName == "turn Break"), turn => Assert.Equal(default, turn.ParentSpanId));
    }

    [Fact]
    public async Task The_hub_itself_belongs_to_no_trace_not_even_to_that_of_whoever_starts_it()
    {
        using var starting = new Activity("starting the app").SetIdFormat(ActivityIdFormat.W3C).Start();
        await using var hub = await TestHub.Start(_store, _clock, Register);
        Activity.Current = null;

        await hub.Run("Break", null, "later");

        Assert.DoesNotContain(_ended, span => span.TraceId == starting.TraceId);
    }

    private void Register(DurableTaskRegistry tasks) => tasks
        .AddOrchestratorFunc<string, string>("Parent", async (context, text) =>
        {
            var own = await context.CallActivityAsync<string>("ForParent", text);
            var child = await context.CallSubOrchestratorAsync<string>("Child", null, new SubOrchestrationOptions { InstanceId = "child" });
            return $"{own}+{child}+{await context.CallActivityAsync<string>("Last")}";
        })
        .AddOrchestratorFunc<string?, string>("Child", async (context, _) =>
            await context.CallActivityAsync<string>("ForChild") + await context.WaitForExternalEvent<string>("Go"))
        .AddOrchestratorFunc<int, string>("Again", async (context, left) =>
        {
            await context.CallActivityAsync<string>("Last");
            if (left > 0)
            {
                context.ContinueAsNew(left - 1);
            }

            return "";
        })
        .AddOrchestratorFunc<string?, string>("Break", (context, _) => context.CallActivityAsync<string>("Fail"))
        .AddActivityFunc<string, string>("ForParent", (context, text) => Seen(context, $"{text} parent"))
        .AddActivityFunc<string?, string>("ForChild", (context, _) => Seen(context, "child"))
        .AddActivityFunc<string?, string>("Last", (context, _) => Seen(context, "last"))
        .AddActivityFunc<string?, string>("Fail", (_, _) => throw new InvalidOperationException("broken"));

    private Task<string> Seen(TaskActivityContext context, string result)
    {
        _seenInside[context.Name] = Activity.Current?.TraceId;
        return Task.FromResult(result);
    }
}
