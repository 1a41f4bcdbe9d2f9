using System.Net;
using Governance.Core.Deployments;
using Governance.Durable;
using Governance.Functions.Composition;
using Governance.Functions.Configuration;
using Governance.Functions.FunctionsHost;
using Governance.Functions.Health;
using Governance.Functions.Http;
using Governance.Functions.Observability;
using Governance.Functions.OpenApi;
using Governance.Functions.SignIn;
using Governance.Storage.Outbox;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace Governance.Functions.Hosting;

/// <summary>The composition root: the whole app from its settings. Programs and tests build it the same way.</summary>
internal static class GovernanceApp
{
    /// <summary>Builds the app; it does not listen yet.</summary>
    /// <param name="args">Settings as <c>--Section:Key value</c>; they win over the environment, which wins over local.settings.json.</param>
    /// <param name="customise">Adds settings, and services that win over the app's own: simulators, clocks, another <see cref="FunctionCatalog"/>. Runs before anything is read.</param>
    /// <exception cref="InvalidSettingsException">The app cannot start with these settings; the message has everything that is wrong.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? customise = null)
    {
        // The defaults that are cleared below would else begin to watch files first.
        string[] defaults = ["--hostBuilder:reloadConfigOnChange", "false", .. args];
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = defaults, ContentRootPath = AppContext.BaseDirectory });
        Settings(builder, args);
        Logging(builder);
        customise?.Invoke(builder);

        var reader = new SettingsReader(builder.Configuration);
        var settings = GovernanceSettings.Read(reader);
        var catalog = Given<FunctionCatalog>(builder.Services) ?? new FunctionCatalog(FunctionCatalog.Declared);
        if (settings.SignIn.Mode == SignInMode.Development)
        {
            catalog = new FunctionCatalog([.. catalog.Functions, .. DevelopmentFunctions.All]);
            builder.Services.AddSingleton<DevelopmentTokens>();
        }

        if (settings.Mode == HostMode.Embedded)
        {
            catalog = new FunctionCatalog(catalog.Functions.Where(function => !function.HostOnly));
        }

        var domain = catalog.Has<Deployments.DeploymentOrchestrator>() ? AppSettings.Read(reader, settings.SignIn) : null;
        var timers = TimerSettings.Read(reader, catalog);
        reader.Close();

        Web(builder, settings);
        Services(builder.Services, settings, timers, catalog);
        PageSessions.Add(builder.Services, settings.SignIn, domain is null ? null : PageKeys);
        if (domain is not null)
        {
            DomainServices.Add(builder.Services, domain, settings.Mode == HostMode.Embedded);
        }

        return Pipeline(builder.Build(), catalog);
    }

    /// <summary>Builds the app and runs it until it is told to stop.</summary>
    /// <returns>The exit code: 0 after a stop that was asked for, 1 for settings it cannot start with.</returns>
    public static async Task<int> Run(string[] args)
    {
        try
        {
            await using var app = Build(args);
            await app.StartAsync();
            app.Logger.Listening(string.Join(", ", app.Urls), app.Services.GetRequiredService<SignInSettings>().Mode.ToString());
            await app.WaitForShutdownAsync();

            return ExitCode(app);
        }
        catch (InvalidSettingsException invalid)
        {
            await Console.Error.WriteLineAsync(invalid.Message);
            return 1;
        }
    }

    /// <summary>Where a started app listens; useful where it was given port 0.</summary>
    public static Uri AddressOf(WebApplication app) =>
        new(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());

    // The Functions host takes 0 for "still up" and would send everything into the void; 200 it takes for a wish to be started again, and counts any other as a crash.
    private static int ExitCode(WebApplication app) =>
        app.Services.GetServices<IHostedService>().OfType<BackgroundService>().Any(service => service.ExecuteTask is { IsFaulted: true }) ? 1
        : app.Services.GetRequiredService<GovernanceSettings>().Mode == HostMode.CustomHandler ? 200
        : 0;

    private static void Settings(WebApplicationBuilder builder, string[] args)
    {
        builder.Configuration.Sources.Clear();
        LocalSettings.Add(builder.Configuration);
        builder.Configuration.AddEnvironmentVariables();
        builder.Configuration.AddCommandLine(args);
    }

    private static void Logging(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("System", LogLevel.Warning);
        builder.Logging.AddFilter("Azure", LogLevel.Warning);

        // It warns that keys are not encrypted once more; the storage account encrypts them and says who may read.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);

        // It logs every cookie that somebody made up as an error, with a stack; the sender is told, and nobody else can do anything about it.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Critical);
        builder.Logging.AddConsole(console => console.FormatterName = JsonLogFormatter.FormatterName);
        builder.Logging.Services.AddSingleton<ConsoleFormatter, JsonLogFormatter>();
    }

    private static void Web(WebApplicationBuilder builder, GovernanceSettings settings)
    {
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, null);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = settings.Http.StandardBody;
            Limit(kestrel.Limits, settings);
            if (IPAddress.TryParse(settings.Http.Address, out var address))
            {
                kestrel.Listen(address, settings.Http.Port, Http1);
            }
            else
            {
                kestrel.ListenLocalhost(settings.Http.Port, Http1);
            }
        });
        builder.Services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));

        static void Http1(ListenOptions listen) => listen.Protocols = HttpProtocols.Http1;
    }

    private static void Limit(KestrelServerLimits limits, GovernanceSettings settings)
    {
        var connections = settings.Http.Connections;
        limits.RequestHeadersTimeout = connections.HeadersTimeout;
        limits.MaxRequestHeadersTotalSize = 32 * 1024;
        limits.MaxRequestHeaderCount = 100;
        limits.MaxRequestLineSize = 8 * 1024;

        // What is read ahead of a body whose call still waits for its place.
        limits.MaxRequestBufferSize = 128 * 1024;
        if (settings.Mode == HostMode.CustomHandler)
        {
            // The Functions host sends at its own pace, is the only one who connects, and has its own limits in front.
            limits.MinRequestBodyDataRate = null;
            limits.MinResponseDataRate = null;

            // Longer than the host keeps idle connections: a connection that we close while it sends a turn would end that orchestration.
            limits.KeepAliveTimeout = TimeSpan.FromMinutes(10);
            return;
        }

        var slowest = connections.SlowestBytes == 0 ? null : new MinDataRate(connections.SlowestBytes, TimeSpan.FromSeconds(5));
        limits.MinRequestBodyDataRate = slowest;
        limits.MinResponseDataRate = slowest;
        limits.KeepAliveTimeout = connections.IdleTimeout;
        limits.MaxConcurrentConnections = connections.AtOnce;
    }

    private static void Services(IServiceCollection services, GovernanceSettings settings, TimerSettings timers, FunctionCatalog catalog)
    {
        services.RemoveAll<FunctionCatalog>();
        services.AddSingleton(catalog);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(settings);
        services.AddSingleton(settings.Http);
        services.AddSingleton(settings.SignIn);
        services.AddSingleton(settings.Telemetry);
        services.AddSingleton(timers);
        services.AddSingleton(new PageTokens(settings.Http.PageTokenKey));
        services.AddSingleton<Callers>();
        services.AddSingleton<Gates>();
        services.TryAddSingleton(app => new Intake(settings.Http.Backlog, settings.Http.Patience, app.GetRequiredService<TimeProvider>(), () => app.GetService<OutboxDispatcher>()?.Waiting(DeploymentConsequences.StartOrchestration) ?? 0));
        services.AddSingleton<HeavyWork>(_ => new());
        services.AddSingleton<Readiness>();
        services.AddSingleton<FunctionEndpoints>();
        services.AddSingleton<ApiDescription>();
        services.AddSingleton<TimerReports>();
        services.AddSingleton<TimerRuns>();
        services.AddDurableTasks(catalog.Register);
        services.AddHostedService<TelemetryExport>();
        if (settings.Mode == HostMode.Embedded)
        {
            services.AddHostedService<EmbeddedTimers>();
        }
        else
        {
            services.AddSingleton<HostCalls>();
            services.AddSingleton<ILoggerProvider, InvocationLogProvider>();
        }

        BearerSignIn.Add(services, settings.SignIn);
        services.AddSingleton<CodeFlow>();
        services.TryAddSingleton(EntraBackchannel.Default);
    }

    private static BlobKeys PageKeys(IServiceProvider services) =>
        new(services.GetRequiredService<Storage.Hosting.StorageLayout>().PageKeys);

    private static WebApplication Pipeline(WebApplication app, FunctionCatalog catalog)
    {
        if (app.Services.GetRequiredService<GovernanceSettings>().Mode == HostMode.CustomHandler)
        {
            app.UseMiddleware<HostInvocations>();
        }

        app.UseMiddleware<RequestPipeline>();
        app.UseRouting();
        app.UseAuthentication();
        app.Services.GetRequiredService<FunctionEndpoints>().Map(app, catalog);
        return app;
    }

    private static T? Given<T>(IServiceCollection services)
        where T : class => services.LastOrDefault(service => service.ServiceType == typeof(T))?.ImplementationInstance as T;
}
