using System.Diagnostics;
using Governance.Azurite;
using Governance.Testing;

namespace Governance.Storage.Tests.Azurite;

public sealed class StartingTheEmulator(AzuriteFixture azurite)
{
    [Fact]
    public async Task Every_service_answers_once_it_has_started()
    {
        using var http = new HttpClient();
        foreach (var endpoint in new[] { azurite.Server.BlobEndpoint, azurite.Server.QueueEndpoint, azurite.Server.TableEndpoint })
        {
            using var answer = await http.GetAsync(endpoint, TestContext.Current.CancellationToken);
            Assert.False((int)answer.StatusCode >= 500, $"{endpoint} answered {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Each_service_can_have_its_own_process_and_all_of_them_end_with_the_server()
    {
        var server = await AzuriteServer.Start(new AzuriteOptions { SeparateProcesses = true }, TestContext.Current.CancellationToken);
        var processes = server.ProcessIds.Select(Process.GetProcessById).ToArray();

        await server.DisposeAsync();

        Assert.Equal(3, processes.Length);
        Assert.All(processes, process => Assert.True(process.HasExited));
    }

    [Fact]
    public async Task A_given_port_that_is_taken_is_told_in_one_sentence()
    {
        var taken = azurite.Server.TableEndpoint.Port;

        var failure = await Assert.ThrowsAsync<AzuriteException>(
            () => AzuriteServer.Start(new AzuriteOptions { TablePort = taken }, TestContext.Current.CancellationToken));

        Assert.Contains(taken.ToString(provider: null), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_started_like_the_emulator_ends_when_its_parents_pipe_closes()
    {
        var watch = Path.Combine(NodePackages.Find(AppContext.BaseDirectory), "end-with-parent.cjs");
        using var node = Process.Start(new ProcessStartInfo("node")
        {
            RedirectStandardInput = true,
            ArgumentList = { "--require", watch, "--eval", "setInterval(() => {}, 1000)" },
        })!;

        node.StandardInput.Close();

        await node.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(0, node.ExitCode);
    }
}
