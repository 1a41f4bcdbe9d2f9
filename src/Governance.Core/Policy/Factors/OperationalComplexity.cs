using System.Collections.Immutable;
using Governance.Core.Deployments;
using Governance.Core.Evidence;

namespace Governance.Core.Policy.Factors;

/// <summary>
/// What installing asks of devices and people. A combination that the rubric does not name takes the mildest condition that
/// covers it: offline import alone that of offline import, sequencing alone that of reboot and sequencing, more than 15
/// minutes or devices that are not always online that of a reboot by the user.
/// </summary>
internal sealed class OperationalComplexity : Rubric<OperationalComplexity.Reading>
{
    private const int Short = 0, Medium = 1, UserReboot = 2, RebootAndSequencing = 3, Offline = 4;
    private const string ShortBelow = "short_below_minutes", MediumUpTo = "medium_up_to_minutes";

    /// <inheritdoc/>
    public override string Name => "operational_complexity";

    /// <inheritdoc/>
    public override ImmutableArray<string> Conditions { get; } = ["short", "medium", "reboot", "reboot_and_sequencing", "offline_import"];

    /// <inheritdoc/>
    public override ImmutableArray<string> Parameters { get; } = [ShortBelow, MediumUpTo];

    /// <inheritdoc/>
    protected override ImmutableArray<Change<Reading>> Options { get; } =
    [
        new(
            Paths.OfflineImport,
            (r, _) => r.OfflineImport is null ? "state that nothing is imported offline" : "import nothing offline",
            r => r with { OfflineImport = false }),
        new(Paths.Sequenced, (r, _) => r.Sequenced is null ? "state that nothing is sequenced" : "install without sequencing", r => r with { Sequenced = false }),
        new(Paths.Reboot, (r, _) => r.Reboot is null ? "state that no device restarts" : "restart no device", r => r with { Reboot = RebootKind.None }),
        new(
            Paths.Minutes,
            (r, rules) => $"{(r.Minutes is null ? "state that it installs" : "install")} in less than {rules.Parameters[ShortBelow]} minutes",
            r => r with { Minutes = 0 }),
    ];

    /// <inheritdoc/>
    protected override Reading Read(PolicyInputs inputs) => inputs.Evidence?.Install is { } install
        ? new(inputs.Connectivity, install.OfflineImport, install.Reboot, install.Sequenced, install.Minutes)
        : new(inputs.Connectivity, null, null, null, null);

    /// <inheritdoc/>
    protected override Judged Judge(Reading reading, FactorRules rules) => reading switch
    {
        { Connectivity: Connectivity.AirGapped } => new(Offline, Paths.Connectivity),
        { OfflineImport: true } => new(Offline, Paths.OfflineImport),
        { OfflineImport: null } => Judged.NotStated(Paths.OfflineImport, "install.offline_import is not stated, so the worst value counts"),
        { Sequenced: null } => Judged.NotStated(Paths.Sequenced, "install.sequenced is not stated, so the worst value counts"),
        { Reboot: null } => Judged.NotStated(Paths.Reboot, "install.reboot is not stated, so the worst value counts"),
        { Sequenced: true } => new(RebootAndSequencing, Paths.Sequenced),
        { Reboot: RebootKind.Forced } => new(RebootAndSequencing, Paths.Reboot),
        { Reboot: RebootKind.User } => new(UserReboot, Paths.Reboot),
        { Minutes: null } => Judged.NotStated(Paths.Minutes, "install.minutes is not stated, so the worst value counts"),
        { Connectivity: Connectivity.Intermittent } => new(UserReboot, Paths.Connectivity),
        { Minutes: { } minutes } when minutes < rules.Parameters[ShortBelow] => new(Short, Paths.Minutes),
        { Minutes: { } minutes } when minutes <= rules.Parameters[MediumUpTo] => new(Medium, Paths.Minutes),
        _ => new(UserReboot, Paths.Minutes),
    };

    /// <inheritdoc/>
    protected override string Reason(Reading reading, Judged judged, FactorRules rules) => judged switch
    {
        { Unstated: { } unstated } => unstated,
        { Condition: Offline } => reading.Connectivity == Connectivity.AirGapped ? "offline import, as the devices are air-gapped" : "offline import",
        { Condition: RebootAndSequencing } => reading switch
        {
            { Sequenced: true, Reboot: RebootKind.None } => "sequencing",
            { Sequenced: true } => rules.When[RebootAndSequencing],
            _ => "forced reboot",
        },
        { Condition: UserReboot } => reading switch
        {
            { Reboot: RebootKind.User } => "reboot by the user",
            { Connectivity: Connectivity.Intermittent } => "devices that are not always online",
            _ => $"no reboot, {reading.Minutes} minutes",
        },
        _ => rules.When[judged.Condition],
    };

    /// <summary>What the factor looks at.</summary>
    internal readonly record struct Reading(Connectivity Connectivity, bool? OfflineImport, RebootKind? Reboot, bool? Sequenced, int? Minutes);
}
