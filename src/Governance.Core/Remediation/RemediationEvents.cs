using System.Text.Json.Serialization;
using Governance.Core.Deployments;
using Governance.Core.Rollout;

namespace Governance.Core.Remediation;

/// <summary>What devices or the plane show is not what the log says.</summary>
/// <param name="Kind">missing_assignment, version_mismatch, scope_mismatch, compliance_drift or app_gone.</param>
/// <param name="Severity">high or medium.</param>
/// <param name="Ring">Which ring; null where the whole app is concerned.</param>
/// <param name="Difference">What differs, in one sentence.</param>
public sealed record DriftDetected(string Kind, string Severity, Ring? Ring, string Difference) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "DRIFT_DETECTED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>Something is being mended.</summary>
/// <param name="RemediationId">Derived from stream and sequence, or the caller's.</param>
/// <param name="Cause">publish_failed, drift or requested.</param>
/// <param name="Action">What is done.</param>
/// <param name="Attempt">1, 2, 3….</param>
/// <param name="DueAt">When it is tried, UTC.</param>
/// <param name="Reason">Why.</param>
public sealed record RemediationStarted(
    Guid RemediationId, RemediationCause Cause, RemediationAction Action, int Attempt, DateTimeOffset DueAt, string Reason) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "REMEDIATION_STARTED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>It is mended.</summary>
public sealed record RemediationSucceeded(Guid RemediationId, string Result) : DeploymentEvent
{
    /// <summary>The app as it is in the plane now, where it had to be made anew; null where nothing changes.</summary>
    public Publication? Publication { get; init; }

    /// <summary>The wire name.</summary>
    public const string Name = "REMEDIATION_SUCCEEDED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>An attempt did not mend it.</summary>
public sealed record RemediationFailed(Guid RemediationId, int Attempt, string Reason) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "REMEDIATION_FAILED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>A person has to look.</summary>
/// <param name="RemediationId">Null where none had been started.</param>
/// <param name="Reason">Why.</param>
public sealed record RemediationEscalated(Guid? RemediationId, string Reason) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "REMEDIATION_ESCALATED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>The app is being taken back.</summary>
/// <param name="Cause">requested or breach.</param>
/// <param name="Reason">A person's words or the gate's arithmetic.</param>
/// <param name="Plan">What will be done, step by step.</param>
public sealed record RollbackStarted(string Cause, string Reason, EquatableArray<string> Plan) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "ROLLBACK_STARTED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>The app is off the devices, verified.</summary>
/// <param name="Done">What was done, step by step.</param>
public sealed record DeploymentRolledBack(EquatableArray<string> Done) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "DEPLOYMENT_ROLLED_BACK";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>It could not be taken back.</summary>
public sealed record RollbackFailed(string Reason) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "ROLLBACK_FAILED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>Why something is mended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RemediationCause>))]
public enum RemediationCause
{
    /// <summary>A publish failed.</summary>
    [JsonStringEnumMemberName("publish_failed")]
    PublishFailed,

    /// <summary>A sweep found drift.</summary>
    [JsonStringEnumMemberName("drift")]
    Drift,

    /// <summary>A person asked.</summary>
    [JsonStringEnumMemberName("requested")]
    Requested,
}

/// <summary>How something is mended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RemediationAction>))]
public enum RemediationAction
{
    /// <summary>Publish again what is missing.</summary>
    [JsonStringEnumMemberName("REINSTALL")]
    Reinstall,

    /// <summary>Bring the plane back to what the log says.</summary>
    [JsonStringEnumMemberName("RESYNC")]
    Resync,

    /// <summary>Take all assignments away.</summary>
    [JsonStringEnumMemberName("REMOVE")]
    Remove,

    /// <summary>Roll the deployment back.</summary>
    [JsonStringEnumMemberName("ROLLBACK")]
    Rollback,
}
