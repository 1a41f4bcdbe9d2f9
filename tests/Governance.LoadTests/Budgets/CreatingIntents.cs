using System.Globalization;
using Governance.LoadTests.Measuring;
using Governance.LoadTests.Stack;
using Governance.Storage.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.LoadTests.Budgets;

/// <summary>Intents whose evidence is in memory, beside bare transactions of the very rows that one of them writes, in turns, so that both meet the same fill.</summary>
internal static class CreatingIntents
{
    private const int AtOnce = 16;

    // So many apps that none has more deployments than an app has in life.
    private const int Apps = 320;

    private static int _next;

    internal static async IAsyncEnumerable<Figure> Measure(TimeSpan time)
    {
        await using (var paused = await LoadStack.Start(PausedOrchestrations.In))
        {
            var (created, bare) = await Rounds(paused, time);
            var ratio = created.PerSecond / bare.PerSecond;
            yield return new(
                "create intent, evidence cached, orchestrations paused, 16 at once",
                "≥ 60 % of bare transactions",
                string.Create(CultureInfo.InvariantCulture, $"{created.PerSecond:0}/s, {100 * ratio:0} % of {bare.PerSecond:0}/s; p50 {created.P50:0.0} ms"),
                ratio >= 0.6);
            yield return new(
                "the same, p99",
                "≤ 3 × bare p99",
                string.Create(CultureInfo.InvariantCulture, $"{created.P99:0.0} ms, {created.P99 / bare.P99:0.0} × {bare.P99:0.0} ms"),
                created.P99 <= 3 * bare.P99);
        }

        await using var whole = await LoadStack.Start();
        var intent = await Pool(whole, risky: true);
        var full = await ClosedLoop.Run(AtOnce, time, _ => Create(whole, intent));
        yield return new(
            "the same with checks and lists running behind it",
            "—",
            string.Create(CultureInfo.InvariantCulture, $"{full.PerSecond:0}/s; p50 {full.P50:0.0} ms, p99 {full.P99:0.0} ms"),
            true);
    }

    private static async Task<(Latencies Created, Latencies Bare)> Rounds(LoadStack stack, TimeSpan time)
    {
        var intents = await Pool(stack, risky: false);
        await ClosedLoop.Run(AtOnce, TimeSpan.FromSeconds(2), _ => Create(stack, intents));
        var table = stack.Local.Services.GetRequiredService<StorageLayout>().Deployments;
        var (_, one) = await stack.Api.Post(stack.Api.Publisher, "/api/v1/deployments", $"{{\"correlation_id\":\"{Guid.NewGuid()}\",{intents[0].AsSpan(1)}");
        var storage = await BareTransactions.Like(table, one["correlation_id"]!.GetValue<Guid>());
        await storage.Run(AtOnce, TimeSpan.FromSeconds(1));
        List<Latencies> created = [], bare = [];
        for (var round = 0; round < 3; round++)
        {
            bare.Add(await storage.Run(AtOnce, time / 3));
            created.Add(await ClosedLoop.Run(AtOnce, time / 3, _ => Create(stack, intents)));

            // What the creations left to do in the background must not weigh on the bare run after them.
            await Task.Delay(TimeSpan.FromSeconds(2));
        }

        return (Latencies.Together([.. created]), Latencies.Together([.. bare]));
    }

    private static async Task<string[]> Pool(LoadStack stack, bool risky)
    {
        var pools = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            var intents = new List<string>();
            while (intents.Count < Apps / AtOnce)
            {
                intents.Add(await stack.Api.Intent(risky));
            }

            return intents;
        }));
        return [.. pools.SelectMany(intents => intents)];
    }

    // A new id each time makes it a new intent of the same app and pack.
    private static async Task<bool> Create(LoadStack stack, string[] intents)
    {
        var intent = intents[(Interlocked.Increment(ref _next) & int.MaxValue) % intents.Length];
        var body = string.Create(CultureInfo.InvariantCulture, $"{{\"correlation_id\":\"{Guid.NewGuid()}\",{intent.AsSpan(1)}");
        var (status, _) = await stack.Api.Post(stack.Api.Publisher, "/api/v1/deployments", body);
        return status == 201 ? true : throw new InvalidOperationException($"An intent that is new was answered {status}.");
    }
}
