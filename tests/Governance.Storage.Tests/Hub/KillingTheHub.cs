using System.Diagnostics;
using System.Globalization;
using Governance.Testing;

namespace Governance.Storage.Tests.Hub;

/// <summary>A process that is killed without warning, ten times, over real tables.</summary>
public sealed class KillingTheHub(AzuriteFixture azurite)
{
    private const int Instances = 200;

    [Fact]
    public async Task Two_hundred_orchestrations_end_alike_under_ten_kills()
    {
        var seeded = new Seeded(20260303);
        var table = azurite.NextPrefix() + "kill";
        var folder = Directory.CreateTempSubdirectory();
        for (var kill = 0; kill < 10; kill++)
        {
            using var process = Start(table, folder.FullName);
            Assert.Equal("owned", await process.StandardOutput.ReadLineAsync());
            using var moment = new CancellationTokenSource(TimeSpan.FromMilliseconds(seeded.Next(50, 1500)));
            await process.WaitForExitAsync(moment.Token).ContinueWith(_ => { }, TaskScheduler.Default);

            Assert.False(process.HasExited, "It ended before it could be killed: the work is too short for this test.");
            process.Kill();
            await process.WaitForExitAsync();
        }

        using var last = Start(table, folder.FullName);
        var said = await last.StandardOutput.ReadToEndAsync();
        await last.WaitForExitAsync();

        Assert.EndsWith($"{Instances} of {Instances}\n", said, StringComparison.Ordinal);
        Assert.Equal(0, last.ExitCode);
        folder.Delete(recursive: true);
        await NothingIsLeftUnderWay(table);
    }

    private async Task NothingIsLeftUnderWay(string table)
    {
        var store = HubOnTables.NewStore(azurite, table);
        for (var shard = 0; shard < 64; shard++)
        {
            var rows = await store.ReadAsync(shard, new("!head", "a", 1000), CancellationToken.None);
            Assert.DoesNotContain(rows, row => row.Key.StartsWith("!run~", StringComparison.Ordinal) || row.Key.StartsWith("!inbox~", StringComparison.Ordinal));
        }
    }

    private Process Start(string table, string folder)
    {
        var program = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (var argument in new[]
        {
            Path.Combine(AppContext.BaseDirectory, "Governance.Durable.CrashHost.dll"),
            "work", azurite.ConnectionString, table, folder, Instances.ToString(CultureInfo.InvariantCulture),
        })
        {
            program.ArgumentList.Add(argument);
        }

        return Process.Start(program)!;
    }
}
