using System.Diagnostics;
using System.Globalization;
using Governance.Azurite;
using Governance.Durable.Hub;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Durable.CrashHost;

/// <summary>What a hub keeps in memory while instances come, end and pile up in storage.</summary>
internal static class MemoryBenchmark
{
    public static async Task<int> Run(string[] arguments)
    {
        var instances = arguments is [var given] ? int.Parse(given, CultureInfo.InvariantCulture) : 100_000;
        await using var azurite = await AzuriteServer.Start(new() { SeparateProcesses = true });
        await using var services = HostedHub.Build(azurite.ConnectionString, "memory", new TaskHubOptions(), tasks => tasks
            .AddOrchestratorFunc<int, int>("Double", (_, number) => Task.FromResult(number * 2)));
        var hub = services.GetRequiredService<EmbeddedTaskHub>();
        await hub.StartAsync(CancellationToken.None);
        await hub.OwnedAsync(CancellationToken.None);
        var watch = Stopwatch.StartNew();
        for (var done = 0; done < instances; done += instances / 10)
        {
            await Parallel.ForAsync(0, instances / 10, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (number, token) =>
                await hub.WaitForInstanceCompletionAsync(await hub.ScheduleNewOrchestrationInstanceAsync("Double", number, token), false, token));
            Report(done + (instances / 10), watch.Elapsed);
        }

        await hub.StopAsync(CancellationToken.None);
        return 0;
    }

    private static void Report(int finished, TimeSpan elapsed)
    {
        var managed = GC.GetTotalMemory(forceFullCollection: true) / 1e6;
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{finished,7} finished after {elapsed.TotalSeconds,5:0} s: {managed,6:0.0} MB managed, {process.WorkingSet64 / 1e6,6:0} MB resident"));
    }
}
