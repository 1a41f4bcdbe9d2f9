using Governance.Durable;
using Governance.Durable.Client;
using Governance.Durable.FunctionsHost;
using Governance.HostContract.Tests.Player;

namespace Governance.HostContract.Tests;

/// <summary>The client of a host's task hub, over both of its ways.</summary>
public sealed class UsingTheHostsTaskHub : IAsyncLifetime
{
    // Nobody runs the turns: instances stay as they are.
    private readonly HostPlayer _nobody = new(new("http://127.0.0.1:9"));
    private readonly HostedTaskClient _client = new("governance", JsonDataConverter.Default, TimeProvider.System, () => new Guid("0f8fad5b-d9cb-469f-a165-70867728950e"));
    private PlayedHub _hub = null!;
    private HubEndpoint _endpoint = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = new(_nobody) { During = _ => () => Task.Delay(Timeout.Infinite) };
        _endpoint = await HubEndpoint.Start(_hub);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _endpoint.DisposeAsync();
        _hub.Dispose();
        _nobody.Dispose();
    }

    [Fact]
    public async Task Before_any_binding_every_call_says_that_it_is_too_early()
    {
        await Assert.ThrowsAsync<HubUnknownException>(() => _client.GetInstanceAsync("x", TestContext.Current.CancellationToken));
        foreach (var nonsense in new[] { null, "", "[]", "7", "{}", """{"rpcBaseUrl":7}""", """{"rpcBaseUrl":"ftp://x"}""" })
        {
            _client.Bind(nonsense);
            Assert.Null(_client.Binding);
        }

        _client.Bind(_endpoint.Binding);
        Assert.DoesNotContain("s3cret", _client.Binding!.ToString(), StringComparison.Ordinal);
        Assert.Null(await _client.GetInstanceAsync("x", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Instances_are_started_looked_at_told_things_and_purged(bool rpcIsDown)
    {
        var cancellation = TestContext.Current.CancellationToken;
        _client.Bind(_endpoint.Binding);
        _endpoint.RpcIsDown = rpcIsDown;

        Assert.Equal("one", await _client.ScheduleNewOrchestrationInstanceAsync("Greet", new { Name = "Ada" }, new StartOrchestrationOptions("one"), cancellation));
        var taken = await Assert.ThrowsAsync<OrchestrationInstanceException>(() => _client.ScheduleNewOrchestrationInstanceAsync("Greet", null, new StartOrchestrationOptions("one"), cancellation));
        Assert.Equal(InstanceProblem.AlreadyExists, taken.Problem);
        var seen = (await _client.GetInstanceAsync("one", true, cancellation))!;
        Assert.Equal(("Greet", OrchestrationRuntimeStatus.Pending, false), (seen.Name, seen.RuntimeStatus, seen.IsCompleted));
        Assert.Contains("Ada", seen.SerializedInput, StringComparison.Ordinal);
        Assert.Null((await _client.GetInstanceAsync("one", cancellation))!.SerializedInput);

        await _client.RaiseEventAsync("one", "changed", new { A = 1 }, cancellation);
        await _client.SuspendInstanceAsync("one", "look", cancellation);
        await _client.ResumeInstanceAsync("one", null, cancellation);
        await _client.TerminateInstanceAsync("one", "enough & done", cancellation);
        Assert.Equal(0, (await _client.PurgeInstanceAsync("one", cancellation)).PurgedInstanceCount);
        var told = _hub.Find("one")!.Inbox;
        Assert.Equal("changed", told[0].EventRaised.Name);
        Assert.Contains("1", told[0].EventRaised.Input, StringComparison.Ordinal);
        Assert.Equal("look", told[1].ExecutionSuspended.Input);
        Assert.NotNull(told[2].ExecutionResumed);
        Assert.Equal("enough & done", told[3].ExecutionTerminated.Input);

        await AssertProblem(InstanceProblem.NotFound, "nobody", cancellation);
        _hub.Find("one")!.Status = Durable.Protocol.OrchestrationStatus.Completed;
        _hub.Find("one")!.Output = "7";
        await AssertProblem(InstanceProblem.NotRunning, "one", cancellation);
        Assert.Equal(7, (await _client.WaitForInstanceCompletionAsync("one", true, cancellation)).ReadOutputAs<int>());
        Assert.True((await _client.WaitForInstanceStartAsync("one", false, cancellation)).IsCompleted);
        Assert.Equal(1, (await _client.PurgeInstanceAsync("one", cancellation)).PurgedInstanceCount);
        await Assert.ThrowsAsync<OrchestrationInstanceException>(() => _client.WaitForInstanceStartAsync("one", false, cancellation));
        Assert.All(_endpoint.Calls, call => Assert.StartsWith(rpcIsDown ? "http" : "grpc", call, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lists_come_over_gRPC_alone()
    {
        var cancellation = TestContext.Current.CancellationToken;
        _client.Bind(_endpoint.Binding);
        await _client.ScheduleNewOrchestrationInstanceAsync("Greet", cancellation);
        await _client.ScheduleNewOrchestrationInstanceAsync("Greet", null, new StartOrchestrationOptions("two", DateTimeOffset.UtcNow), cancellation);
        var found = new List<string>();
        await foreach (var instance in _client.GetAllInstancesAsync(new OrchestrationQuery(Statuses: [OrchestrationRuntimeStatus.Pending])).WithCancellation(cancellation))
        {
            found.Add(instance.InstanceId);
        }

        Assert.Equal(["0f8fad5bd9cb469fa16570867728950e", "two"], found.Order(StringComparer.Ordinal));
        Assert.Equal(0, (await _client.PurgeAllInstancesAsync(new PurgeInstancesFilter(DateTimeOffset.UnixEpoch), cancellation)).PurgedInstanceCount);
        _endpoint.RpcIsDown = true;
        await Assert.ThrowsAsync<HttpRequestException>(() => _client.PurgeAllInstancesAsync(new PurgeInstancesFilter(), cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => _client.ScheduleNewOrchestrationInstanceAsync("Greet", null, new StartOrchestrationOptions("a/b"), cancellation));
    }

    [Fact]
    public async Task A_host_that_names_one_way_alone_is_used_that_way()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var both = System.Text.Json.Nodes.JsonNode.Parse(_endpoint.Binding)!.AsObject();
        both.Remove("rpcBaseUrl");
        _client.Bind(both.ToJsonString());
        await _client.ScheduleNewOrchestrationInstanceAsync("Greet", null, new StartOrchestrationOptions("three"), cancellation);
        Assert.NotNull(await _client.GetInstanceAsync("three", cancellation));
        Assert.All(_endpoint.Calls, call => Assert.StartsWith("http", call, StringComparison.Ordinal));

        var wrongKey = both.DeepClone().AsObject();
        wrongKey["requiredQueryStringParameters"] = "code=wrong";
        _client.Bind(wrongKey.ToJsonString());
        Assert.Equal(401, (await Assert.ThrowsAsync<HubCallException>(() => _client.GetInstanceAsync("three", cancellation))).Status);
    }

    private async Task AssertProblem(InstanceProblem problem, string id, CancellationToken cancellation)
    {
        foreach (var call in new Func<Task>[]
        {
            () => _client.RaiseEventAsync(id, "changed", null, cancellation),
            () => _client.TerminateInstanceAsync(id, cancellation),
            () => _client.SuspendInstanceAsync(id, "why", cancellation),
        })
        {
            Assert.Equal(problem, (await Assert.ThrowsAsync<OrchestrationInstanceException>(call)).Problem);
        }
    }
}
