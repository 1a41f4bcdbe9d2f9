using System.Globalization;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Evidence;
using Governance.LoadTests.Measuring;
using Governance.LoadTests.Stack;
using Governance.Storage.Views;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.LoadTests.Budgets;

/// <summary>The lists with few and with many rows behind them, 100 a page, one caller.</summary>
internal static class Listing
{
    private static readonly int[] Fills = [1_000, 100_000];
    private static readonly string[] Lists = ["cab/pending", "deployments"];

    internal static async IAsyncEnumerable<Figure> Measure(TimeSpan time)
    {
        await using var stack = await LoadStack.Start();
        var views = stack.Local.Services.GetRequiredService<DeploymentViews>();
        var (filled, measured) = (0, new Dictionary<(string, int), Latencies>());
        foreach (var fill in Fills)
        {
            for (; filled < fill; filled += 100)
            {
                await views.Apply([.. Enumerable.Range(filled, 100).Select(Row)], CancellationToken.None);
            }

            foreach (var list in Lists)
            {
                await ClosedLoop.Run(1, TimeSpan.FromSeconds(1), Once);
                measured[(list, fill)] = await ClosedLoop.Run(1, time / 4, Once);

                async Task<bool> Once(int caller)
                {
                    var page = await stack.Api.Get(stack.Api.Publisher, $"/api/v1/{list}?limit=100");
                    return (page["approvals"] ?? page["deployments"])!.AsArray().Count == 100 ? true : throw new InvalidOperationException($"{list} is not full.");
                }
            }
        }

        foreach (var list in Lists)
        {
            var (few, many) = (measured[(list, Fills[0])], measured[(list, Fills[1])]);
            yield return new(
                $"list {list}, 100 a page, 100,000 rows behind it",
                "p50 ≤ 1.5 × that with 1,000",
                string.Create(CultureInfo.InvariantCulture, $"p50 {many.P50:0.00} ms, {many.P50 / few.P50:0.00} × {few.P50:0.00} ms; {many.PerSecond:0}/s with one caller"),
                many.P50 <= 1.5 * few.P50);
        }
    }

    private static DeploymentSummary Row(int number)
    {
        var id = new CorrelationId(new Guid(number + 1, 1, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 1));
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(number);
        var submitter = new PersonId(new Guid(1, 2, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 1));
        return new()
        {
            CorrelationId = id,
            Sequence = 3,
            AppName = $"App {number / 1000}",
            Version = "1.0",
            StartRing = Ring.Lab,
            TargetRing = Ring.Lab,
            Status = DeploymentStatus.AwaitingCab,
            Connector = "INTUNE",
            SubmittedBy = submitter,
            EvidencePackId = new(id.Value),
            RiskScore = 60,
            Cab = new(1, Digest.Of(id.Value.ToByteArray()), 1, 0, at, at.AddHours(48), at.AddHours(96), false),
            EventTypes = ["POLICY_CHECK_COMPLETED", "CAB_SUBMISSION_PREPARED"],
            Actor = Actor.User(submitter),
            CreatedAt = at,
            UpdatedAt = at,
        };
    }
}
