namespace Governance.Teams.Connector;

/// <summary>Whom the bot's own token may be sent to. A callback names the address, so a forged one must not choose it.</summary>
/// <remarks><c>trafficmanager.net</c> is shared by all of Azure: never a suffix.</remarks>
public static class ServiceHosts
{
    private static readonly string[] Exact = ["smba.trafficmanager.net", "teams.microsoft.com", "teams.microsoft.us"];

    /// <summary>Says whether an address is one of the connector.</summary>
    /// <param name="address">Any.</param>
    /// <param name="configured">The one that is configured.</param>
    /// <param name="allowLoopback">Whether the configured one may be a simulator on this machine.</param>
    public static bool IsTrusted(Uri address, Uri configured, bool allowLoopback) => address is { IsAbsoluteUri: true, UserInfo: "" }
        && ((address is { Scheme: "https", IsDefaultPort: true }
                && (Exact.Contains(address.Host, StringComparer.OrdinalIgnoreCase) || address.Host.EndsWith(".botframework.com", StringComparison.OrdinalIgnoreCase)))
            || (allowLoopback && address.IsLoopback && address.Scheme == configured.Scheme && address.Authority == configured.Authority));
}
