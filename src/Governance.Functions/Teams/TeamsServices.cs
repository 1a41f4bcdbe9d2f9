using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Functions.Cab;
using Governance.Storage.Streams;
using Governance.Storage.Views;
using Governance.Teams;
using Governance.Teams.Approvers;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Governance.Functions.Teams;

/// <summary>Wires Teams to the CAB.</summary>
internal static class TeamsServices
{
    internal static void Add(IServiceCollection services, TeamsSettings settings)
    {
        services.TryAddSingleton<LoggedNotices>();

        // Only a bot has settings that say who approves; without one each voter's own token is what counts.
        services.AddSingleton(provider => new ApproverSeats(
            provider.GetService<IApproverDirectory>() ?? (settings.Options?.Bot is null ? null : provider.GetRequiredService<TeamsConnection>().Approvers)));
        if (settings.Options is not { } options)
        {
            services.TryAddSingleton<ICabNotices>(provider => provider.GetRequiredService<LoggedNotices>());
            return;
        }

        services.AddSingleton(provider => new TeamsConnection(
            options,
            new CabDesk(
                provider.GetRequiredService<EventStreams<DeploymentState, DeploymentEvent>>(),
                provider.GetRequiredService<CabCommands>,
                provider.GetRequiredService<DeploymentViews>()),
            provider.GetRequiredService<ICardRecords>(),
            AppTokens.Of(settings.SignIn),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetService<IApproverDirectory>()));
        services.TryAddSingleton<ICabNotices>(provider => provider.GetRequiredService<TeamsConnection>().Cards is { } cards
            ? new TeamsNotices(cards, provider.GetRequiredService<LoggedNotices>())
            : provider.GetRequiredService<LoggedNotices>());
        services.AddHostedService<TeamsStart>();
    }
}

/// <summary>Reads the connector's keys while the app starts: the first callback has no time for it.</summary>
internal sealed class TeamsStart(TeamsConnection teams) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => teams.Warm(stoppingToken);
}
