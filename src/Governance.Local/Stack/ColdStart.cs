using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Governance.Azurite;

namespace Governance.Local.Stack;

/// <summary>One cold start of the published app.</summary>
/// <param name="Ready">From the start of the process to the first 200 from <c>/health/ready</c>.</param>
/// <param name="Processor">What it took of the processor, all threads together: tells a slow start from a busy machine.</param>
/// <param name="ResidentBytes">The process's resident memory then.</param>
internal sealed record ColdStartRun(TimeSpan Ready, TimeSpan Processor, long ResidentBytes)
{
    /// <summary>For people.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Ready.TotalMilliseconds:0} ms, {Processor.TotalMilliseconds:0} ms of the processor, {ResidentBytes / 1048576.0:0} MiB");
}

/// <summary>Measures how long the published app takes from nothing to ready, as the Functions host starts it.</summary>
internal static class ColdStart
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Starts and ends the app several times, one after the other. The first run also makes tables and containers.</summary>
    /// <param name="folder">The published app.</param>
    /// <param name="connectionString">Storage that is up.</param>
    /// <param name="prefix">In front of all tables and containers.</param>
    /// <param name="runs">1 or more.</param>
    /// <param name="cancellation">Ends it, and the app.</param>
    /// <exception cref="LocalStackException">The app did not become ready.</exception>
    internal static async Task<IReadOnlyList<ColdStartRun>> Measure(string folder, string connectionString, string prefix, int runs, CancellationToken cancellation)
    {
        var measured = new List<ColdStartRun>();
        for (var run = 0; run < runs; run++)
        {
            measured.Add(await Once(folder, connectionString, prefix, cancellation));
        }

        return measured;
    }

    private static async Task<ColdStartRun> Once(string folder, string connectionString, string prefix, CancellationToken cancellation)
    {
        var port = LoopbackPort.Free();
        var start = new ProcessStartInfo(Path.Combine(folder, "Governance.Functions"))
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["FUNCTIONS_CUSTOMHANDLER_PORT"] = port.ToString(CultureInfo.InvariantCulture),
                ["AzureWebJobsStorage"] = connectionString,
                ["Storage__Prefix"] = prefix,
                ["DOTNET_ENVIRONMENT"] = "Development",
                ["SignIn__Mode"] = "Development",
            },
        };
        var since = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        try
        {
            var (said, wrong) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
            using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
            while (!await IsReady(http, cancellation))
            {
                if (process.HasExited || Stopwatch.GetElapsedTime(since) > Patience)
                {
                    process.Kill();
                    throw new LocalStackException($"The app in {folder} did not become ready: {await said}{await wrong}");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(2), cancellation);
            }

            var ready = Stopwatch.GetElapsedTime(since);
            process.Refresh();
            return new(ready, process.TotalProcessorTime, process.WorkingSet64);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task<bool> IsReady(HttpClient http, CancellationToken cancellation)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellation);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
