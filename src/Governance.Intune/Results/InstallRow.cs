namespace Governance.Intune.Results;

/// <summary>One row of Intune's installation report: an app on a device, for a user.</summary>
/// <param name="DeviceId">Intune's id of the device, which is not Entra's.</param>
/// <param name="DeviceName">Its name.</param>
/// <param name="UserPrincipalName">The user; empty for none.</param>
/// <param name="State">resultantAppState.</param>
/// <param name="ErrorCode">What the installer or agent said; 0 for nothing.</param>
/// <param name="ModifiedAt">When the device said so, UTC; null where it can't be read.</param>
internal sealed record InstallRow(string DeviceId, string DeviceName, string UserPrincipalName, int State, long ErrorCode, DateTimeOffset? ModifiedAt)
{
    public const int Installed = 1;
    public const int Failed = 2;
    public const int NotInstalled = 3;
    public const int UninstallFailed = 4;
    public const int NotApplicable = -1;
    public const int Unknown = 99;

    /// <summary>The columns asked for: defaults change between reports and over time.</summary>
    public static IReadOnlyList<string> Columns { get; } =
        ["DeviceId", "DeviceName", "UserPrincipalName", "InstallState", "InstallStateDetail", "ErrorCode", "HexErrorCode", "LastModifiedDateTime", "AppVersion"];

    /// <summary>What makes two rows the same one.</summary>
    public (string Device, string User) Key => (DeviceId.ToUpperInvariant(), UserPrincipalName.ToUpperInvariant());
}
