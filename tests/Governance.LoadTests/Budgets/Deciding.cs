using System.Collections.Concurrent;
using System.Globalization;
using Governance.LoadTests.Measuring;
using Governance.LoadTests.Stack;

namespace Governance.LoadTests.Budgets;

/// <summary>Decisions of the CAB over HTTP, 16 at once, each on a request of its own.</summary>
internal static class Deciding
{
    private const int AtOnce = 16;

    internal static async IAsyncEnumerable<Figure> Measure(TimeSpan time)
    {
        await using var stack = await LoadStack.Start();
        var intents = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => stack.Api.Intent(risky: true)));
        var waiting = new ConcurrentBag<string>();
        await Parallel.ForAsync(0, Math.Max(200, (int)(time.TotalSeconds * 100)), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) =>
        {
            var body = $"{{\"correlation_id\":\"{Guid.NewGuid()}\",{intents[number % AtOnce].AsSpan(1)}";
            var (_, created) = await stack.Api.Post(stack.Api.Publisher, "/api/v1/deployments", body, ("Prefer", "wait=30"));
            if (created["status"]!.GetValue<string>() == "AWAITING_CAB")
            {
                waiting.Add(created["correlation_id"]!.GetValue<string>());
            }
        });
        var measured = await ClosedLoop.Run(AtOnce, time, async _ =>
        {
            if (!waiting.TryTake(out var id))
            {
                return false;
            }

            await stack.Api.Post(stack.Api.Approver, $"/api/v1/cab/{id}/approve", """{"comments": "Seen."}""");
            return true;
        });
        yield return new(
            "CAB decision, 16 at once",
            "p99 ≤ 300 ms",
            string.Create(CultureInfo.InvariantCulture, $"{measured.PerSecond:0}/s of {measured.Count}; p50 {measured.P50:0.0} ms, p99 {measured.P99:0.0} ms"),
            measured.P99 <= 300);
    }
}
