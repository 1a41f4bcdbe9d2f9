using Governance.Core.Deployments;
using Governance.Core.Evidence;
using Governance.Core.Policy;
using Governance.Core.Rollout;
using Governance.Durable;
using Governance.Durable.Client;
using Governance.Durable.FunctionsHost;
using Governance.Durable.Hub;
using Governance.Functions.Audit;
using Governance.Functions.Cab;
using Governance.Functions.Deployments;
using Governance.Functions.Health;
using Governance.Functions.Observability;
using Governance.Functions.Orchestration;
using Governance.Functions.Policy;
using Governance.Functions.Remediation;
using Governance.Functions.Review;
using Governance.Functions.Rollout;
using Governance.Functions.Sweeps;
using Governance.Functions.Teams;
using Governance.Intune;
using Governance.Storage.Hosting;
using Governance.Storage.Hub;
using Governance.Storage.Outbox;
using Governance.Storage.Streams;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Governance.Functions.Composition;

/// <summary>Wires the domain to storage, planes and orchestrations. What a test or runner has registered before stays.</summary>
internal static class DomainServices
{
    internal static void Add(IServiceCollection services, AppSettings settings, bool embedded)
    {
        services.AddSingleton(settings);
        services.AddSingleton(settings.Groups);
        services.AddGovernanceStorage(settings.Storage with { Outbox = settings.Storage.Outbox with { ThroughQueue = !embedded } });
        services.AddSingleton(settings.Storage.Uploads);
        services.TryAddSingleton(settings.Trust);
        services.TryAddSingleton(new PolicyData(
            RiskModel.V1, PolicySet.V1, settings.Speed == 1 ? PromotionGates.V1 : PromotionGates.V1.SpedUp(settings.Speed)));
        AddOutbox(services);
        services.AddSingleton<PolicyChecks>();
        services.AddSingleton<ArrivedEvidence>();
        services.AddSingleton<RingGate>();
        services.AddSingleton<RelianceWatch>();
        services.AddSingleton<OverrideRequests>();
        services.AddSingleton<AppRequests>();
        services.AddSingleton<RingTakeover>();
        services.AddSingleton<TenantDecisions>();
        services.AddSingleton<TenantWatch>();
        services.AddSingleton<RingPublisher>();
        services.AddSingleton<AppMending>();
        services.AddSingleton<EarlierVersions>();
        services.AddSingleton<RollbackStart>();
        services.AddSingleton<RollbackWatch>();
        services.AddSingleton<Rollbacks>();
        services.AddSingleton<DriftCheck>();
        services.AddSingleton<DriftRemedies>();
        services.AddSingleton<SweepDrift>();
        services.AddSingleton<DevicePlanes>();
        services.AddSingleton<DeploymentViewer>();
        services.AddSingleton<CabCommands>();
        services.AddSingleton<LastApproved>();
        services.AddSingleton<ReviewFiles>();
        services.AddSingleton<DeploymentInstances>();
        services.AddSingleton<AuditTrails>();
        services.AddSingleton<AnchorAuditLog>();
        services.AddSingleton<VerifyAuditLog>();
        SweepFunctions.Add(services, settings.Sweeps);
        TeamsServices.Add(services, settings.Teams);
        services.AddSingleton(provider => IntunePlaneFactory.Create(
            settings.Intune, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<DataConverter>(new JsonDataConverter(OrchestrationJson.Default.Options));
        if (embedded)
        {
            services.TryAddSingleton<ITaskHubStore>(provider =>
            {
                var clients = provider.GetRequiredService<StorageClients>();
                return new TableTaskHubStore(clients.Tables, clients.Blobs, clients.Table("TaskHub").Name, clients.Container("task-hub").Name);
            });
            services.AddEmbeddedTaskHub("governance", new TaskHubOptions { LeaseFile = settings.LeaseFile });
            services.AddSingleton<IDeploymentSignals, DirectSignals>();
        }
        else
        {
            services.AddSingleton(provider => new HostedTaskClient(
                "governance", provider.GetRequiredService<DataConverter>(), provider.GetRequiredService<TimeProvider>()));
            services.AddSingleton<DurableTaskClient>(provider => provider.GetRequiredService<HostedTaskClient>());
            services.AddSingleton<IDeploymentSignals, QueuedSignals>();
        }
    }

    private static void AddOutbox(IServiceCollection services)
    {
        services.AddSingleton<IOutboxHandler, StartOrchestration>();
        services.AddSingleton<IOutboxHandler, SignalOrchestration>();
        services.AddSingleton<IOutboxHandler, StartRemediation>();
        services.AddSingleton<IOutboxHandler, WakeWaitingRollouts>();
        services.AddSingleton<IOutboxHandler, RemediateDrift>();
        services.AddSingleton<IOutboxHandler, ShowCards>();
        services.AddSingleton<IOutboxHandler, TellDeployments>();
        services.AddSingleton<IOutboxHandler, StartCabWatch>();
        services.AddSingleton<IOutboxHandler, StartExceptionWatch>();

        // The watch is told of commits by the streams, which it reads in turn: looked up when first used.
        services.AddSingleton(provider => new DeploymentWatch(
            provider.GetRequiredService<EventStreams<DeploymentState, DeploymentEvent>>, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ICommitListener>(provider => provider.GetRequiredService<DeploymentWatch>());
        services.AddSingleton<ICommitListener, EventLog>();
        services.AddSingleton<IReadinessCheck, StorageReadiness>();
    }
}
