using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Governance.Azurite;
using Governance.Core;
using Governance.Functions.Hosting;
using Governance.Local.Intune;
using Governance.Local.Teams;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Governance.Local.Stack;

/// <summary>How the local stack is started.</summary>
internal sealed record LocalStackOptions
{
    /// <summary>The app's port; 0 for a free one.</summary>
    public int Port { get; init; } = 7071;

    /// <summary>Storage that is there already; null starts Azurite.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>In front of all tables and containers.</summary>
    public string Prefix { get; init; } = "governance";

    /// <summary>How many times faster than policy says periods run.</summary>
    public int Speed { get; init; } = 1;

    /// <summary>The simulated tenant.</summary>
    public IntuneSimulatorOptions Intune { get; init; } = new();

    /// <summary>The simulated team; null for an app without Teams.</summary>
    public SimulatedTeamsOptions? Teams { get; init; }

    /// <summary>The port of the simulated team's page; 0 for a free one.</summary>
    public int TeamsPort { get; init; }

    /// <summary>The clock of app and simulators.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The least level that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Warning;

    /// <summary>Told what is being started.</summary>
    public Action<string>? Progress { get; init; }

    /// <summary>Adds services that win over the app's own.</summary>
    public Action<WebApplicationBuilder>? Customise { get; init; }
}

/// <summary>Everything that Governance needs, on one machine: Azurite, the simulators of Intune and Teams, and the function app with its embedded host. Ends what it has started.</summary>
internal sealed class LocalStack : IAsyncDisposable
{
    private readonly AzuriteServer? _azurite;
    private readonly WebApplication _app;

    private LocalStack(AzuriteServer? azurite, IntuneSimulatorHost intune, TeamsSimulatorHost? teams, WebApplication app, string connectionString)
    {
        (_azurite, Intune, Teams, _app, ConnectionString) = (azurite, intune, teams, app, connectionString);
        Address = new(app.Urls.First());
    }

    /// <summary>Where the app listens.</summary>
    public Uri Address { get; }

    /// <summary>The simulated tenant.</summary>
    public IntuneSimulatorHost Intune { get; }

    /// <summary>The simulated team; null without one.</summary>
    public TeamsSimulatorHost? Teams { get; }

    /// <summary>The storage in use.</summary>
    public string ConnectionString { get; }

    /// <summary>The app's services.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>The group that a ring has in the simulated tenant.</summary>
    public static Guid GroupOf(Ring ring) => new($"a0000000-0000-4000-8000-00000000000{(int)ring}");

    /// <summary>The app's settings for this storage and tenant, without Teams.</summary>
    /// <param name="connectionString">The storage.</param>
    /// <param name="prefix">In front of all tables and containers.</param>
    /// <param name="port">0 for a free one.</param>
    /// <param name="graph">The simulated Graph.</param>
    /// <param name="speed">How many times faster than policy says periods run.</param>
    public static Dictionary<string, string?> AppSettings(string connectionString, string prefix, int port, Uri graph, int speed = 1)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["environment"] = "Development",
            ["AzureWebJobsStorage"] = connectionString,
            ["Storage:Prefix"] = prefix,
            ["SignIn:Mode"] = "Development",
            ["Http:Port"] = port.ToString(CultureInfo.InvariantCulture),
            ["Intune:BaseAddress"] = graph.ToString(),
            ["Intune:SignIn:Kind"] = "Anonymous",
            ["Intune:Budget:Unlimited"] = "true",
            ["Intune:Budget:ParallelPublishes"] = "32",
            ["Rollout:Speed"] = speed.ToString(CultureInfo.InvariantCulture),
        };
        foreach (var ring in Rings.All)
        {
            settings[$"Rings:{ring.WireName()}:Groups"] = GroupOf(ring).ToString();
        }

        return settings;
    }

    /// <summary>Starts everything; what was started is ended again where a later step fails.</summary>
    /// <exception cref="LocalStackException">Something is in the way; the message is one sentence for a person.</exception>
    public static async Task<LocalStack> Start(LocalStackOptions options, CancellationToken cancellation)
    {
        foreach (var port in new[] { options.Port, options.TeamsPort }.Where(port => port != 0))
        {
            RefuseTakenPort(port);
        }

        AzuriteServer? azurite = null;
        IntuneSimulatorHost? intune = null;
        TeamsSimulatorHost? teams = null;
        try
        {
            if (options.ConnectionString is null)
            {
                options.Progress?.Invoke("Starting storage (Azurite)…");
                azurite = await AzuriteServer.Start(new AzuriteOptions { Progress = options.Progress }, cancellation);
            }

            options.Progress?.Invoke("Starting the Intune simulator…");
            intune = await IntuneSimulatorHost.Start(options.Intune, options.Clock, cancellation: cancellation);
            if (options.Teams is { } team)
            {
                options.Progress?.Invoke("Starting the Teams simulator…");
                teams = await TeamsSimulatorHost.Start(team, options.Clock, options.TeamsPort, cancellation);
            }

            options.Progress?.Invoke("Starting the function app…");
            var connection = options.ConnectionString ?? azurite!.ConnectionString;
            var app = GovernanceApp.Build([], builder => Configure(builder, options, intune, teams, connection));
            await app.StartAsync(cancellation);
            var stack = new LocalStack(azurite, intune, teams, app, connection);
            if (teams is not null)
            {
                teams.Simulator.App = stack.Address;
            }

            return stack;
        }
        catch (AzuriteException inTheWay)
        {
            throw new LocalStackException(inTheWay.Message, inTheWay);
        }
        catch
        {
            // Whatever went wrong is the caller's to hear of; here only what runs already is ended.
            await End(null, intune, teams, azurite);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => End(_app, Intune, Teams, _azurite);

    private static async ValueTask End(WebApplication? app, IntuneSimulatorHost? intune, TeamsSimulatorHost? teams, AzuriteServer? azurite)
    {
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        if (intune is not null)
        {
            await intune.DisposeAsync();
        }

        if (teams is not null)
        {
            await teams.DisposeAsync();
        }

        if (azurite is not null)
        {
            await azurite.DisposeAsync();
        }
    }

    private static void Configure(WebApplicationBuilder builder, LocalStackOptions options, IntuneSimulatorHost intune, TeamsSimulatorHost? teams, string connection)
    {
        builder.Environment.EnvironmentName = "Development";
        builder.Configuration.AddInMemoryCollection(AppSettings(connection, options.Prefix, options.Port, intune.GraphAddress, options.Speed));
        if (teams is not null)
        {
            // With port 0 nobody knows yet where the pages will be; the links lead nowhere then.
            builder.Configuration.AddInMemoryCollection(teams.Settings(new($"http://127.0.0.1:{options.Port}")));
        }

        builder.Services.AddSingleton(options.Clock);
        builder.Logging.SetMinimumLevel(options.LogLevel);
        options.Customise?.Invoke(builder);
    }

    /// <exception cref="LocalStackException">Somebody listens there.</exception>
    internal static void RefuseTakenPort(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            listener.Stop();
        }
        catch (SocketException)
        {
            throw new LocalStackException($"Port {port} is in use; end the program that listens there, or give another one with --port.");
        }
    }
}

/// <summary>Something is in the way of starting; the message is one sentence for a person.</summary>
internal sealed class LocalStackException(string message, Exception? inner = null) : Exception(message, inner);
