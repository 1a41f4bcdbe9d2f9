using Governance.Core.Rollout;
using Governance.Intune.Tests.Support;
using Governance.Local.Intune;

namespace Governance.Intune.Tests.Graph;

/// <summary>What Graph says becomes an error class, through the real SDK.</summary>
public sealed class AnsweringErrors
{
    [Theory]
    [InlineData(400, ErrorClass.Permanent, "GRAPH_REFUSED")]
    [InlineData(401, ErrorClass.PolicyViolation, "GRAPH_UNAUTHENTICATED")]
    [InlineData(403, ErrorClass.PolicyViolation, "GRAPH_FORBIDDEN")]
    [InlineData(404, ErrorClass.Permanent, "GRAPH_NOT_FOUND")]
    [InlineData(409, ErrorClass.Permanent, "GRAPH_CONFLICT")]
    [InlineData(429, ErrorClass.Transient, "GRAPH_THROTTLED")]
    [InlineData(500, ErrorClass.Transient, "GRAPH_UNAVAILABLE")]
    [InlineData(502, ErrorClass.Transient, "GRAPH_UNAVAILABLE")]
    [InlineData(503, ErrorClass.Transient, "GRAPH_UNAVAILABLE")]
    [InlineData(504, ErrorClass.Transient, "GRAPH_UNAVAILABLE")]
    public async Task Whatever_the_bodys_form_the_status_is_kept(int status, ErrorClass errorClass, string code)
    {
        await using var tenant = await Tenant.Start();
        foreach (var body in Enum.GetValues<FaultBody>())
        {
            tenant.Simulator.Faults.Clear();
            tenant.Misbehave(null, "assign$", new() { Answer = new(status, "SomeCode", "A sentence.", Body: body) }, count: 1000);

            var failure = await Fails(tenant, (int)body);

            Assert.Equal((errorClass, code, status), (failure.Class, failure.Code, failure.Status));
            Assert.Equal(2, failure.RequestIds.Count);
            Assert.Contains(body is FaultBody.Graph or FaultBody.Intune ? "A sentence." : $"Graph answered {status}", failure.Message);
        }
    }

    [Fact]
    public async Task A_back_end_that_wraps_Forbidden_in_401_is_asked_again()
    {
        await using var tenant = await Tenant.Start();
        tenant.Misbehave("POST", "mobileApps$", new() { Answer = new(401, "UnknownError", "{\"ErrorCode\":\"Forbidden\",\"Message\":\"\"}") }, count: 2);

        Assert.IsType<PublishOutcome.Published>(await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default));
        Assert.Single(tenant.Simulator.Tenant.Apps);
    }

    [Theory]
    [InlineData("2", 2.0)]
    [InlineData("1.5", 1.5)]
    [InlineData("Tue, 03 Mar 2026 12:00:25 GMT", 25.0)]
    public async Task Graphs_wait_is_kept_in_whatever_form_it_comes(string retryAfter, double seconds)
    {
        await using var tenant = await Tenant.Start();
        tenant.Misbehave("POST", "mobileApps$", new() { Answer = new(429, "TooManyRequests", RetryAfter: retryAfter) });

        Assert.IsType<PublishOutcome.Published>(await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default));
        Assert.Contains(tenant.Clock.Waits, wait => wait.TotalSeconds >= seconds && wait.TotalSeconds <= (seconds * 1.1) + 0.01);
        Assert.Single(tenant.Simulator.Tenant.Apps);
    }

    [Fact]
    public async Task A_longer_wait_than_an_attempt_may_take_is_handed_back()
    {
        await using var tenant = await Tenant.Start();
        tenant.Misbehave("POST", "mobileApps$", new() { Answer = new(429, "TooManyRequests", RetryAfter: "120") }, count: 9);

        var failed = Assert.IsType<PublishOutcome.Failed>(await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default));

        Assert.Equal(TimeSpan.FromSeconds(120), failed.Failure.RetryAfter);
        Assert.Single(tenant.Asked(), call => call == "POST mobileApps");
    }

    [Fact]
    public async Task Each_request_has_an_id_of_its_own_and_the_SDK_repeats_none()
    {
        await using var tenant = await Tenant.Start();
        tenant.Misbehave("GET", "files/", new() { Answer = new(503) }, count: 2);

        await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default);

        var graph = tenant.Simulator.Journal.Entries.Where(entry => entry.Kind.Length == 0).ToArray();
        Assert.Equal(graph.Length, graph.Select(entry => entry.ClientRequestId).Distinct().Count());
        Assert.All(graph, entry => Assert.True(Guid.TryParse(entry.ClientRequestId, out _)));
        Assert.All(graph, entry => Assert.Null(entry.RetryAttempt));
        Assert.All(graph, entry => Assert.Contains(entry.ClientRequestId, tenant.Logs.All));
    }

    [Fact]
    public async Task A_proxys_page_in_place_of_an_answer_counts_as_trouble_that_passes()
    {
        await using var tenant = await Tenant.Start();
        tenant.Misbehave("GET", "files/", new() { Answer = new(200, Body: FaultBody.Html) });
        tenant.Misbehave("POST", "contentVersions$", new() { Answer = new(200, Body: FaultBody.Html) });

        Assert.IsType<PublishOutcome.Published>(await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default));
    }

    [Fact]
    public async Task A_group_that_does_not_exist_is_Intunes_refusal()
    {
        await using var tenant = await Tenant.Start();
        var request = Given.Request(await Given.Package(), null, new Guid("20000000-0000-4000-8000-000000000009"));

        var failed = Assert.IsType<PublishOutcome.Failed>(await tenant.Plane().Publish(request, new MemoryFence(), default));

        Assert.Equal((ErrorClass.Permanent, "GRAPH_REFUSED"), (failed.Failure.Class, failed.Failure.Code));
        Assert.StartsWith("The assignment's target is not valid. (activity ", failed.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_Graph_is_down_calls_stop_and_health_says_so_until_it_answers_again()
    {
        await using var tenant = await Tenant.Start();
        var plane = tenant.Plane(o => o with { Circuit = new() { Failures = 4 } });
        tenant.Misbehave(null, ".", new() { Answer = new(503) }, count: 4);

        Assert.Equal(PlaneStatus.Unavailable, (await plane.Health(default)).Status);
        tenant.Simulator.Journal.Clear();
        var open = await plane.Health(default);
        Assert.Equal((PlaneStatus.Unavailable, CircuitState.Open, "CIRCUIT_OPEN"), (open.Status, open.Circuit, open.Failure?.Code));
        Assert.Equal("CIRCUIT_OPEN", Assert.IsType<PublishOutcome.Failed>(
            await plane.Publish(Given.Request(await Given.Package()), new MemoryFence(), default)).Failure.Code);
        Assert.Empty(tenant.Simulator.Journal.Entries);

        tenant.Clock.Advance(TimeSpan.FromSeconds(30));
        var well = await plane.Health(default);
        Assert.Equal((PlaneStatus.Healthy, CircuitState.Closed), (well.Status, well.Circuit));
        Assert.Null(well.Failure);
    }

    [Fact]
    public async Task Health_tells_a_slow_Graph_from_one_that_refuses_us()
    {
        await using var tenant = await Tenant.Start();
        tenant.Misbehave(null, ".", new() { Answer = new(429, RetryAfter: "90") });
        Assert.Equal(PlaneStatus.Degraded, (await tenant.Plane().Health(default)).Status);

        await using var closed = await Tenant.Start(o => o with { RequireToken = true });
        var health = await closed.Plane().Health(default);
        Assert.Equal((PlaneStatus.Unavailable, "GRAPH_UNAUTHENTICATED"), (health.Status, health.Failure?.Code));
    }

    [Fact]
    public async Task Within_its_budget_the_connector_is_never_throttled()
    {
        await using var tenant = await Tenant.Start(o => o with { WritesPer20Seconds = 100, RequestsPer20Seconds = 1000 });
        var plane = tenant.Plane();
        var package = await Given.Package(bytes: 100);
        for (var i = 1; i <= 30; i++)
        {
            Assert.IsType<PublishOutcome.Published>(await plane.Publish(Given.Request(package, Given.Id(i)), new MemoryFence(), default));
        }

        Assert.DoesNotContain(tenant.Simulator.Journal.Entries, entry => entry.Status == 429);
    }

    private static async Task<PlaneFailure> Fails(Tenant tenant, int number) => Assert.IsType<PublishOutcome.Failed>(
        await tenant.Plane(seed: number).Publish(Given.Request(await Given.Package(), Given.Id(number + 1)), new MemoryFence(), default)).Failure;
}
