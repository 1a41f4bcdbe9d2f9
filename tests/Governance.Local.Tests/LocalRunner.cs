using System.Net;
using System.Net.Sockets;
using Governance.Intune.IntuneWin;

namespace Governance.Local.Tests;

public sealed class LocalRunner
{
    [Fact]
    public async Task The_demo_drives_two_deployments_to_ACTIVE_and_proves_their_log()
    {
        var (exit, output, errors) = await Run("demo", "--port", "0");

        Assert.Equal((0, string.Empty), (exit, errors));
        Assert.Equal(2, output.Split('\n').Count(line => line.StartsWith("Published: Intune app ", StringComparison.Ordinal)));
        Assert.Contains("Not recorded. Whoever is involved in a change does not decide on it", output, StringComparison.Ordinal);
        Assert.Contains("AUTOMATED_ALLOWED", output, StringComparison.Ordinal);
        Assert.Contains("CAB_REQUIRED", output, StringComparison.Ordinal);
        Assert.Contains("The bundle holds.", output, StringComparison.Ordinal);
        Assert.Contains("components; scans: ", output, StringComparison.Ordinal);
        Assert.Contains("verified: valid = true, 5 events", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rollout_demo_takes_an_app_through_five_rings_with_one_remediation()
    {
        var (exit, output, errors) = await Run("demo", "rollout", "--port", "0", "--seconds", "10", "--looks", "4", "--check-in-hours", "4");

        Assert.Equal((0, string.Empty), (exit, errors));
        var lines = output.Split('\n');
        Assert.Equal(
            ["LAB → CANARY", "CANARY → PILOT", "PILOT → DEPARTMENT", "DEPARTMENT → GLOBAL"],
            lines.Where(line => line.Contains("RING_PROMOTED", StringComparison.Ordinal)).Select(line => line.Split("RING_PROMOTED")[1].Split(':')[0].Trim()));
        Assert.Single(lines, line => line.Contains("REMEDIATION_SUCCEEDED", StringComparison.Ordinal));
        Assert.Single(lines, line => line.StartsWith("  GLOBAL ", StringComparison.Ordinal) && line.Contains("2560", StringComparison.Ordinal) && line.Contains("passed, completed", StringComparison.Ordinal));
        Assert.Contains("Completed: every ring", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("fly")]
    [InlineData("demo", "rollout", "--seconds", "2")]
    [InlineData("demo", "rollout", "--speed", "2")]
    [InlineData("demo", "rollout", "--looks")]
    [InlineData("demo", "--port", "banana")]
    [InlineData("demo", "--port", "70000")]
    [InlineData("up", "--speed", "2")]
    [InlineData("package", "--help")]
    [InlineData("verify", "--anchor")]
    [InlineData("cold-start", "--runs")]
    public async Task Wrong_use_prints_how_to_use_it(params string[] args)
    {
        var (exit, _, errors) = await Run(args);

        Assert.Equal(2, exit);
        Assert.Contains("--port N", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_one_clear_sentence()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (exit, _, errors) = await Run("up", "--port", port.ToString(System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(1, exit);
        Assert.Equal($"Port {port} is in use; end the program that listens there, or give another one with --port.{Environment.NewLine}", errors);
    }

    [Fact]
    public async Task A_package_is_written_that_the_reader_of_packages_takes()
    {
        var file = Path.GetTempFileName();
        try
        {
            var (exit, output, errors) = await Run("package", file);

            Assert.Equal((0, string.Empty), (exit, errors));
            Assert.Contains(file, output, StringComparison.Ordinal);
            await using var stream = File.OpenRead(file);
            Assert.Null(IntuneWinPackage.Open(stream, new(), out var package));
            using (package)
            {
                Assert.Equal("install.cmd", package!.Manifest.SetupFile);
                Assert.Null(await package.Verify(TestContext.Current.CancellationToken));
            }
        }
        finally
        {
            File.Delete(file);
        }

        var (refused, _, why) = await Run("package", Path.GetTempPath());
        Assert.Equal(1, refused);
        Assert.Contains("cannot be written", why, StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Output, string Errors)> Run(params string[] args)
    {
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        var exit = await LocalProgram.Run(args, output, errors);
        return (exit, output.ToString(), errors.ToString());
    }
}
