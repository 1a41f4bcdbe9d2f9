using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Governance.Azurite;

/// <summary>One running node process that serves one or all of the emulator's services.</summary>
internal sealed partial class EmulatorProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentDictionary<string, int> _ports = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _services;

    private EmulatorProcess(Process process, int services)
    {
        (_process, _services) = (process, services);
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.Exited += (_, _) => _ready.TrySetException(new AzuriteException(
            $"The storage emulator ended before it answered: {NodePackages.LastLines(string.Join('\n', _lines))}"));
        process.EnableRaisingEvents = true;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The process to stop, to continue or to end.</summary>
    public int Id => _process.Id;

    /// <summary>The port of <c>Blob</c>, <c>Queue</c> or <c>Table</c>, where this process serves it.</summary>
    public int? PortOf(string service) => _ports.TryGetValue(service, out var port) ? port : null;

    /// <summary>Starts the emulator and waits until each of its services listens.</summary>
    /// <param name="folder">Where node_modules lies.</param>
    /// <param name="script">The program, relative to azurite/dist/src.</param>
    /// <param name="services">How many services it brings up.</param>
    /// <param name="arguments">Its own arguments.</param>
    /// <param name="timeout">After this the process is ended again.</param>
    /// <param name="cancellation">Ends the wait and the process.</param>
    public static async Task<EmulatorProcess> Start(
        string folder, string script, int services, IEnumerable<string> arguments, TimeSpan timeout, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "--require", Path.Combine(folder, "end-with-parent.cjs"),
                Path.Combine(folder, "node_modules", "azurite", "dist", "src", script),
                "--skipApiVersionCheck", "--disableTelemetry", "--silent",
            },
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var emulator = new EmulatorProcess(NodePackages.Start(start, "node is not on the PATH: install Node.js 20 or newer."), services);
        try
        {
            await emulator._ready.Task.WaitAsync(timeout, cancellation);
            return emulator;
        }
        catch (TimeoutException)
        {
            await emulator.DisposeAsync();
            throw new AzuriteException($"The storage emulator did not answer within {timeout.TotalSeconds:0} s.");
        }
        catch
        {
            await emulator.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends this very process and waits until it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        if (Listening().Match(line) is { Success: true } said)
        {
            _ports[said.Groups["service"].Value] = int.Parse(said.Groups["port"].ValueSpan, provider: null);
            if (_ports.Count == _services)
            {
                _ready.TrySetResult();
            }
        }
    }

    // The three ways in which the one program and the three single ones say it.
    [GeneratedRegex(@"^Azurite (?<service>\w+) service (?:is successfully listening at|successfully listens on|successfully started on) (?:http://)?[^:]+:(?<port>\d+)")]
    private static partial Regex Listening();
}
