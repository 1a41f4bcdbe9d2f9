using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Governance.Durable;

/// <summary>Registers the engine with an app's services.</summary>
public static class DurableTaskServices
{
    /// <summary>Adds a <see cref="TurnHandler"/> and its <see cref="DurableTaskRegistry"/> as singletons.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="register">Names the orchestrators and activities; runs at once, so that a bad name stops the start.</param>
    /// <param name="converter">Null: <see cref="JsonDataConverter.Default"/>.</param>
    public static IServiceCollection AddDurableTasks(
        this IServiceCollection services, Action<DurableTaskRegistry> register, DataConverter? converter = null)
    {
        var registry = new DurableTaskRegistry();
        register(registry);
        services.TryAddSingleton(converter ?? JsonDataConverter.Default);
        services.AddSingleton(registry);
        services.AddSingleton(provider => new TurnHandler(
            registry, provider, provider.GetRequiredService<DataConverter>(), provider.GetRequiredService<ILoggerFactory>()));
        return services;
    }
}
