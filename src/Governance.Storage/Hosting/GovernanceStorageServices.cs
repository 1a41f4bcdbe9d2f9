using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Storage.Audit;
using Governance.Storage.Cab;
using Governance.Storage.Outbox;
using Governance.Storage.Streams;
using Governance.Storage.Sweeps;
using Governance.Storage.Vault;
using Governance.Storage.Views;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Governance.Storage.Hosting;

/// <summary>Puts storage into an app.</summary>
public static class GovernanceStorageServices
{
    /// <summary>
    /// Registers the clients, the streams of deployments and exceptions, their views, the vault, the uploads and the outbox, and at start makes
    /// missing tables and containers, dispatches, and sweeps. Whoever has follow-up work to carry out registers an <see cref="IOutboxHandler"/>;
    /// those of the views are in.
    /// </summary>
    /// <param name="services">The app; needs logging. A <see cref="TimeProvider"/> of its own wins.</param>
    /// <param name="options">Which account, and how.</param>
    /// <exception cref="ArgumentException">The options contradict themselves; the message has every problem.</exception>
    public static IServiceCollection AddGovernanceStorage(this IServiceCollection services, StorageOptions options)
    {
        var clients = new StorageClients(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(_ => clients);
        services.AddSingleton<StorageLayout>();
        AddStreams(services);
        AddViews(services);
        AddVault(services);
        AddAudit(services);
        AddOutbox(services);
        if (options.Outbox.ThroughQueue)
        {
            AddQueuedOutbox(services);
        }
        else
        {
            services.AddSingleton<IOutboxShards>(app => app.GetRequiredService<OutboxSweep>());
            services.AddHostedService<StorageStart>();
        }

        return services;
    }

    private static void AddStreams(IServiceCollection services)
    {
        services.AddSingleton(app => new EventStreams<DeploymentState, DeploymentEvent>(
            app.GetRequiredService<StorageLayout>().Deployments, new DeploymentCodec(), app.GetRequiredService<TimeProvider>(), app.GetServices<ICommitListener>()));
        services.AddSingleton(app => new RingOwners(app.GetRequiredService<StorageLayout>().Owners));
        services.AddSingleton(app => new EventStreams<ExceptionState, ExceptionEvent>(
            app.GetRequiredService<StorageLayout>().Exceptions, new ExceptionCodec(), app.GetRequiredService<TimeProvider>(), app.GetServices<ICommitListener>()));
    }

    private static void AddViews(IServiceCollection services)
    {
        services.AddSingleton(app => new DeploymentViews(app.GetRequiredService<StorageLayout>().Views, app.GetRequiredService<TimeProvider>()));
        services.AddSingleton(app => new ExceptionViews(app.GetRequiredService<StorageLayout>().Views, app.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ICardRecords>(app => new CardRecords(app.GetRequiredService<StorageLayout>().Cards, app.GetRequiredService<TimeProvider>()));
        services.AddSingleton(app => new WaitingIntents(app.GetRequiredService<StorageLayout>().Waiting));
        services.AddSingleton(app =>
        {
            var layout = app.GetRequiredService<StorageLayout>();
            return new ViewRepair(new(
                app.GetRequiredService<EventStreams<DeploymentState, DeploymentEvent>>(),
                layout.Deployments,
                app.GetRequiredService<EventStreams<ExceptionState, ExceptionEvent>>(),
                layout.Exceptions,
                layout.Views,
                app.GetRequiredService<DeploymentViews>(),
                app.GetRequiredService<ExceptionViews>(),
                app.GetRequiredService<WaitingIntents>()));
        });
        services.AddSingleton<IOutboxHandler, DeploymentViewsHandler>();
        services.AddSingleton<IOutboxHandler, ExceptionViewsHandler>();
    }

    private static void AddVault(IServiceCollection services)
    {
        services.AddSingleton(app => new EvidenceVault(
            app.GetRequiredService<StorageLayout>().Evidence, app.GetRequiredService<StorageOptions>().PackCacheBytes));
        services.AddSingleton(app =>
        {
            var layout = app.GetRequiredService<StorageLayout>();
            return new UploadArea(
                app.GetRequiredService<StorageClients>().Blobs,
                layout.Incoming,
                layout.Evidence,
                layout.Artifacts,
                app.GetRequiredService<StorageOptions>().Uploads,
                app.GetRequiredService<TimeProvider>());
        });
        services.AddSingleton<ArtifactStore>();
    }

    private static void AddAudit(IServiceCollection services)
    {
        services.AddSingleton(app =>
        {
            var layout = app.GetRequiredService<StorageLayout>();
            return new AnchorNotes(
                layout.Anchors,
                new Dictionary<string, char>(StringComparer.Ordinal) { [layout.Deployments.Name] = AnchorNotes.Deployment, [layout.Exceptions.Name] = AnchorNotes.Exception },
                app.GetRequiredService<TimeProvider>());
        });
        services.AddSingleton<IOutboxHandler>(app => app.GetRequiredService<AnchorNotes>());
        services.AddSingleton(app =>
        {
            var layout = app.GetRequiredService<StorageLayout>();
            return new AnchorLog(layout.Audit, layout.Anchors);
        });
        services.AddSingleton<AnchorAudit>();
        services.AddSingleton(app => new AnchorMaker(
            app.GetRequiredService<AnchorLog>(),
            app.GetRequiredService<AnchorNotes>(),
            app.GetRequiredService<EventStreams<DeploymentState, DeploymentEvent>>(),
            app.GetRequiredService<EventStreams<ExceptionState, ExceptionEvent>>(),
            app.GetRequiredService<TimeProvider>(),
            app.GetRequiredService<ILogger<AnchorMaker>>()));
    }

    private static void AddOutbox(IServiceCollection services)
    {
        // Handlers change streams, and streams tell the dispatcher, which knows the handlers: the relay stands in between.
        services.AddSingleton<CommitRelay>();
        services.AddSingleton<ICommitListener>(app => app.GetRequiredService<CommitRelay>());
        services.AddSingleton(app =>
        {
            var layout = app.GetRequiredService<StorageLayout>();
            return new OutboxDispatcher(
                [layout.Deployments, layout.Exceptions],
                app.GetServices<IOutboxHandler>(),
                app.GetRequiredService<StorageOptions>().Outbox,
                app.GetRequiredService<TimeProvider>(),
                app.GetRequiredService<ILogger<OutboxDispatcher>>());
        });
        services.AddSingleton(app => new SweepLedger(app.GetRequiredService<StorageLayout>().Sweeps, app.GetRequiredService<TimeProvider>()));
        services.AddSingleton(app => app.GetRequiredService<StorageOptions>().Outbox);
        services.AddSingleton(app => new OutboxSweep(
            app.GetRequiredService<OutboxDispatcher>(),
            app.GetRequiredService<OutboxOptions>(),
            app.GetRequiredService<StorageClients>().IsEmulator,
            app.GetRequiredService<TimeProvider>(),
            app.GetRequiredService<ILogger<OutboxSweep>>()));
    }

    private static void AddQueuedOutbox(IServiceCollection services)
    {
        services.AddSingleton(app => app.GetRequiredService<StorageClients>().Queue(OutboxOptions.Queue));
        services.AddSingleton(app =>
        {
            var layout = app.GetRequiredService<StorageLayout>();
            return new OutboxPickup(
                [layout.Deployments, layout.Exceptions],
                app.GetServices<IOutboxHandler>(),
                app.GetRequiredService<TimeProvider>(),
                app.GetRequiredService<ILogger<OutboxPickup>>());
        });
        services.AddSingleton<IOutboxShards>(app => app.GetRequiredService<OutboxPickup>());
        services.AddSingleton<OutboxDoorbell>();
        services.AddHostedService(app => app.GetRequiredService<OutboxDoorbell>());
        services.AddHostedService<QueuedStorageStart>();
    }
}
