using System.Globalization;
using Governance.Durable.Client;
using Governance.Durable.Hub;
using Governance.Durable.Tests.Hub;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Durable.CrashHost;

/// <summary>
/// Starts what is not started yet, a few instances at a time, and waits until all have ended. Whoever kills it at any moment and starts it
/// again gets the same results.
/// </summary>
internal static class CrashWork
{
    private static readonly TimeSpan BetweenStarts = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(700);

    /// <param name="folder">Keeps the lease id and how often each failing activity has run; survives the process.</param>
    public static async Task<int> Run(string connection, string table, string folder, int count)
    {
        var options = new TaskHubOptions { LeaseFile = Path.Combine(folder, "lease") };
        await using var services = HostedHub.Build(connection, table, options, tasks => HubWorkload.Register(tasks, Pause, key => CountRun(folder, key)));
        var hub = services.GetRequiredService<EmbeddedTaskHub>();
        await hub.StartAsync(CancellationToken.None);
        await hub.OwnedAsync(CancellationToken.None);
        Say("owned");
        for (var number = 0; number < count; number++)
        {
            if (await hub.GetInstanceAsync(HubWorkload.Id(number)) is not { IsCompleted: true })
            {
                await HubWorkload.Begin(hub, number);
                await Task.Delay(BetweenStarts);
            }
        }

        Say("started");
        var wrong = 0;
        for (var number = 0; number < count; number++)
        {
            var ended = await hub.WaitForInstanceCompletionAsync(HubWorkload.Id(number), getInputsAndOutputs: true);
            if (ended.RuntimeStatus != OrchestrationRuntimeStatus.Completed || ended.ReadOutputAs<string>() != HubWorkload.Expected(number))
            {
                wrong++;
                Say($"{ended.InstanceId}: {ended.RuntimeStatus} {ended.SerializedOutput} instead of {HubWorkload.Expected(number)}");
            }
        }

        await hub.StopAsync(CancellationToken.None);
        Say(string.Create(CultureInfo.InvariantCulture, $"{count - wrong} of {count}"));
        return wrong == 0 ? 0 : 1;
    }

    // One byte a run: the operating system keeps it whatever happens to this process.
    private static int CountRun(string folder, string key)
    {
        using var file = new FileStream(Path.Combine(folder, key + ".runs"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        file.WriteByte((byte)'x');
        file.Flush();
        return (int)file.Length;
    }

    private static void Say(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }
}
