using System.Net.Sockets;
using Azure;
using Governance.Core;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.Tests.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Governance.Functions.Tests.Hosting;

public sealed class EndingFaults
{
    private const string Secret = "sig=c2VjcmV0";

    public static TheoryData<string, int, string> Faults => new()
    {
        { "bug", 500, "INTERNAL_ERROR" },
        { "storage", 503, "UNAVAILABLE" },
        { "throttled", 503, "UNAVAILABLE" },
        { "refused-by-storage", 500, "INTERNAL_ERROR" },
        { "network", 503, "UNAVAILABLE" },
        { "time-out", 503, "UNAVAILABLE" },
        { "several", 503, "UNAVAILABLE" },
        { "impatient", 503, "UNAVAILABLE" },
        { "mixed", 500, "INTERNAL_ERROR" },
        { "slow-body", 408, "BODY_TOO_SLOW" },
        { "large-body", 413, "BODY_TOO_LARGE" },
        { "broken-request", 400, "INVALID_REQUEST" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_is_told_without_its_inside_and_logged_once(string kind, int status, string code)
    {
        await using var app = await TestApp.Start([Function.Get("Fail", "fail", Access.AnyRole, _ => throw Make(kind), new HttpDocs("Fails."))]);
        using var answer = await app.Get("/api/v1/fail");
        Assert.Equal(code, (await answer.Problem(status)).Code);
        Assert.DoesNotContain(Secret, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal(status == 503, answer.Headers.Contains("Retry-After"));
        Assert.Equal(status >= 500 ? 1 : 0, app.Log.Lines.Count(line => line.Level == LogLevel.Error));
    }

    [Fact]
    public async Task What_was_set_for_another_answer_is_not_in_the_problem()
    {
        await using var app = await TestApp.Start([Function.Get("Fail", "fail", Access.AnyRole, Leave, new HttpDocs("Fails."))]);
        using var answer = await app.Get("/api/v1/fail");
        await answer.Problem(500);
        Assert.False(answer.Headers.Contains("ETag"));

        static Task<IResult> Leave(ApiRequest request)
        {
            request.Http.Response.Headers.ETag = "\"1\"";
            throw new InvalidOperationException();
        }
    }

    [Fact]
    public async Task A_refusal_of_the_domain_is_told_as_it_is()
    {
        await using var app = await TestApp.Start(
            [Function.Get("Refuse", "refuse", Access.AnyRole, _ => Task.FromResult(Problems.From(new Frozen())), new HttpDocs("Refuses."))]);
        using var answer = await app.Get("/api/v1/refuse");
        Assert.Equal("FROZEN", (await answer.Problem(409)).Code);
        Assert.Equal("Wait until Monday.", (await answer.Json()).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_bare_status_becomes_a_problem()
    {
        await using var app = await TestApp.Start(
            [Function.Get("Bare", "bare/{status}", Access.AnyRole, request => Task.FromResult(Results.StatusCode(int.Parse(request.Route("status"), null))), new HttpDocs("Says little."))]);
        foreach (var status in new[] { 404, 405, 409, 413, 415 })
        {
            using var answer = await app.Get($"/api/v1/bare/{status}");
            await answer.Problem(status);
        }
    }

    [Fact]
    public async Task An_identity_that_only_the_platform_may_set_reaches_nobody()
    {
        await using var app = await TestApp.Start([Function.Get("Echo", "echo", Access.AnyRole, Echo, new HttpDocs("Echoes."))]);
        var request = app.Request(HttpMethod.Get, "/api/v1/echo");
        request.Headers.Add("X-MS-CLIENT-PRINCIPAL", "eyJ9");
        request.Headers.Add("X-MS-CLIENT-PRINCIPAL-ID", "admin");
        using var answer = await app.Client.SendAsync(request);
        Assert.Equal("none", await answer.Content.ReadAsStringAsync());

        static Task<IResult> Echo(ApiRequest request) => Samples.Text(
            request.Http.Request.Headers.Keys.FirstOrDefault(name => name.StartsWith("X-MS-", StringComparison.OrdinalIgnoreCase)) ?? "none");
    }

    [Fact]
    public async Task Asking_for_the_caller_of_an_open_route_is_a_fault_of_ours()
    {
        await using var app = await TestApp.Start([Function.Get("Open", "open", Access.Anonymous, request => Samples.Text(request.Caller.ToString()), new HttpDocs("Open."))]);
        using var answer = await app.Get("/api/v1/open", roles: null);
        await answer.Problem(500);
    }

    private static Exception Make(string kind) => kind switch
    {
        "storage" => new RequestFailedException(0, $"no answer from https://x/?{Secret}"),
        "throttled" => new RequestFailedException(503, Secret),
        "refused-by-storage" => new RequestFailedException(400, Secret),
        "network" => new HttpRequestException(Secret, new SocketException(1)),
        "time-out" => new TaskCanceledException(Secret, new TimeoutException(Secret)),
        "several" => new AggregateException(new RequestFailedException(0, Secret), new TimeoutException(Secret)),
        "impatient" => new AggregateException(new TaskCanceledException(Secret, new TaskCanceledException(Secret)), new TaskCanceledException(Secret, new TaskCanceledException(Secret))),
        "mixed" => new AggregateException(new RequestFailedException(0, Secret), new InvalidOperationException(Secret)),
        "slow-body" => new BadHttpRequestException(Secret, 408),
        "large-body" => new BadHttpRequestException(Secret, 413),
        "broken-request" => new BadHttpRequestException(Secret),
        _ => new InvalidOperationException(Secret),
    };

    private sealed record Frozen() : Refusal("FROZEN", "Wait until Monday.", 409);
}
