using System.Collections.Immutable;
using Governance.Functions.Hosting;
using Governance.Functions.Observability;

namespace Governance.Functions.Health;

/// <summary>Whether the process lives and whether it can serve. Open, never turned away, and telling nothing about the inside.</summary>
internal static class HealthFunctions
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

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

        var checks = request.Http.RequestServices.GetServices<IReadinessCheck>();
        var answers = await Task.WhenAll(checks.Select(check => Ask(check, request)));
        var ready = answers.All(answer => answer.Why is null);
        var view = new HealthView(
            ready ? "ready" : "not_ready",
            answers.ToImmutableSortedDictionary(answer => answer.Name, answer => answer.Why ?? "ready", StringComparer.Ordinal));
        return Results.Json(view, statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<(string Name, string? Why)> Ask(IReadinessCheck check, ApiRequest request)
    {
        using var patience = new CancellationTokenSource(Patience, request.Service<TimeProvider>());
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, request.Cancellation);
        try
        {
            return (check.Name, await check.Ask(either.Token).WaitAsync(either.Token));
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return (check.Name, "does not answer in time");
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Any fault of a check is its answer; the log has the rest.
            request.Service<ILoggerFactory>().CreateLogger(nameof(HealthFunctions)).CheckFailed(check.Name, fault);
            return (check.Name, "does not answer");
        }
    }
}

/// <summary>The answer of both health functions.</summary>
internal sealed record HealthView(string Status, IReadOnlyDictionary<string, string> Checks);
