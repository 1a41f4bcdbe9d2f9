using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Governance.LoadTests.Measuring;
using Governance.LoadTests.Stack;
using Governance.Storage.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.LoadTests.Budgets;

/// <summary>Low-risk deployments from the intent to ACTIVE, through the real Graph SDK on the simulator: with Intune's limits lifted, and with them.</summary>
internal static class WholeDeployments
{
    private const int UnderWay = 24;

    // Five writes a second, and a publish makes eight or more: less than one a second.
    private const double WithLimitsAtLeast = 0.3;

    private static readonly Dictionary<string, string[]> Operations = new(StringComparer.Ordinal) { ["governance.storage.duration"] = ["service", "operation"] };

    internal static async IAsyncEnumerable<Figure> Measure(TimeSpan time)
    {
        await using (var stack = await LoadStack.Start())
        {
            using var meters = new Meters(Operations);
            var run = await Run(stack, time, UnderWay, meters);
            yield return new(
                $"whole low-risk deployment, create → ACTIVE, {UnderWay} under way",
                "≥ 15/s sustained",
                string.Create(CultureInfo.InvariantCulture, $"{run.Rate:0.0}/s over {run.Seconds:0} s ({run.First} in the first half, {run.Second} in the second)"),
                run.Rate >= 15);
            var allowed = await Allowed(stack, run);
            yield return new(
                "the same, over what its storage operations cost by themselves",
                "≥ 50 %",
                string.Create(CultureInfo.InvariantCulture, $"{100 * run.Rate / allowed:0} % of {allowed:0.0}/s; {run.TableReads:0} reads and {run.TableWrites:0} writes of tables each"),
                run.Rate >= 0.5 * allowed);
        }

        await using var limited = await LoadStack.Start(Limited);
        using var unused = new Meters(Operations);
        var slow = await Run(limited, time * 2, 8, unused);
        yield return new(
            "the same with Intune's limits: 100 writes and 1,000 requests in 20 s",
            "—",
            string.Create(CultureInfo.InvariantCulture, $"{slow.Rate:0.00}/s over {slow.Seconds:0} s"),
            slow.Rate >= WithLimitsAtLeast);
    }

    private static void Limited(WebApplicationBuilder builder) =>
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Intune:Budget:Unlimited"] = "false" });

    private static async Task<Whole> Run(LoadStack stack, TimeSpan time, int underWay, Meters meters)
    {
        var intents = new ConcurrentQueue<string>();
        await Parallel.ForAsync(0, Math.Max(100, (int)time.TotalSeconds * 60), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, _) =>
            intents.Enqueue(await stack.Api.Intent(risky: false, withArtifact: true)));
        meters.Take();
        var (finished, watch, halves, last) = (0, Stopwatch.StartNew(), new int[2], string.Empty);
        await Task.WhenAll(Enumerable.Range(0, underWay).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed < time && intents.TryDequeue(out var intent))
            {
                var (_, created) = await stack.Api.Post(stack.Api.Publisher, "/api/v1/deployments", intent, ("Prefer", "wait=30"));
                var body = $"{{\"deployment_id\":\"{created["correlation_id"]}\",\"target_plane\":\"INTUNE\"}}";
                while ((await stack.Api.Post(stack.Api.Publisher, "/api/v1/connectors/publish", body, ("Prefer", "wait=30"))).Body["status"]!.GetValue<string>() == "pending")
                {
                }

                last = created["correlation_id"]!.GetValue<string>();
                Interlocked.Increment(ref finished);
                Interlocked.Increment(ref halves[watch.Elapsed < time / 2 ? 0 : 1]);
            }
        })));
        var (seconds, counted) = (watch.Elapsed.TotalSeconds, meters.Take());
        return new(finished / seconds, seconds, halves[0], halves[1], Each("table read"), Each("table write"), Guid.Parse(last));

        double Each(string operation) => (double)counted.GetValueOrDefault($"governance.storage.duration {operation}") / finished;
    }

    // The table service is one thread that does one thing after the other; blobs are another process's and run beside it.
    private static async Task<double> Allowed(LoadStack stack, Whole run)
    {
        var table = stack.Local.Services.GetRequiredService<StorageLayout>().Deployments;
        var storage = await BareTransactions.Like(table, run.Last);
        await storage.Run(UnderWay, TimeSpan.FromSeconds(1));
        var writes = await storage.Run(UnderWay, TimeSpan.FromSeconds(3));
        var reads = await storage.Reads(UnderWay, TimeSpan.FromSeconds(3));
        return 1 / ((run.TableWrites / writes.PerSecond) + (run.TableReads / reads.PerSecond));
    }

    private sealed record Whole(double Rate, double Seconds, int First, int Second, double TableReads, double TableWrites, Guid Last);
}
