using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Governance.Testing;

namespace Governance.Functions.Tests.Hosting;

public sealed class RunningAsAProgram(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private string[] Settings =>
        ["--environment", "Development", "--SignIn:Mode", "Development", "--AzureWebJobsStorage", azurite.ConnectionString, "--Storage:Prefix", azurite.NextPrefix()];

    [Fact]
    public async Task A_program_serves_says_so_in_JSON_and_stops_when_it_is_told_to()
    {
        using var program = Start([.. Settings, "--Http:Port", "0"]);
        var said = await Listening(program);
        Assert.Equal(1030, said.GetProperty("event_id").GetInt32());
        using var client = new HttpClient { BaseAddress = new Uri(said.GetProperty("value_addresses").GetString()!) };
        using var health = await client.GetAsync(new Uri("/health/ready", UriKind.Relative));
        Assert.True(health.IsSuccessStatusCode);

        await Terminate(program);
        Assert.True(program.ExitCode == 0, $"{program.ExitCode}: {await program.StandardError.ReadToEndAsync()}");
    }

    [Fact]
    public async Task A_program_that_cannot_start_says_why_and_ends_with_one()
    {
        using var program = Start("--SignIn:TenantId", "x");
        var said = await program.StandardError.ReadToEndAsync();
        await program.WaitForExitAsync();
        Assert.Equal(1, program.ExitCode);
        Assert.Contains("SignIn__TenantId must be a UUID", said, StringComparison.Ordinal);
        Assert.Contains("SignIn__ClientId is required", said, StringComparison.Ordinal);
    }

    private static Process Start(params string[] args) => Process.Start(new ProcessStartInfo(
        Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
        [Path.Combine(AppContext.BaseDirectory, "Governance.Functions.dll"), .. args])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = AppContext.BaseDirectory,
    })!;

    private static async Task<JsonElement> Listening(Process program)
    {
        while (await program.StandardOutput.ReadLineAsync() is { } line)
        {
            var said = JsonDocument.Parse(line).RootElement;
            if (said.GetProperty("event_id").GetInt32() == 1030)
            {
                return said;
            }
        }

        throw new InvalidOperationException(await program.StandardError.ReadToEndAsync());
    }

    private static async Task Terminate(Process program)
    {
        using var kill = Process.Start("kill", ["-TERM", program.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        await program.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }
}
