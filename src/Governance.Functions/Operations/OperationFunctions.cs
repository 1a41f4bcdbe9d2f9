using Governance.Functions.Hosting;
using Governance.Functions.SignIn;

namespace Governance.Functions.Operations;

/// <summary>What whoever runs the platform asks.</summary>
internal static class OperationFunctions
{
    /// <summary>The functions of this subject.</summary>
    public static IEnumerable<Function> All =>
    [
        Function.Get("ListSweeps", "operations/sweeps", Access.To(Roles.PlatformAdmin), Sweeps, new(
            "What the timers of this instance did lately, newest run first.",
            Response: """
            {"sweeps": [{"name": "SweepOutbox", "schedule": "*/30 * * * * *", "next_at": "2026-01-01T00:00:30Z", "running_since": null, "skipped": 0,
             "runs": [{"started_at": "2026-01-01T00:00:00Z", "ended_at": "2026-01-01T00:00:01Z", "succeeded": true, "summary": "256 shards, nothing left behind"}]}]}
            """)),
    ];

    private static Task<IResult> Sweeps(ApiRequest request) => Task.FromResult(Results.Ok(new SweepsView(request.Service<TimerReports>().All)));
}

/// <summary>The answer of <c>GET /operations/sweeps</c>.</summary>
internal sealed record SweepsView(IReadOnlyCollection<TimerReport> Sweeps);
