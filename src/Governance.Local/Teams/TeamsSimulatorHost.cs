using Governance.Azurite;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Governance.Local.Teams;

/// <summary>Serves one simulated team on this machine over plain http: the connector, its keys, the flow, the directory, and a page for people.</summary>
internal sealed class TeamsSimulatorHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TeamsSimulatorHost(WebApplication app, TeamsSimulator simulator)
    {
        _app = app;
        Simulator = simulator;
    }

    /// <summary>The team.</summary>
    public TeamsSimulator Simulator { get; }

    /// <summary>Where it listens; the page is at its root.</summary>
    public Uri Root => Simulator.Root;

    /// <summary>Starts serving.</summary>
    /// <param name="options">The team.</param>
    /// <param name="clock">What its time runs on.</param>
    /// <param name="port">0 for any free one.</param>
    /// <param name="cancellation">Ends the start.</param>
    public static async Task<TeamsSimulatorHost> Start(SimulatedTeamsOptions options, TimeProvider clock, int port = 0, CancellationToken cancellation = default)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(TeamsSimulatorHost).Assembly.GetName().Name });
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, port);
            kestrel.AddServerHeader = false;
        });
        var app = builder.Build();
        var simulator = new TeamsSimulator(options, clock);
        ConnectorEndpoints.Map(app, simulator);
        DirectoryEndpoints.Map(app, simulator);
        ChannelPage.Map(app, simulator, NodePackages.Find(AppContext.BaseDirectory));
        await app.StartAsync(cancellation);
        simulator.Root = new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return new(app, simulator);
    }

    /// <summary>The app's settings for this team.</summary>
    /// <param name="publicAddress">Where the app's pages are.</param>
    public IEnumerable<KeyValuePair<string, string?>> Settings(Uri publicAddress) => new Dictionary<string, string?>
    {
        ["Http:PublicAddress"] = publicAddress.AbsoluteUri,
        ["Teams:Bot:AppId"] = Simulator.Options.BotId.ToString(),
        ["Teams:Bot:ChannelId"] = Simulator.Options.ChannelId,
        ["Teams:Bot:BackupChannelId"] = Simulator.Options.BackupChannelId,
        ["Teams:Bot:ServiceUrl"] = Simulator.ServiceUrl,
        ["Teams:Bot:OpenIdMetadata"] = new Uri(Root, "/v1/.well-known/openidconfiguration").AbsoluteUri,
        ["Teams:Bot:CardKey"] = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)),
        ["Teams:Approvers:Source"] = "Graph",
        ["Teams:Approvers:ResourceId"] = Simulator.Options.ResourceId.ToString(),
        ["Teams:Approvers:RoleId"] = Simulator.Options.RoleId.ToString(),
        ["Teams:Approvers:GraphAddress"] = new Uri(Root, "/graph/v1.0/").AbsoluteUri,
        ["Teams:Approvers:CacheFor"] = "00:00:00",
        ["Teams:SignIn:Kind"] = "Anonymous",
        ["Teams:OutgoingWebhooks:0:Secret"] = Convert.ToBase64String(Simulator.WebhookSecret),
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Simulator.Dispose();
    }
}
