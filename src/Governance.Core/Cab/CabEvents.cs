using System.Text.Json.Serialization;
using Governance.Core.Deployments;

namespace Governance.Core.Cab;

/// <summary>A decision was asked of the CAB.</summary>
public sealed record CabSubmissionPrepared : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "CAB_SUBMISSION_PREPARED";

    /// <summary>The revision that is decided on.</summary>
    public required int Revision { get; init; }

    /// <summary>What exactly is decided on.</summary>
    public required Digest SubjectDigest { get; init; }

    /// <summary>Approvals needed from different people, 1 or 2.</summary>
    public required int Needed { get; init; }

    /// <summary>When approvers are reminded, UTC: half time.</summary>
    public required DateTimeOffset RemindAt { get; init; }

    /// <summary>When it is escalated to the backup group, UTC.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>First instant, UTC, at which no vote counts any more.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Whether the first ring was being assigned when the approval was revoked: the deployment stays APPROVED and waits.</summary>
    public bool WhileAssigning { get; init; }

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>An approval that does not settle the request yet.</summary>
public sealed record CabVoteRecorded(Digest SubjectDigest, string Comments, EquatableArray<CabCondition> Conditions) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "CAB_VOTE_RECORDED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>The approval that settles the request.</summary>
/// <param name="SubjectDigest">What was approved.</param>
/// <param name="Comments">The last approver's words.</param>
/// <param name="VoteConditions">What the last approver ties it to.</param>
/// <param name="Conditions">What holds: the conditions of all approvers, the strictest typed value of each kind.</param>
public sealed record CabApproved(
    Digest SubjectDigest, string Comments, EquatableArray<CabCondition> VoteConditions, EquatableArray<CabCondition> Conditions) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "CAB_APPROVED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>One rejection rejects.</summary>
public sealed record CabRejected(Digest SubjectDigest, string Comments) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "CAB_REJECTED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>The deadline passed; the backup group is asked too.</summary>
public sealed record CabEscalated(int Revision) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "CAB_ESCALATED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>Twice the deadline passed; no vote counts any more.</summary>
public sealed record CabExpired(int Revision) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "CAB_EXPIRED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>An administrator broke the glass: approved at once, reviewed later.</summary>
/// <param name="SubjectDigest">What was approved.</param>
/// <param name="IncidentId">The incident that forces it, in the organisation's own notation.</param>
/// <param name="Reason">Why it cannot wait.</param>
/// <param name="ReviewDueAt">When the review must be done, UTC.</param>
public sealed record EmergencyApproved(Digest SubjectDigest, string IncidentId, string Reason, DateTimeOffset ReviewDueAt) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "EMERGENCY_APPROVED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>The CAB looked at an emergency change afterwards.</summary>
public sealed record EmergencyReviewed(ReviewOutcome Outcome, string Comments) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "EMERGENCY_REVIEWED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>What a review found.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReviewOutcome>))]
public enum ReviewOutcome
{
    /// <summary>It was right.</summary>
    [JsonStringEnumMemberName("confirmed")]
    Confirmed,

    /// <summary>It was not; a running rollout waits for an operator.</summary>
    [JsonStringEnumMemberName("objected")]
    Objected,
}

/// <summary>An approver took the approval back; a new revision begins.</summary>
public sealed record ApprovalRevoked(string Reason, int Revision) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "APPROVAL_REVOKED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}
