using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Evidence;
using Governance.Core.Policy;
using Governance.Core.Rollout;
using Governance.Durable;
using Governance.Durable.Hub;
using Governance.Functions.Cab;
using Governance.Functions.Deployments;
using Governance.Functions.Orchestration;
using Governance.Functions.Policy;
using Governance.Functions.Rollout;
using Governance.Intune;
using Governance.Storage.Outbox;
using Governance.Storage.Streams;
using Governance.Storage.Vault;
using Governance.Storage.Views;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Governance.Functions.Composition;

/// <summary>Wires the domain to storage, planes and orchestrations. What a test or runner has registered before stays.</summary>
internal static class DomainServices
{
    internal static void Add(IServiceCollection services, AppSettings settings, bool embedded)
    {
        services.AddSingleton(settings);
        services.AddSingleton(settings.Groups);
        services.AddSingleton(new StorageParts(settings.Storage));
        services.TryAddSingleton(EvidenceTrust.Nobody);
        services.TryAddSingleton(new PolicyData(
            RiskModel.V1, PolicySet.V1, settings.Speed == 1 ? PromotionGates.V1 : PromotionGates.V1.SpedUp(settings.Speed)));
        AddStorage(services);
        AddOutbox(services);
        services.AddSingleton<PolicyChecks>();
        services.AddSingleton<RingGate>();
        services.AddSingleton<RingPublisher>();
        services.AddSingleton<DevicePlanes>();
        services.AddSingleton<DeploymentViewer>();
        services.AddSingleton<DeploymentInstances>();
        services.TryAddSingleton<ICabNotices, LoggedNotices>();
        services.AddSingleton(provider => IntunePlaneFactory.Create(
            settings.Intune, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<DataConverter>(new JsonDataConverter(OrchestrationJson.Default.Options));
        if (embedded)
        {
            services.AddSingleton<ITaskHubStore>(provider => provider.GetRequiredService<StorageParts>().TaskHub());
            services.AddEmbeddedTaskHub("governance", new TaskHubOptions { LeaseFile = settings.LeaseFile });
        }
    }

    private static void AddStorage(IServiceCollection services)
    {
        services.AddSingleton(provider => new EventStreams<DeploymentState, DeploymentEvent>(
            Parts(provider).Deployments, new DeploymentCodec(), Clock(provider), provider.GetServices<ICommitListener>()));
        services.AddSingleton(provider => new EventStreams<ExceptionState, ExceptionEvent>(
            Parts(provider).Exceptions, new ExceptionCodec(), Clock(provider), provider.GetServices<ICommitListener>()));
        services.AddSingleton(provider => new DeploymentViews(Parts(provider).Views, Clock(provider)));
        services.AddSingleton(provider => new ExceptionViews(Parts(provider).Views, Clock(provider)));
        services.AddSingleton(provider => new WaitingIntents(Parts(provider).Views));
        services.AddSingleton(new UploadLimits());
        services.AddSingleton(provider => new EvidenceVault(Parts(provider).Container("evidence")));
        services.AddSingleton(provider => new UploadArea(
            Parts(provider).Blobs,
            Parts(provider).Container("incoming"),
            Parts(provider).Container("evidence"),
            Parts(provider).Container("artifacts"),
            provider.GetRequiredService<UploadLimits>(),
            Clock(provider)));
        services.AddSingleton<ArtifactStore>();
    }

    private static void AddOutbox(IServiceCollection services)
    {
        services.AddSingleton<IOutboxHandler, StartOrchestration>();
        services.AddSingleton<IOutboxHandler, SignalOrchestration>();
        services.AddSingleton<IOutboxHandler, ShowCards>();
        services.AddSingleton<IOutboxHandler, UpdateDeploymentViews>();
        services.AddSingleton<IOutboxHandler, UpdateExceptionViews>();
        services.TryAddSingleton(new OutboxOptions());
        services.AddSingleton(provider => new OutboxDispatcher(
            [Parts(provider).Deployments, Parts(provider).Exceptions],
            provider.GetServices<IOutboxHandler>(),
            provider.GetRequiredService<OutboxOptions>(),
            Clock(provider),
            provider.GetRequiredService<ILogger<OutboxDispatcher>>()));

        // Listeners are told of commits by the streams, which the handlers use in turn: looked up when first told.
        services.AddSingleton(provider => new DeploymentWatch(
            () => provider.GetRequiredService<EventStreams<DeploymentState, DeploymentEvent>>(), Clock(provider)));
        services.AddSingleton<ICommitListener>(provider => provider.GetRequiredService<DeploymentWatch>());
        services.AddSingleton<ICommitListener>(provider => new LateListener(provider.GetRequiredService<OutboxDispatcher>));
        services.AddSingleton<StorageStart>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<StorageStart>());
    }

    private static StorageParts Parts(IServiceProvider provider) => provider.GetRequiredService<StorageParts>();

    private static TimeProvider Clock(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();

    private sealed class LateListener(Func<ICommitListener> listener) : ICommitListener
    {
        public void Committed(CommittedChange change) => listener().Committed(change);
    }
}
