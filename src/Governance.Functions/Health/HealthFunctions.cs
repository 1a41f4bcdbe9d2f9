using System.Collections.Immutable;
using Governance.Functions.Hosting;

namespace Governance.Functions.Health;

/// <summary>Whether the process lives and whether it can serve. Open, never turned away, and telling nothing about the inside.</summary>
internal static class HealthFunctions
{
    /// <summary>The functions of this subject.</summary>
    public static IEnumerable<Function> All =>
    [
        Function.Get("HealthLive", "/health/live", Access.Anonymous, Live, new(
            "The process answers.", Response: """{"status": "live", "checks": {}}"""), FunctionGroup.Unlimited),
        Function.Get("HealthReady", "/health/ready", Access.Anonymous, Ready, new(
            "Everything needed to serve answers; else 503 with the same body.",
            Response: """{"status": "ready", "checks": {"storage": "ready"}}"""), FunctionGroup.Unlimited),
    ];

    private static Task<IResult> Live(ApiRequest request) => Task.FromResult(Results.Ok(new HealthView("live", ImmutableSortedDictionary<string, string>.Empty)));

    private static async Task<IResult> Ready(ApiRequest request)
    {
        if (request.Service<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested)
        {
            return Results.Json(new HealthView("stopping", ImmutableSortedDictionary<string, string>.Empty), statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        var answers = await request.Service<Readiness>().Ask(request.Cancellation);
        var ready = answers.Values.All(why => why is null);
        var view = new HealthView(
            ready ? "ready" : "not_ready",
            answers.ToImmutableSortedDictionary(answer => answer.Key, answer => answer.Value ?? "ready", StringComparer.Ordinal));
        return Results.Json(view, statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}

/// <summary>The answer of both health functions.</summary>
internal sealed record HealthView(string Status, IReadOnlyDictionary<string, string> Checks);
