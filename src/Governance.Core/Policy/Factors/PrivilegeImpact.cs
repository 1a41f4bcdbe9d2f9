using System.Collections.Immutable;
using Governance.Core.Evidence;

namespace Governance.Core.Policy.Factors;

/// <summary>Which rights the app needs and holds.</summary>
internal sealed class PrivilegeImpact : Rubric<PrivilegeImpact.Reading>
{
    private const int UserContext = 0, OptionalElevation = 1, ElevatedInstall = 2, ServiceOrElevated = 3, KernelDriver = 4;

    /// <inheritdoc/>
    public override string Name => "privilege_impact";

    /// <inheritdoc/>
    public override ImmutableArray<string> Conditions { get; } =
        ["user_context", "optional_elevation", "elevated_install", "service_or_elevated", "kernel_driver"];

    /// <inheritdoc/>
    protected override ImmutableArray<Change<Reading>> Options { get; } =
    [
        new(Paths.KernelDriver, (r, _) => r.Driver is null ? "state that it installs no kernel driver" : "install no kernel driver", r => r with { Driver = false }),
        new(Paths.Service, (r, _) => r.Service is null ? "state that it installs no service" : "install no service", r => r with { Service = false }),
        new(Paths.Context, (r, _) => r.Context is null ? "state that it runs as the user" : "run as the user", r => r with { Context = InstallContext.User }),
        new(Paths.Elevation, (r, _) => r.Elevation is null ? "state that it needs no elevation" : "need no elevation", r => r with { Elevation = Elevation.None }),
    ];

    /// <inheritdoc/>
    protected override Reading Read(PolicyInputs inputs) =>
        inputs.Evidence?.Install is { } install ? new(install.Context, install.Elevation, install.Service, install.KernelDriver) : default;

    /// <inheritdoc/>
    protected override Judged Judge(Reading reading, FactorRules rules) => reading switch
    {
        { Driver: true } => new(KernelDriver, Paths.KernelDriver),
        { Service: true } => new(ServiceOrElevated, Paths.Service),
        { Context: InstallContext.System } => new(ServiceOrElevated, Paths.Context),
        { Driver: null } => Judged.NotStated(Paths.KernelDriver, "install.kernel_driver is not stated, so the worst value counts"),
        { Service: null } => Judged.NotStated(Paths.Service, "install.service is not stated, so the worst value counts"),
        { Context: null } => Judged.NotStated(Paths.Context, "install.context is not stated, so the worst value counts"),
        { Elevation: null } => Judged.NotStated(Paths.Elevation, "install.elevation is not stated, so the worst value counts"),
        { Elevation: Elevation.Required } => new(ElevatedInstall, Paths.Elevation),
        { Elevation: Elevation.Optional } => new(OptionalElevation, Paths.Elevation),
        _ => new(UserContext, Paths.Context),
    };

    /// <summary>What the factor looks at.</summary>
    internal readonly record struct Reading(InstallContext? Context, Elevation? Elevation, bool? Service, bool? Driver);
}
