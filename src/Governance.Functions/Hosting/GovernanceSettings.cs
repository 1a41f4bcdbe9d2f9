using Governance.Functions.Configuration;
using Governance.Functions.Observability;
using Governance.Functions.SignIn;

namespace Governance.Functions.Hosting;

/// <summary>All settings of the app, read and checked once at start.</summary>
/// <param name="Mode">Who calls the functions.</param>
internal sealed record GovernanceSettings(HostMode Mode, HttpSettings Http, SignInSettings SignIn, TelemetrySettings Telemetry)
{
    /// <summary>Reads everything but the timers' section, which needs the catalog.</summary>
    public static GovernanceSettings Read(SettingsReader settings) => new(
        settings.Has(HttpSettings.HandlerPort) ? HostMode.CustomHandler : HostMode.Embedded,
        HttpSettings.Read(settings),
        SignInSettings.Read(settings),
        TelemetrySettings.Read(settings));
}

/// <summary>Who calls the functions.</summary>
internal enum HostMode
{
    /// <summary>The app itself: Kestrel and its own clock.</summary>
    Embedded,

    /// <summary>The Azure Functions host, whose custom handler the app is.</summary>
    CustomHandler,
}
