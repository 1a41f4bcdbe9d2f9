using System.Text.Json.Serialization;

namespace Governance.Core.Cab;

/// <summary>What the CAB is asked, and what it has said so far, for one revision of one deployment.</summary>
public sealed record CabRequest
{
    /// <summary>The revision that is decided on.</summary>
    public required int Revision { get; init; }

    /// <summary>What approvers are shown; a vote on anything else does not count.</summary>
    public required Digest SubjectDigest { get; init; }

    /// <summary>Approvals needed from different people, 1 or 2.</summary>
    public required int Needed { get; init; }

    /// <summary>When it was asked, UTC.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>Half time, UTC.</summary>
    public required DateTimeOffset RemindAt { get; init; }

    /// <summary>When it is escalated, UTC.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>First instant, UTC, at which no vote counts any more.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Whether the deadline passed and the backup group is asked.</summary>
    public bool Escalated { get; init; }

    /// <summary>The decision so far.</summary>
    public CabDecision Decision { get; init; }

    /// <summary>Votes; a person appears at most once, in the order of their last vote.</summary>
    public EquatableArray<CabVote> Votes { get; init; } = [];

    /// <summary>What holds since approval: united over all approvers.</summary>
    public EquatableArray<CabCondition> Conditions { get; init; } = [];

    /// <summary>When it was decided, UTC; null while open.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Whose vote settled it; null while open or where it expired.</summary>
    public PersonId? Approver { get; init; }

    /// <summary>The words of whoever settled it.</summary>
    public string? Comments { get; init; }

    /// <summary>Whether votes still count.</summary>
    [JsonIgnore]
    public bool IsOpen => Decision == CabDecision.Pending;
}

/// <summary>One person's vote.</summary>
/// <param name="Voter">Who.</param>
/// <param name="Ballot">What they said.</param>
/// <param name="Comments">Their words.</param>
/// <param name="Conditions">What they tie an approval to.</param>
/// <param name="At">When it was recorded, UTC.</param>
public sealed record CabVote(PersonId Voter, Ballot Ballot, string Comments, EquatableArray<CabCondition> Conditions, DateTimeOffset At);

/// <summary>What a vote says.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Ballot>))]
public enum Ballot
{
    /// <summary>Yes.</summary>
    [JsonStringEnumMemberName("APPROVE")]
    Approve,

    /// <summary>No.</summary>
    [JsonStringEnumMemberName("REJECT")]
    Reject,
}

/// <summary>What the CAB decided.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CabDecision>))]
public enum CabDecision
{
    /// <summary>Nothing yet.</summary>
    [JsonStringEnumMemberName("PENDING")]
    Pending,

    /// <summary>Yes.</summary>
    [JsonStringEnumMemberName("APPROVED")]
    Approved,

    /// <summary>Yes, with conditions.</summary>
    [JsonStringEnumMemberName("CONDITIONAL")]
    Conditional,

    /// <summary>No.</summary>
    [JsonStringEnumMemberName("REJECTED")]
    Rejected,

    /// <summary>Not decided in time.</summary>
    [JsonStringEnumMemberName("EXPIRED")]
    Expired,
}

/// <summary>An emergency approval and its mandatory review.</summary>
/// <param name="ApprovedBy">Who broke the glass; does not review.</param>
/// <param name="IncidentId">The incident named.</param>
/// <param name="Reason">Why it could not wait.</param>
/// <param name="DueAt">When the review must be done, UTC.</param>
/// <param name="Outcome">Null while open.</param>
/// <param name="Reviewer">Who reviewed it.</param>
/// <param name="ReviewedAt">When, UTC.</param>
/// <param name="Revision">The revision that was approved so.</param>
public sealed record EmergencyReview(
    PersonId ApprovedBy,
    string IncidentId,
    string Reason,
    DateTimeOffset DueAt,
    ReviewOutcome? Outcome = null,
    PersonId? Reviewer = null,
    DateTimeOffset? ReviewedAt = null,
    int Revision = 1);
