using System.Text.Json.Serialization;

namespace Governance.Core.Remediation;

/// <summary>A difference between what the log says and what the plane or devices show.</summary>
/// <param name="Kind">What kind.</param>
/// <param name="Severity">How bad.</param>
/// <param name="Ring">The ring concerned; null where the whole app is.</param>
/// <param name="Difference">What differs, in one sentence.</param>
public sealed record Drift(DriftKind Kind, DriftSeverity Severity, Ring? Ring, string Difference)
{
    /// <summary>The event that logs it.</summary>
    public DriftDetected ToEvent() => new(DriftRules.WireName(Kind), DriftRules.WireName(Severity), Ring, Difference);
}

/// <summary>The kinds of drift.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DriftKind>))]
public enum DriftKind
{
    /// <summary>A group that should get the app is not assigned.</summary>
    [JsonStringEnumMemberName("missing_assignment")]
    MissingAssignment,

    /// <summary>The plane holds another version or package, or none that devices could get.</summary>
    [JsonStringEnumMemberName("version_mismatch")]
    VersionMismatch,

    /// <summary>Somebody gets the app, or is left out, who should not.</summary>
    [JsonStringEnumMemberName("scope_mismatch")]
    ScopeMismatch,

    /// <summary>A ring that had passed its gate would not pass it any more.</summary>
    [JsonStringEnumMemberName("compliance_drift")]
    ComplianceDrift,

    /// <summary>The app does not exist in the plane.</summary>
    [JsonStringEnumMemberName("app_gone")]
    AppGone,
}

/// <summary>How bad drift is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DriftSeverity>))]
public enum DriftSeverity
{
    /// <summary>It can wait a day.</summary>
    [JsonStringEnumMemberName("medium")]
    Medium,

    /// <summary>It cannot.</summary>
    [JsonStringEnumMemberName("high")]
    High,
}

/// <summary>What is done about drift.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DriftRemedy>))]
public enum DriftRemedy
{
    /// <summary>It is mended without asking.</summary>
    [JsonStringEnumMemberName("automatic")]
    Automatic,

    /// <summary>The CAB is asked.</summary>
    [JsonStringEnumMemberName("ask_cab")]
    AskCab,
}
