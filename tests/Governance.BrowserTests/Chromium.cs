using System.Diagnostics;

namespace Governance.BrowserTests;

/// <summary>Finds Chromium; on a Debian or Ubuntu machine that lets us install it, installs it.</summary>
internal static class Chromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    /// <summary>Where it is.</summary>
    /// <returns>Null where there is none and none could be installed; then the reason, a sentence.</returns>
    internal static async Task<(string? Path, string Reason)> Find()
    {
        if (OnPath() is { } found)
        {
            return (found, string.Empty);
        }

        if (!OperatingSystem.IsLinux() || Environment.UserName != "root" || Which("apt-get") is not { } apt)
        {
            return (null, "Chromium is not installed, and only root of a Debian machine can have it installed by the tests.");
        }

        await Run(apt, "update", "-q");
        await Run(apt, "install", "-y", "-q", "--no-install-recommends", "chromium");
        return OnPath() is { } installed ? (installed, string.Empty) : (null, "Chromium is not installed, and apt-get could not install it.");
    }

    private static string? OnPath() => Names.Select(Which).FirstOrDefault(path => path is not null);

    private static string? Which(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static async Task Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        using var patience = new CancellationTokenSource(Patience);
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
        try
        {
            await process.WaitForExitAsync(patience.Token);
            await output;
        }
        catch (OperationCanceledException)
        {
            // Whether there is a browser now is looked at by the caller.
            process.Kill(entireProcessTree: true);
        }
    }
}
