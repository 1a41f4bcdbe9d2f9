using Governance.Functions.Hosting;

namespace Governance.Functions.Sweeps;

/// <summary>The sweeps over everything that is kept. Those of one subject stand in that subject's list.</summary>
internal static class SweepFunctions
{
    /// <summary>The functions of this subject.</summary>
    public static IEnumerable<Function> All =>
    [
        Function.Sweep<SweepOutbox>("0 * * * * *"),
        Function.Sweep<SweepStuck>("20 */5 * * * *"),
        Function.Sweep<SweepExpirations>("40 */10 * * * *"),
        Function.Sweep<RepairViews>("0 30 2 * * *"),
    ];

    /// <summary>Adds what they need.</summary>
    public static void Add(IServiceCollection services, SweepSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton<SweepRuns>();
        services.AddSingleton<SweepOutbox>();
        services.AddSingleton<SweepStuck>();
        services.AddSingleton<SweepExpirations>();
        services.AddSingleton<RepairViews>();
    }
}
