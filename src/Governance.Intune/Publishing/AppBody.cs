using System.Text;
using Governance.Core;
using Governance.Core.Evidence;
using Governance.Core.Rollout;
using Governance.Intune.IntuneWin;
using Microsoft.Graph.Models;

namespace Governance.Intune.Publishing;

/// <summary>What an app is to look like in Intune, from one request. Pure: the same request gives the same bytes, which a tenant's approval depends on.</summary>
/// <remarks>Every use makes new model objects: the SDK sends only what changed since an object was made, and leaves out its type.</remarks>
internal sealed class AppBody
{
    private readonly PublishRequest _request;
    private readonly AppDefaults _defaults;

    private AppBody(PublishRequest request, AppDefaults defaults)
    {
        _request = request;
        _defaults = defaults;
        Marker = new(request.CorrelationId, request.Version, request.Artifact.Sha256, MetadataDigest(request));
    }

    /// <summary>What the notes are to hold.</summary>
    public NotesMarker Marker { get; }

    /// <summary>Both name and version: Company Portal shows only one of two apps of one name.</summary>
    public string DisplayName => $"{_request.AppName} {_request.Version}";

    /// <param name="request">What is to be published.</param>
    /// <param name="defaults">What the request does not say.</param>
    /// <param name="problems">Everything that Intune would refuse, as sentences; empty when a body is returned.</param>
    public static AppBody? Of(PublishRequest request, AppDefaults defaults, out IReadOnlyList<string> problems)
    {
        var found = new List<string>();
        Need(request.AppName, "The app's name", found);
        Need(request.Version, "The app's version", found);
        Need(request.Install.Command, "install.command", found);
        Need(request.Install.UninstallCommand, "install.uninstall_command", found);
        _ = DetectionRules.Of(request.Install.Detection, found);
        if (request.Assignments.IsEmpty)
        {
            found.Add("No group is to get the app.");
        }

        if (request.Assignments.Include.Concat(request.Assignments.Exclude).Contains(Guid.Empty))
        {
            found.Add("A group id is empty.");
        }

        problems = found;
        return found.Count == 0 ? new(request, defaults) : null;
    }

    /// <summary>The body of the creation.</summary>
    public Win32LobApp Create(IntuneWinManifest package)
    {
        var app = Metadata(Marker.ToString());
        app.IsFeatured = false;
        app.FileName = _request.Artifact.FileName;
        app.SetupFilePath = package.SetupFile;
        app.ApplicableArchitectures = Architectures(_defaults.Architectures);
        app.MinimumSupportedWindowsRelease = _defaults.MinimumWindowsRelease;
        app.ReturnCodes = ReturnCodes();
        app.MsiInformation = package.Msi is { } msi ? Msi(msi, package) : null;
        return app;
    }

    /// <summary>What can be put right on a published app.</summary>
    /// <param name="notes">The notes as they are to be.</param>
    public Win32LobApp Metadata(string notes) => new()
    {
        DisplayName = DisplayName,
        Description = _request.Description ?? $"{_request.AppName} {_request.Version}, deployed by Governance.",
        Publisher = string.IsNullOrWhiteSpace(_request.Publisher) ? _defaults.Publisher : _request.Publisher,
        Notes = notes,
        InstallCommandLine = _request.Install.Command,
        UninstallCommandLine = _request.Install.UninstallCommand,
        InstallExperience = new() { RunAsAccount = RunAs, DeviceRestartBehavior = Restart(_request.Install.Reboot) },
        Rules = DetectionRules.Of(_request.Install.Detection, []),
    };

    /// <summary>Whether an app says what it should: our marker with the same metadata, and commands that nobody changed.</summary>
    public bool Matches(Win32LobApp app) =>
        NotesMarker.Find(app.Notes) is { } marker && marker == (Marker with { Version = marker.Version })
        && app.InstallCommandLine == _request.Install.Command
        && app.UninstallCommandLine == _request.Install.UninstallCommand
        && app.InstallExperience?.RunAsAccount == RunAs;

    private RunAsAccountType RunAs => _request.Install.Context == InstallContext.User ? RunAsAccountType.User : RunAsAccountType.System;

    private static void Need(string? value, string what, List<string> problems)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            problems.Add($"{what} is missing.");
        }
    }

    private static Win32LobAppRestartBehavior Restart(RebootKind? reboot) => reboot switch
    {
        RebootKind.None => Win32LobAppRestartBehavior.Suppress,
        RebootKind.Forced => Win32LobAppRestartBehavior.Force,
        _ => Win32LobAppRestartBehavior.BasedOnReturnCode,
    };

    private static WindowsArchitecture Architectures(string list) => list
        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Aggregate(default(WindowsArchitecture), (all, one) => all | Enum.Parse<WindowsArchitecture>(one, ignoreCase: true));

    private static List<Win32LobAppReturnCode> ReturnCodes() =>
    [
        new() { ReturnCode = 0, Type = Win32LobAppReturnCodeType.Success },
        new() { ReturnCode = 1707, Type = Win32LobAppReturnCodeType.Success },
        new() { ReturnCode = 3010, Type = Win32LobAppReturnCodeType.SoftReboot },
        new() { ReturnCode = 1641, Type = Win32LobAppReturnCodeType.HardReboot },
        new() { ReturnCode = 1618, Type = Win32LobAppReturnCodeType.Retry },
    ];

    private static Win32LobAppMsiInformation Msi(MsiFacts msi, IntuneWinManifest package) => new()
    {
        ProductCode = msi.ProductCode,
        ProductVersion = msi.ProductVersion,
        UpgradeCode = msi.UpgradeCode,
        RequiresReboot = msi.RequiresReboot,
        PackageType = msi.ExecutionContext switch
        {
            "System" => Win32LobAppMsiPackageType.PerMachine,
            "User" => Win32LobAppMsiPackageType.PerUser,
            _ => Win32LobAppMsiPackageType.DualPurpose,
        },
        ProductName = package.Name,
        Publisher = msi.Publisher,
    };

    /// <summary>Over what the request says, not over settings: a changed default must not touch apps that are out.</summary>
    private static string MetadataDigest(PublishRequest request)
    {
        var install = request.Install;
        string?[] parts =
        [
            request.AppName, request.Version, request.Publisher, request.Description, install.Command, install.UninstallCommand,
            install.Context?.ToString(), install.Reboot?.ToString(),
            .. install.Detection.SelectMany(r => (string?[])[r.Type.ToString(), r.Path, r.Name, r.Operator, r.Value]),
        ];
        var text = string.Join('\u001f', parts.Select(part => part is null ? "-" : $"+{part}"));
        return Digest.Of(Encoding.UTF8.GetBytes(text)).ToString()[..16];
    }
}
