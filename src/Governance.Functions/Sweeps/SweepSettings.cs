using Governance.Functions.Configuration;

namespace Governance.Functions.Sweeps;

/// <summary>How sweeps judge.</summary>
/// <param name="StuckAfter">How long an orchestration may be missing before the next generation begins: by then whatever was under way has started it.</param>
internal sealed record SweepSettings(TimeSpan StuckAfter)
{
    /// <summary>Reads section <c>Sweeps</c>.</summary>
    internal static SweepSettings Read(SettingsReader settings) =>
        new(settings.Section("Sweeps").Duration("StuckAfter", TimeSpan.FromMinutes(5), TimeSpan.Zero, TimeSpan.FromDays(1)));
}
