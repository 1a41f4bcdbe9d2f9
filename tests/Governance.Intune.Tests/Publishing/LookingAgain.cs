using Governance.Core.Rollout;
using Governance.Intune.Tests.Support;
using Governance.Local.Intune;

namespace Governance.Intune.Tests.Publishing;

/// <summary>While a state is waited for, trouble that passes is no end and a refusal is.</summary>
public sealed class LookingAgain
{
    [Theory]
    [InlineData(503, "GET", "files/[0-9a-f-]+$", 12)]
    [InlineData(500, "GET", "files/[0-9a-f-]+$", 12)]
    [InlineData(404, "GET", "files/[0-9a-f-]+$", 12)]
    [InlineData(429, "GET", "files/[0-9a-f-]+$", 6)]
    [InlineData(409, "GET", "mobileApps/[0-9a-f-]+$", 30)]
    public async Task Trouble_that_passes_is_waited_out(int status, string method, string path, int times)
    {
        await using var tenant = await Tenant.Start();
        tenant.Misbehave(method, path, new() { Answer = new(status) }, count: times);

        var outcome = await tenant.Plane(o => o with { Circuit = new() { Failures = 1000 } }).Publish(Given.Request(await Given.Package()), new MemoryFence(), default);

        Assert.IsType<PublishOutcome.Published>(outcome);
    }

    [Theory]
    [InlineData(403, "GRAPH_FORBIDDEN")]
    [InlineData(401, "GRAPH_UNAUTHENTICATED")]
    public async Task A_refusal_ends_the_waiting_at_once(int status, string code)
    {
        await using var tenant = await Tenant.Start();
        tenant.Misbehave("GET", "files/[0-9a-f-]+$", new() { Answer = new(status) }, count: 99);
        var from = tenant.Clock.GetUtcNow();

        var failed = Assert.IsType<PublishOutcome.Failed>(await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence(), default));

        Assert.Equal((ErrorClass.PolicyViolation, code), (failed.Failure.Class, failed.Failure.Code));
        Assert.True(tenant.Clock.GetUtcNow() - from < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task When_the_time_is_over_what_Graph_said_last_is_reported()
    {
        await using var tenant = await Tenant.Start();
        tenant.Misbehave("GET", "files/[0-9a-f-]+$", new() { Answer = new(503, "ServiceUnavailable", "Try later.") }, count: 999);

        var failed = Assert.IsType<PublishOutcome.Failed>(
            await tenant.Plane(o => o with { Circuit = new() { Failures = 1000 } }).Publish(Given.Request(await Given.Package()), new MemoryFence(), default));

        Assert.Equal(("GRAPH_UNAVAILABLE", "Try later."), (failed.Failure.Code, failed.Failure.Message));
    }

    [Fact]
    public async Task A_claim_that_is_lost_while_waiting_ends_it()
    {
        await using var tenant = await Tenant.Start();
        tenant.Misbehave("POST", "commit$", new() { End = "pending" });

        Assert.IsType<PublishOutcome.ClaimLost>(
            await tenant.Plane().Publish(Given.Request(await Given.Package()), new MemoryFence { LostFrom = 5 }, default));
    }

    [Fact]
    public async Task An_upload_address_on_a_strange_host_is_never_written_to()
    {
        await using var tenant = await Tenant.Start();
        var strange = new Swapping();

        var failed = Assert.IsType<PublishOutcome.Failed>(
            await tenant.Plane(transport: strange).Publish(Given.Request(await Given.Package()), new MemoryFence(), default));

        Assert.Equal((ErrorClass.Permanent, "UPLOAD_HOST_REFUSED"), (failed.Failure.Class, failed.Failure.Code));
        Assert.DoesNotContain(tenant.Simulator.Journal.Entries, entry => entry.Kind.Length > 0);
    }

    /// <summary>Somebody between us and Graph names another place for the content.</summary>
    private sealed class Swapping() : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = await base.SendAsync(request, cancellationToken);
            if (answer.Content.Headers.ContentType is { } type)
            {
                var text = await answer.Content.ReadAsStringAsync(cancellationToken);
                answer.Content = new StringContent(System.Text.RegularExpressions.Regex.Replace(text, "http://127.0.0.1:[0-9]+/blob", "https://evil.example/blob"));
                answer.Content.Headers.ContentType = type;
            }

            return answer;
        }
    }
}
