using System.Diagnostics;
using System.Globalization;
using Governance.Azurite;
using Governance.HostContract.Tests.Player;
using Governance.Local.Stack;
using Governance.Testing;

namespace Governance.HostContract.Tests;

/// <summary>How the published executable begins and ends.</summary>
public sealed class StartingAndEnding(AzuriteFixture azurite, PublishedApp published)
{
    private static readonly Uri Nowhere = new("http://127.0.0.1:9/v1.0");

    [Fact]
    public async Task It_never_ends_with_zero_while_the_host_lives()
    {
        await using var handler = new PublishedHandler(published.Folder);
        await handler.Start(LoopbackPort.Free(), Settings(azurite.ConnectionString));
        using (var kill = Process.Start("kill", ["-TERM", handler.Process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        await handler.Process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(200, handler.Process.ExitCode);
    }

    [Fact]
    public async Task It_says_what_is_wrong_with_its_settings_and_does_not_listen()
    {
        var settings = Settings(azurite.ConnectionString);
        settings.Remove("Storage__Prefix");
        await using var handler = new PublishedHandler(published.Folder);
        handler.Launch(LoopbackPort.Free(), settings);
        await handler.Process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(1, handler.Process.ExitCode);
        await Eventually.Holds(() => handler.Said.Any(line => line.Contains("Storage__Prefix is required behind the Functions host", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task It_listens_only_once_it_is_ready_and_not_at_all_without_storage()
    {
        var port = LoopbackPort.Free();
        await using var handler = new PublishedHandler(published.Folder);
        handler.Launch(port, Settings("DefaultEndpointsProtocol=http;AccountName=a;AccountKey=AAAA;BlobEndpoint=http://127.0.0.1:9/a;QueueEndpoint=http://127.0.0.1:9/a;TableEndpoint=http://127.0.0.1:9/a;"));
        using var host = new HostPlayer(new($"http://127.0.0.1:{port}"));
        while (!handler.Process.HasExited)
        {
            Assert.Null(await host.Ping());
        }

        Assert.NotEqual(0, handler.Process.ExitCode);
    }

    [Fact]
    public async Task A_cold_start_and_its_memory_keep_their_budgets()
    {
        // Other tests share the machine: the processor's time tells what the start itself costs. The wall clock is measured by a command, see docs/performance.md.
        var runs = await ColdStart.Measure(published.Folder, azurite.ConnectionString, azurite.NextPrefix(), runs: 5, CancellationToken.None);
        Assert.True(runs.Min(run => run.Processor) <= TimeSpan.FromMilliseconds(700), string.Join(", ", runs));
        Assert.True(runs.Min(run => run.ResidentBytes) <= 120L << 20, string.Join(", ", runs));
    }

    private Dictionary<string, string> Settings(string storage) => PlayedWorld.Settings(storage, azurite.NextPrefix(), Path.GetTempPath(), Nowhere)
        .Where(setting => setting.Key != "SignIn__KeyFile").ToDictionary();
}
