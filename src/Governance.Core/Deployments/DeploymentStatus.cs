using System.Text.Json.Serialization;

namespace Governance.Core.Deployments;

/// <summary>Where a deployment stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeploymentStatus>))]
public enum DeploymentStatus
{
    /// <summary>Accepted; the policy check has not finished.</summary>
    [JsonStringEnumMemberName("PENDING")]
    Pending,

    /// <summary>A policy rule forbids it as it stands.</summary>
    [JsonStringEnumMemberName("BLOCKED")]
    Blocked,

    /// <summary>A CAB decision is needed.</summary>
    [JsonStringEnumMemberName("AWAITING_CAB")]
    AwaitingCab,

    /// <summary>May be published, by policy alone, by the CAB or as an emergency.</summary>
    [JsonStringEnumMemberName("APPROVED")]
    Approved,

    /// <summary>Published to at least one ring, being watched or promoted.</summary>
    [JsonStringEnumMemberName("ACTIVE")]
    Active,

    /// <summary>The target ring passed its completion gate.</summary>
    [JsonStringEnumMemberName("COMPLETED")]
    Completed,

    /// <summary>The CAB said no.</summary>
    [JsonStringEnumMemberName("REJECTED")]
    Rejected,

    /// <summary>The CAB did not decide in time.</summary>
    [JsonStringEnumMemberName("EXPIRED")]
    Expired,

    /// <summary>Withdrawn before anything was published.</summary>
    [JsonStringEnumMemberName("CANCELLED")]
    Cancelled,

    /// <summary>Could not be published at all.</summary>
    [JsonStringEnumMemberName("FAILED")]
    Failed,

    /// <summary>Undone on the devices.</summary>
    [JsonStringEnumMemberName("ROLLED_BACK")]
    RolledBack,
}

/// <summary>What a deployment waits for; a rollout goes on when nothing is left.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WaitReason>))]
public enum WaitReason
{
    /// <summary>The named evidence pack is not stored yet.</summary>
    [JsonStringEnumMemberName("evidence")]
    Evidence,

    /// <summary>The pack names no artifact, or its bytes are not verified yet.</summary>
    [JsonStringEnumMemberName("artifact")]
    Artifact,

    /// <summary>A freeze window.</summary>
    [JsonStringEnumMemberName("freeze")]
    Freeze,

    /// <summary>A new approval, after one was revoked.</summary>
    [JsonStringEnumMemberName("approval")]
    Approval,

    /// <summary>A replacement for an exception that ended.</summary>
    [JsonStringEnumMemberName("exception")]
    Exception,

    /// <summary>A person.</summary>
    [JsonStringEnumMemberName("operator")]
    Operator,

    /// <summary>A rollback that is under way.</summary>
    [JsonStringEnumMemberName("rollback")]
    Rollback,

    /// <summary>The tenant's own second approval.</summary>
    [JsonStringEnumMemberName("tenant_approval")]
    TenantApproval,

    /// <summary>Another rollout of the app that holds the ring.</summary>
    [JsonStringEnumMemberName("earlier_rollout")]
    EarlierRollout,
}

/// <summary>How soon a decision is needed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Urgency>))]
public enum Urgency
{
    /// <summary>48 hours for the CAB.</summary>
    [JsonStringEnumMemberName("standard")]
    Standard,

    /// <summary>24 hours; a justification is required.</summary>
    [JsonStringEnumMemberName("urgent")]
    Urgent,
}

/// <summary>The waiting reasons' names on the wire.</summary>
public static class WaitReasons
{
    private static readonly string[] Names =
        ["evidence", "artifact", "freeze", "approval", "exception", "operator", "rollback", "tenant_approval", "earlier_rollout"];

    /// <summary>The name that the wire, the log and people use.</summary>
    public static string WireName(this WaitReason reason) => Names[(int)reason];
}

/// <summary>What the statuses mean for commands.</summary>
public static class DeploymentStatuses
{
    private static readonly string[] Names =
        ["PENDING", "BLOCKED", "AWAITING_CAB", "APPROVED", "ACTIVE", "COMPLETED", "REJECTED", "EXPIRED", "CANCELLED", "FAILED", "ROLLED_BACK"];

    /// <summary>The name that the wire, the log and people use.</summary>
    public static string WireName(this DeploymentStatus status) => Names[(int)status];

    /// <summary>Reads a wire name, exactly as it is written.</summary>
    public static bool TryParse(string? text, out DeploymentStatus status)
    {
        var index = Array.IndexOf(Names, text);
        status = index < 0 ? default : (DeploymentStatus)index;
        return index >= 0;
    }

    /// <summary>Whether the deployment has ended for its submitter, so that the same natural key may be tried again.</summary>
    public static bool HasEnded(this DeploymentStatus status) => status >= DeploymentStatus.Completed;

    /// <summary>Whether something is on devices because of it.</summary>
    public static bool IsOnDevices(this DeploymentStatus status) => status is DeploymentStatus.Active or DeploymentStatus.Completed;

    /// <summary>Whether nothing has been published and it can still be withdrawn.</summary>
    public static bool IsBeforePublish(this DeploymentStatus status) => status <= DeploymentStatus.Approved;
}
