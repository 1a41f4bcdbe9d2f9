using System.Text.Json.Serialization;

namespace Governance.Core.Rollout;

/// <summary>What the devices of one ring have reported. Counts are devices (for per-user apps: device and user), each 0 or more.</summary>
/// <param name="Targeted">Those the ring's groups reach: always the sum of the five others.</param>
/// <param name="Succeeded">Installed; for an uninstall, no longer installed.</param>
/// <param name="Failed">Tried and failed.</param>
/// <param name="Pending">Reported, neither succeeded nor failed yet.</param>
/// <param name="NotApplicable">Requirements are not met; outside every rate.</param>
/// <param name="Unreported">Targeted and never heard of.</param>
/// <param name="LastSyncedAt">When this was read from the plane, UTC.</param>
public sealed record RingDeviceResults(
    long Targeted, long Succeeded, long Failed, long Pending, long NotApplicable, long Unreported, DateTimeOffset LastSyncedAt);

/// <summary>What the plane holds for one deployment.</summary>
public sealed record PlaneActual
{
    /// <summary>Whether the app exists.</summary>
    public required bool AppPresent { get; init; }

    /// <summary>Its id; null where it is gone.</summary>
    public string? ExternalId { get; init; }

    /// <summary>Whether its content is published, so that devices can get it.</summary>
    public bool Published { get; init; }

    /// <summary>The content version that devices get; null for none.</summary>
    public string? ContentVersion { get; init; }

    /// <summary>The app version that we wrote into it; null where somebody removed it.</summary>
    public string? Version { get; init; }

    /// <summary>Digest of the published package, as we wrote it into the app; null where somebody removed it.</summary>
    public Digest? ArtifactSha256 { get; init; }

    /// <summary>Every assignment, ours or anybody's, sorted by target, group and intent.</summary>
    public EquatableArray<PlaneAssignment> Assignments { get; init; } = [];

    /// <summary>The groups that must install it, as a set that can be compared with what is expected.</summary>
    [JsonIgnore]
    public AssignmentSet Required => AssignmentSet.Of(Groups(AssignmentTarget.Group), Groups(AssignmentTarget.ExcludedGroup));

    private IEnumerable<Guid> Groups(AssignmentTarget target) =>
        Assignments.Where(a => a.Intent == AssignmentIntent.Required && a.Target == target).Select(a => a.GroupId).OfType<Guid>();
}

/// <summary>One assignment of an app.</summary>
/// <param name="Target">Whom it names.</param>
/// <param name="GroupId">The group; null for the targets that are no group.</param>
/// <param name="Intent">What is to happen.</param>
public sealed record PlaneAssignment(AssignmentTarget Target, Guid? GroupId, AssignmentIntent Intent);

/// <summary>Whom an assignment names.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AssignmentTarget>))]
public enum AssignmentTarget
{
    /// <summary>Members of a group.</summary>
    [JsonStringEnumMemberName("group")]
    Group,

    /// <summary>Members of a group are left out.</summary>
    [JsonStringEnumMemberName("excluded_group")]
    ExcludedGroup,

    /// <summary>Every device of the tenant.</summary>
    [JsonStringEnumMemberName("all_devices")]
    AllDevices,

    /// <summary>Every licensed user of the tenant.</summary>
    [JsonStringEnumMemberName("all_users")]
    AllUsers,

    /// <summary>Something this version does not know.</summary>
    [JsonStringEnumMemberName("other")]
    Other,
}

/// <summary>What an assignment makes happen.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AssignmentIntent>))]
public enum AssignmentIntent
{
    /// <summary>It is installed.</summary>
    [JsonStringEnumMemberName("required")]
    Required,

    /// <summary>People may ask for it.</summary>
    [JsonStringEnumMemberName("available")]
    Available,

    /// <summary>It is removed.</summary>
    [JsonStringEnumMemberName("uninstall")]
    Uninstall,

    /// <summary>Something this version does not know.</summary>
    [JsonStringEnumMemberName("other")]
    Other,
}

/// <summary>Whether a plane can be worked with.</summary>
/// <param name="Status">The verdict.</param>
/// <param name="Circuit">What the circuit breaker does with calls.</param>
/// <param name="Detail">A sentence for people.</param>
/// <param name="CheckedAt">When it was asked, UTC.</param>
/// <param name="Failure">What the plane said, where it was not well.</param>
public sealed record PlaneHealth(PlaneStatus Status, CircuitState Circuit, string Detail, DateTimeOffset CheckedAt, PlaneFailure? Failure = null);

/// <summary>Whether a plane answers.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PlaneStatus>))]
public enum PlaneStatus
{
    /// <summary>It answers.</summary>
    [JsonStringEnumMemberName("healthy")]
    Healthy,

    /// <summary>It answers in part, or slowly: calls are held back.</summary>
    [JsonStringEnumMemberName("degraded")]
    Degraded,

    /// <summary>It does not answer, or refuses us.</summary>
    [JsonStringEnumMemberName("unavailable")]
    Unavailable,
}

/// <summary>What a circuit breaker does with calls.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CircuitState>))]
public enum CircuitState
{
    /// <summary>Calls pass.</summary>
    [JsonStringEnumMemberName("closed")]
    Closed,

    /// <summary>One call passes, to see.</summary>
    [JsonStringEnumMemberName("half_open")]
    HalfOpen,

    /// <summary>Calls are refused without asking the plane.</summary>
    [JsonStringEnumMemberName("open")]
    Open,
}
