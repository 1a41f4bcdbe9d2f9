using System.Collections.Concurrent;
using System.Net;
using Governance.Azurite;
using Governance.Local.Intune;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Governance.Local.Storage;

/// <summary>
/// Stands between an app and its storage, one port for each service, and misbehaves as it is told. Paths and headers stay as they are, so that
/// signatures hold: they cover the path and not the host.
/// </summary>
internal sealed class StorageProxy : IAsyncDisposable
{
    private const string Endpoint = "Endpoint=";

    private readonly ConcurrentDictionary<StorageTrouble, int> _met = new();
    private readonly Dictionary<int, StorageForwarding> _byPort = [];
    private readonly SimulatorDice _dice;
    private WebApplication? _app;

    private StorageProxy(string connectionString, int seed)
    {
        _dice = new(seed);
        ConnectionString = string.Join(';', connectionString.Split(';').Select(Ours));
    }

    /// <summary>What the app takes as its storage.</summary>
    public string ConnectionString { get; }

    /// <summary>How storage misbehaves from now on.</summary>
    public StorageFaults Faults { get; set; } = StorageFaults.None;

    /// <summary>How many requests met what.</summary>
    public IReadOnlyDictionary<StorageTrouble, int> Met => _met;

    /// <summary>Starts in front of a storage.</summary>
    /// <param name="connectionString">With the endpoints of all three services, as the emulator gives it.</param>
    /// <param name="seed">Which requests meet trouble follows from it, and from their order.</param>
    public static async Task<StorageProxy> Start(string connectionString, int seed)
    {
        var proxy = new StorageProxy(connectionString, seed);
        await proxy.Open();
        return proxy;
    }

    /// <summary>Listens again after <see cref="Close"/>, on the same ports.</summary>
    public async Task Open()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(StorageProxy).Assembly.GetName().Name });
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel =>
        {
            foreach (var port in _byPort.Keys)
            {
                kestrel.Listen(IPAddress.Loopback, port);
            }

            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.AddServerHeader = false;
        });
        builder.WebHost.UseShutdownTimeout(TimeSpan.Zero);
        _app = builder.Build();
        _app.Run(Handle);
        await _app.StartAsync();
    }

    /// <summary>Refuses connections until it is opened again, and ends those that are.</summary>
    public async Task Close()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Close();
        foreach (var forwarding in _byPort.Values)
        {
            forwarding.Dispose();
        }
    }

    // TableEndpoint=http://host:port/account; as it is with a port of ours, everything else as it is.
    private string Ours(string setting)
    {
        var at = setting.IndexOf(Endpoint, StringComparison.Ordinal);
        if (at < 0)
        {
            return setting;
        }

        var (real, port) = (new Uri(setting[(at + Endpoint.Length)..]), LoopbackPort.Free());
        _byPort[port] = new(real, speaksJson: setting.StartsWith("Table", StringComparison.Ordinal));
        return setting[..(at + Endpoint.Length)] + new UriBuilder(real) { Port = port }.Uri.AbsoluteUri;
    }

    private async Task Handle(HttpContext context)
    {
        var faults = Faults;
        var trouble = faults == StorageFaults.None ? StorageTrouble.None : faults.At(_dice.Chance());
        _met.AddOrUpdate(trouble, 1, (_, count) => count + 1);
        await _byPort[context.Connection.LocalPort].Handle(context, trouble, faults.LateBy);
    }
}
