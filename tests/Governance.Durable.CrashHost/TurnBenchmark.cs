using System.Diagnostics;
using System.Globalization;
using Governance.Azurite;
using Governance.Durable.Hub;
using Governance.Storage.Hub;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Durable.CrashHost;

/// <summary>Turns a second on an emulator in memory, beside bare transactions of the same rows in the same run.</summary>
internal static class TurnBenchmark
{
    private const int AtOnce = 16;
    private const int Activities = 5;

    public static async Task<int> Run(string[] arguments)
    {
        var seconds = arguments is [var given] ? int.Parse(given, CultureInfo.InvariantCulture) : 5;
        await using var azurite = await AzuriteServer.Start(new() { SeparateProcesses = true });
        var store = HostedHub.Store(azurite.ConnectionString, "bare");
        await store.EnsureCreatedAsync(CancellationToken.None);

        await Bare(store, TimeSpan.FromSeconds(1));
        var bareBefore = await Bare(store, TimeSpan.FromSeconds(seconds));
        var turns = await Turns(azurite.ConnectionString, TimeSpan.FromSeconds(seconds));
        var bareAfter = await Bare(store, TimeSpan.FromSeconds(seconds));
        var bare = (bareBefore + bareAfter) / 2;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"bare transactions of a turn's rows: {bareBefore:0}/s before, {bareAfter:0}/s after; turns: {turns:0}/s, {100 * turns / bare:0} % of bare"));
        return 0;
    }

    // A turn writes its shard's head and its instance's row; here without a hub, 16 shards at once.
    private static async Task<double> Bare(TableTaskHubStore store, TimeSpan time)
    {
        var (head, body) = (new byte[200], new byte[700]);
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(shard => Task.Run(async () =>
        {
            var etag = (await store.FindAsync(shard, TaskHubLimits.HeadKey, CancellationToken.None))?.ETag;
            var count = 0;
            while (watch.Elapsed < time)
            {
                var key = string.Create(CultureInfo.InvariantCulture, $"!run~{count % 50}");
                etag = (await store.CommitAsync(shard, new(head, etag, [new TaskHubWrite.Put(key, body.AsMemory(0, 60), body)]), CancellationToken.None)).HeadETag;
                count++;
            }

            return count;
        })));
        return counts.Sum() / watch.Elapsed.TotalSeconds;
    }

    // Instances of five activities one after the other: six turns each, 64 instances under way at any time.
    private static async Task<double> Turns(string connection, TimeSpan time)
    {
        var turns = 0;
        await using var services = HostedHub.Build(connection, "turns", new TaskHubOptions(), tasks => tasks
            .AddOrchestratorFunc<int, int>("Chain", async (context, number) =>
            {
                for (var i = 0; i < Activities; i++)
                {
                    number = await context.CallActivityAsync<int>("AddOne", number);
                }

                return number;
            })
            .AddActivityFunc<int, int>("AddOne", (_, number) => Task.FromResult(number + 1)));
        var hub = services.GetRequiredService<EmbeddedTaskHub>();
        await hub.StartAsync(CancellationToken.None);
        await hub.OwnedAsync(CancellationToken.None);
        await Chain(hub, TimeSpan.FromSeconds(1));
        turns = 0;
        var watch = Stopwatch.StartNew();
        await Chain(hub, time);
        var rate = turns / watch.Elapsed.TotalSeconds;
        await hub.StopAsync(CancellationToken.None);
        return rate;

        Task Chain(EmbeddedTaskHub client, TimeSpan until)
        {
            var since = Stopwatch.StartNew();
            return Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
            {
                while (since.Elapsed < until)
                {
                    var id = await client.ScheduleNewOrchestrationInstanceAsync("Chain", 1);
                    await client.WaitForInstanceCompletionAsync(id);
                    Interlocked.Add(ref turns, Activities + 1);
                }
            })));
        }
    }
}
