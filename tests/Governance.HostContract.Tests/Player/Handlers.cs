using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Governance.Azurite;
using Governance.Functions.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Governance.HostContract.Tests.Player;

/// <summary>The handler that is played with.</summary>
internal interface IHandler : IAsyncDisposable
{
    /// <summary>Starts it with the host's environment and its settings, <c>Section__Key</c>.</summary>
    Task Start(int port, IReadOnlyDictionary<string, string> settings);

    /// <summary>Ends it at once, as the host does, and starts it again on the same port.</summary>
    Task KillAndRestart();
}

/// <summary>The published executable as a process of its own.</summary>
internal sealed class PublishedHandler(string folder) : IHandler
{
    private readonly ConcurrentQueue<string> _said = new();
    private int _port;
    private IReadOnlyDictionary<string, string> _settings = new Dictionary<string, string>();

    internal Process Process { get; private set; } = null!;

    internal IReadOnlyCollection<string> Said => _said;

    public async Task Start(int port, IReadOnlyDictionary<string, string> settings)
    {
        (_port, _settings) = (port, settings);
        Launch();
        await Answering();
    }

    /// <summary>Starts the process and waits for nothing.</summary>
    internal void Launch(int port, IReadOnlyDictionary<string, string> settings)
    {
        (_port, _settings) = (port, settings);
        Launch();
    }

    public async Task KillAndRestart()
    {
        Process.Kill();
        await Process.WaitForExitAsync();
        Process.Dispose();
        Launch();
        await Answering();
    }

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited)
        {
            Process.Kill();
            await Process.WaitForExitAsync();
        }

        Process.Dispose();
    }

    private void Launch()
    {
        var start = new ProcessStartInfo(Path.Combine(folder, "Governance.Functions"))
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var id = Guid.NewGuid().ToString("D");
        var port = _port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        (string, string)[] hosts =
        [
            ("FUNCTIONS_CUSTOMHANDLER_PORT", port), ("FUNCTIONS_HTTPWORKER_PORT", port), ("FUNCTIONS_CUSTOMHANDLER_WORKER_ID", id), ("FUNCTIONS_HTTPWORKER_ID", id),
            ("FUNCTIONS_APP_ROOT_PATH", folder), ("FUNCTIONS_WORKER_RUNTIME", "custom"), ("DOTNET_ENVIRONMENT", "Development"),
        ];
        foreach (var (name, value) in hosts.Concat(_settings.Select(setting => (setting.Key, setting.Value))))
        {
            start.Environment[name] = value;
        }

        Process = Process.Start(start)!;
        Process.OutputDataReceived += (_, line) => Keep(line.Data);
        Process.ErrorDataReceived += (_, line) => Keep(line.Data);
        Process.BeginOutputReadLine();
        Process.BeginErrorReadLine();
    }

    private async Task Answering()
    {
        using var host = new HostPlayer(new($"http://127.0.0.1:{_port}"));
        await Testing.Eventually.Holds(
            async () => Process.HasExited ? throw new InvalidOperationException(string.Join('\n', _said)) : await host.Ping() is not null, TimeSpan.FromSeconds(60));
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _said.Enqueue(line);
        }
    }
}

/// <summary>The same app in this process, so that coverage sees it.</summary>
internal sealed class InProcessHandler : IHandler
{
    private WebApplication? _app;
    private int _port;
    private IReadOnlyDictionary<string, string> _settings = new Dictionary<string, string>();

    public async Task Start(int port, IReadOnlyDictionary<string, string> settings)
    {
        (_port, _settings) = (port, settings);
        _app = GovernanceApp.Build([], builder =>
        {
            builder.Environment.EnvironmentName = "Development";
            builder.Configuration.AddInMemoryCollection(settings
                .Append(new("environment", "Development"))
                .Append(new("FUNCTIONS_CUSTOMHANDLER_PORT", port.ToString(System.Globalization.CultureInfo.InvariantCulture)))
                .Select(setting => KeyValuePair.Create(setting.Key.Replace("__", ":", StringComparison.Ordinal), (string?)setting.Value)));
            builder.Logging.AddFilter<Microsoft.Extensions.Logging.Console.ConsoleLoggerProvider>((_, _) => false);
        });
        await _app.StartAsync();
    }

    public async Task KillAndRestart()
    {
        await DisposeAsync();
        await Start(_port, _settings);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync(new CancellationToken(canceled: true));
            await _app.DisposeAsync();
        }
    }
}
