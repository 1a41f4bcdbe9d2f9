using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Governance.Local.Intune;

/// <summary>Serves one simulated tenant on this machine over plain http.</summary>
internal sealed class IntuneSimulatorHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private IntuneSimulatorHost(WebApplication app, IntuneSimulator simulator, Uri root)
    {
        _app = app;
        Simulator = simulator;
        Root = root;
    }

    /// <summary>The tenant.</summary>
    public IntuneSimulator Simulator { get; }

    /// <summary>Where it listens, such as <c>http://127.0.0.1:5080</c>.</summary>
    public Uri Root { get; }

    /// <summary>What the connector takes as base address.</summary>
    public Uri GraphAddress => new(Root, "v1.0");

    /// <summary>Starts serving.</summary>
    /// <param name="options">The tenant.</param>
    /// <param name="clock">What its time runs on.</param>
    /// <param name="port">0 for any free one.</param>
    /// <param name="state">The file that the tenant is kept in; null for none.</param>
    /// <param name="cancellation">Ends the start.</param>
    public static async Task<IntuneSimulatorHost> Start(
        IntuneSimulatorOptions options, TimeProvider clock, int port = 0, string? state = null, CancellationToken cancellation = default)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(IntuneSimulatorHost).Assembly.GetName().Name });
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, port);
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.AddServerHeader = false;
        });
        var app = builder.Build();
        var simulator = new IntuneSimulator(options, clock);
        simulator.Tenant.File = state is null ? null : State.TenantFile.Open(state, simulator.Tenant);
        app.Run(simulator.Handle);
        await app.StartAsync(cancellation);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new(app, simulator, new(address));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Simulator.Tenant.File?.Dispose();
    }
}
