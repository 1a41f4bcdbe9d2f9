using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Governance.LoadTests.Stack;

/// <summary>One program of ours as a process of its own: started, killed as the machine would, started again.</summary>
/// <param name="program">A dll beside this one, or the path of an executable.</param>
/// <param name="arguments">Its arguments.</param>
/// <param name="settings">Its environment, with <c>:</c> between a section and its key.</param>
internal sealed class ChildProcess(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?> settings) : IAsyncDisposable
{
    private const int KeptLines = 200;

    private readonly ConcurrentQueue<string> _lines = new();
    private Process? _process;

    private static string Host => Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";

    /// <summary>The process that runs now.</summary>
    internal Process Running => _process ?? throw new InvalidOperationException($"{program} is not running.");

    /// <summary>The last lines that it wrote, all its lives together.</summary>
    internal IEnumerable<string> LastLines => _lines;

    /// <summary>Starts it; returns at once.</summary>
    internal void Start()
    {
        var path = Path.Combine(AppContext.BaseDirectory, program);
        var isDll = Path.GetExtension(path) == ".dll";
        var start = new ProcessStartInfo(isDll ? Host : path)
        {
            WorkingDirectory = Path.GetDirectoryName(path),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (isDll)
        {
            start.ArgumentList.Add(path);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in settings)
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Ends it with SIGKILL, and waits until it is gone.</summary>
    internal async Task Kill()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    /// <summary>Waits until a GET is answered with a success.</summary>
    /// <exception cref="InvalidOperationException">It has ended, or took longer than its time.</exception>
    internal async Task UntilAnswered(Uri address, TimeSpan patience)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        for (var since = Stopwatch.GetTimestamp(); ;)
        {
            if (Running.HasExited || Stopwatch.GetElapsedTime(since) > patience)
            {
                throw new InvalidOperationException(string.Create(
                    CultureInfo.InvariantCulture, $"{program} did not answer at {address} within {patience.TotalSeconds:0} s: {string.Join('\n', _lines)}"));
            }

            try
            {
                using var answer = await http.GetAsync(address);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
            {
                // It is still starting; how long that may take is bounded above.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    public async ValueTask DisposeAsync() => await Kill();

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        while (_lines.Count > KeptLines)
        {
            _lines.TryDequeue(out _);
        }
    }
}
