using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Governance.LoadTests.Stack;

namespace Governance.LoadTests.Budgets;

/// <summary>Low-risk deployments from the intent to ACTIVE, through the real Graph SDK on the simulator, Intune's limits lifted.</summary>
internal static class WholeDeployments
{
    private const int UnderWay = 24;

    internal static async IAsyncEnumerable<Figure> Measure(TimeSpan time)
    {
        await using var stack = await LoadStack.Start();
        var intents = new ConcurrentQueue<string>();
        await Parallel.ForAsync(0, Math.Max(100, (int)time.TotalSeconds * 60), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, _) =>
            intents.Enqueue(await stack.Api.Intent(risky: false, withArtifact: true)));
        var (finished, watch, halves) = (0, Stopwatch.StartNew(), new int[2]);
        await Task.WhenAll(Enumerable.Range(0, UnderWay).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed < time && intents.TryDequeue(out var intent))
            {
                var (_, created) = await stack.Api.Post(stack.Api.Publisher, "/api/v1/deployments", intent, ("Prefer", "wait=30"));
                var body = $"{{\"deployment_id\":\"{created["correlation_id"]}\",\"target_plane\":\"INTUNE\"}}";
                while ((await stack.Api.Post(stack.Api.Publisher, "/api/v1/connectors/publish", body, ("Prefer", "wait=30"))).Body["status"]!.GetValue<string>() == "pending")
                {
                }

                Interlocked.Increment(ref finished);
                Interlocked.Increment(ref halves[watch.Elapsed < time / 2 ? 0 : 1]);
            }
        })));
        var rate = finished / watch.Elapsed.TotalSeconds;
        yield return new(
            $"whole low-risk deployment, create → ACTIVE, {UnderWay} under way",
            "≥ 15/s sustained",
            string.Create(CultureInfo.InvariantCulture, $"{rate:0.0}/s over {watch.Elapsed.TotalSeconds:0} s ({halves[0]} in the first half, {halves[1]} in the second)"),
            rate >= 15);
    }
}
