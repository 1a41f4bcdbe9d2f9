using Governance.Core.Deployments;
using Governance.Core.Evidence;

namespace Governance.Core.Remediation;

/// <summary>How bad each kind of drift is, how often it is looked for, and what may be mended without asking.</summary>
public static class DriftRules
{
    /// <summary>How bad a kind of drift is.</summary>
    public static DriftSeverity SeverityOf(DriftKind kind) => kind switch
    {
        DriftKind.VersionMismatch or DriftKind.ComplianceDrift => DriftSeverity.Medium,
        _ => DriftSeverity.High,
    };

    /// <summary>How often devices of this criticality are looked at: critical 15 min, high 30 min, standard 1 h, low 4 h.</summary>
    public static TimeSpan SweepEvery(Criticality criticality) => criticality switch
    {
        Criticality.Critical => TimeSpan.FromMinutes(15),
        Criticality.High => TimeSpan.FromMinutes(30),
        Criticality.Low => TimeSpan.FromHours(4),
        _ => TimeSpan.FromHours(1),
    };

    /// <summary>What is done about a drift: missing assignments and version mismatches of standard tools in LAB and CANARY are mended, the CAB is asked about all else.</summary>
    /// <param name="drift">What was found.</param>
    /// <param name="category">The tool's category; one that is not stated is not taken for standard.</param>
    public static DriftRemedy RemedyFor(Drift drift, ToolCategory? category) =>
        drift is { Kind: DriftKind.MissingAssignment or DriftKind.VersionMismatch, Ring: Ring.Lab or Ring.Canary } && category == ToolCategory.Standard
            ? DriftRemedy.Automatic
            : DriftRemedy.AskCab;

    /// <summary>What mending a drift does.</summary>
    public static RemediationAction ActionFor(DriftKind kind) =>
        kind is DriftKind.AppGone or DriftKind.ComplianceDrift ? RemediationAction.Reinstall : RemediationAction.Resync;

    /// <summary>The kind's name on the wire.</summary>
    public static string WireName(DriftKind kind) => kind switch
    {
        DriftKind.MissingAssignment => "missing_assignment",
        DriftKind.VersionMismatch => "version_mismatch",
        DriftKind.ScopeMismatch => "scope_mismatch",
        DriftKind.ComplianceDrift => "compliance_drift",
        _ => "app_gone",
    };

    /// <summary>The severity's name on the wire.</summary>
    public static string WireName(DriftSeverity severity) => severity == DriftSeverity.High ? "high" : "medium";
}
