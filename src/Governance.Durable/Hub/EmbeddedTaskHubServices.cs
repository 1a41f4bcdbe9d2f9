using Governance.Durable.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Governance.Durable.Hub;

/// <summary>Registers the embedded task hub with an app's services.</summary>
public static class EmbeddedTaskHubServices
{
    /// <summary>
    /// Adds the hub as the app's <see cref="DurableTaskClient"/> and as a hosted service, so that it starts and stops with the host.
    /// An <see cref="ITaskHubStore"/> must be registered, and the engine by <see cref="DurableTaskServices.AddDurableTasks"/>.
    /// </summary>
    /// <param name="services">The app's services.</param>
    /// <param name="name">The hub's name, for logs and status pages.</param>
    /// <param name="options">Checked when the hub is made.</param>
    public static IServiceCollection AddEmbeddedTaskHub(this IServiceCollection services, string name, TaskHubOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new EmbeddedTaskHub(
            name,
            provider.GetRequiredService<ITaskHubStore>(),
            provider.GetRequiredService<TurnHandler>(),
            provider.GetRequiredService<DataConverter>(),
            options,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<EmbeddedTaskHub>>()));
        services.AddSingleton<DurableTaskClient>(provider => provider.GetRequiredService<EmbeddedTaskHub>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<EmbeddedTaskHub>());
        return services;
    }
}
