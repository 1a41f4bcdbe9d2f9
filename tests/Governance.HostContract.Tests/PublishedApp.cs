using System.Diagnostics;
using Governance.Testing;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]
[assembly: AssemblyFixture(typeof(Governance.HostContract.Tests.PublishedApp))]

namespace Governance.HostContract.Tests;

/// <summary>The published function app: the folder that <c>GOVERNANCE_PUBLISHED</c> names, else <c>artifacts/publish</c>, published anew where it is older than the sources.</summary>
public sealed class PublishedApp : IAsyncLifetime
{
    /// <summary>The folder with host.json.</summary>
    public string Folder { get; private set; } = string.Empty;

    public string Executable => Path.Combine(Folder, "Governance.Functions");

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("GOVERNANCE_PUBLISHED") is { Length: > 0 } given)
        {
            Folder = Path.GetFullPath(given, Repository.Root);
            return;
        }

        Folder = Repository.Of("artifacts", "publish");
        if (!File.Exists(Executable) || Sources().Max(File.GetLastWriteTimeUtc) > File.GetLastWriteTimeUtc(Path.Combine(Folder, "HealthLive", "function.json")))
        {
            await Publish();
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task Publish()
    {
        using var publish = Process.Start(new ProcessStartInfo("dotnet", ["publish", Repository.Of("src", "Governance.Functions"), "--no-restore", "-o", Folder, "-v", "quiet"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (said, wrong) = (publish.StandardOutput.ReadToEndAsync(), publish.StandardError.ReadToEndAsync());
        await publish.WaitForExitAsync();
        Assert.True(publish.ExitCode == 0, $"{await said}{await wrong}");
    }

    private static IEnumerable<string> Sources() => Directory.EnumerateFiles(Repository.Of("src"), "*", SearchOption.AllDirectories)
        .Where(file => Path.GetExtension(file) is ".cs" or ".csproj" or ".proto" or ".json" && !file.Contains("/obj/", StringComparison.Ordinal)
            && !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/node_modules/", StringComparison.Ordinal))
        .Append(Repository.Of("host.json"));
}
