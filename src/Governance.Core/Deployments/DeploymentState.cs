using System.Text.Json.Serialization;
using Governance.Core.Cab;
using Governance.Core.Events;
using Governance.Core.Policy;
using Governance.Core.Remediation;
using Governance.Core.Rollout;

namespace Governance.Core.Deployments;

/// <summary>One deployment, as its events left it.</summary>
public sealed record DeploymentState
{
    /// <summary>Its correlation id.</summary>
    public required CorrelationId Id { get; init; }

    /// <summary>What was asked for.</summary>
    public required DeploymentRequest Request { get; init; }

    /// <summary>Where it stands.</summary>
    public required DeploymentStatus Status { get; init; }

    /// <summary>1, and one more for each new subject of decision.</summary>
    public int Revision { get; init; } = 1;

    /// <summary>The linked pack; null while it is awaited.</summary>
    public EvidenceLink? Evidence { get; init; }

    /// <summary>The last policy check of this revision, or of an earlier one while a new one is awaited.</summary>
    public PolicyCheckResult? Check { get; init; }

    /// <summary>The exceptions that the last check rests on.</summary>
    public EquatableArray<Reliance> Reliances { get; init; } = [];

    /// <summary>What makes it publishable; null while nothing does.</summary>
    public Approval? Approval { get; init; }

    /// <summary>The CAB's part; null where it was never asked.</summary>
    public CabRequest? Cab { get; init; }

    /// <summary>The mandatory review of an emergency approval; null where there was none.</summary>
    public EmergencyReview? Review { get; init; }

    /// <summary>Logged reasons why the rollout does not go on, in the order of their enum.</summary>
    public EquatableArray<WaitReason> Holds { get; init; } = [];

    /// <summary>The exceptions that the rollout waits a replacement for.</summary>
    public EquatableArray<Guid> EndedExceptions { get; init; } = [];

    /// <summary>Rings that have the app, in order.</summary>
    public EquatableArray<RingState> Rings { get; init; } = [];

    /// <summary>The last gate failure that was logged; null once a ring was published since.</summary>
    public GateVerdict? GateFailure { get; init; }

    /// <summary>How often the publish of the next ring has failed.</summary>
    public int PublishAttempts { get; init; }

    /// <summary>The last failure of a publish; null once it succeeded.</summary>
    public PublishFailure? PublishFailure { get; init; }

    /// <summary>The next attempt of a failed publish; null where none is planned.</summary>
    public OpenRemediation? PublishRetry { get; init; }

    /// <summary>What is being mended on devices, for drift or on request; null where nothing is.</summary>
    public OpenRemediation? Remediation { get; init; }

    /// <summary>When the plane was last brought back to what the log says, UTC: devices have their compliance time again from here; null where it never was.</summary>
    public DateTimeOffset? MendedAt { get; init; }

    /// <summary>The rollback that is under way, or that has ended the deployment; null where none is.</summary>
    public RollbackRun? Rollback { get; init; }

    /// <summary>Whether a person had all assignments removed: no drift is looked for until it is mended again.</summary>
    public bool AssignmentsRemoved { get; init; }

    /// <summary>Drift that is known and not mended, at most 20 kinds × rings.</summary>
    public EquatableArray<KnownDrift> Drift { get; init; } = [];

    /// <summary>Incidents reported.</summary>
    public IncidentCounts Incidents { get; init; } = new(0, 0, 0, 0);

    /// <summary>Why it ended, where it ended badly, or what blocks it.</summary>
    public string? Reason { get; init; }

    /// <summary>When the intent came, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the status last changed, UTC.</summary>
    public required DateTimeOffset StatusSince { get; init; }

    /// <summary>People who must not decide on it, sorted.</summary>
    [JsonIgnore]
    public EquatableArray<PersonId> Involved => InvolvedPeople.Of(this);

    /// <summary>The ring whose completion gate completes it: the target, or an earlier one where a condition says so.</summary>
    [JsonIgnore]
    public Ring LastRing
    {
        get
        {
            var last = Request.TargetRing;
            foreach (var condition in (Approval?.Conditions ?? []).AsSpan())
            {
                last = condition is { Kind: CabConditionKind.MaxRing, Ring: { } max } && max < last ? max : last;
            }

            var reached = CurrentRing ?? Request.StartRing;
            return last < reached ? reached : last;
        }
    }

    /// <summary>The ring that is published next; null where all are.</summary>
    [JsonIgnore]
    public Ring? NextRing => Rings.Count == 0 ? Request.StartRing : Rings[^1].Ring < LastRing ? Rings[^1].Ring.Next() : null;

    /// <summary>The ring published last; null before the first.</summary>
    [JsonIgnore]
    public Ring? CurrentRing => Rings.Count == 0 ? null : Rings[^1].Ring;

    /// <summary>The step whose gate is judged next; means something while APPROVED or ACTIVE.</summary>
    [JsonIgnore]
    public GateStep NextStep => (CurrentRing, NextRing) switch
    {
        (null, _) => GateStep.First(Request.StartRing),
        ({ } current, not null) => GateStep.Promotion(current),
        ({ } current, null) => GateStep.Completion(current),
    };

    /// <summary>The request that the CAB can still decide on; null where it is decided, was never asked, or no longer matters.</summary>
    [JsonIgnore]
    public CabRequest? OpenCab =>
        Cab is { IsOpen: true } cab && cab.Revision == Revision && (Status == DeploymentStatus.AwaitingCab || IsHeldFor(WaitReason.Approval)) ? cab : null;

    /// <summary>What is being mended or tried again now, the failed publish first; null where nothing is.</summary>
    [JsonIgnore]
    public OpenRemediation? RunningRemediation => PublishRetry ?? Remediation;

    /// <summary>Whether what was approved is still what stands.</summary>
    [JsonIgnore]
    public bool ApprovalStands => Approval is { } approval && approval.Revision == Revision;

    /// <summary>Whether this reason is among the holds.</summary>
    public bool IsHeldFor(WaitReason reason) => Holds.AsSpan().Contains(reason);

    /// <summary>Everything it waits for, in the order of the enum: what is logged, what follows from the state, and what the caller sees.</summary>
    /// <param name="seen">What no event says: a freeze, an earlier rollout that holds the ring, an artifact whose bytes are not verified; may be empty.</param>
    public EquatableArray<WaitReason> WaitingFor(params IEnumerable<WaitReason> seen)
    {
        var waits = new SortedSet<WaitReason>(Holds);
        if (Status == DeploymentStatus.Pending && Evidence is null)
        {
            waits.Add(WaitReason.Evidence);
        }

        if (Status == DeploymentStatus.Approved && Evidence is { Artifact: null })
        {
            waits.Add(WaitReason.Artifact);
        }

        if (Status is DeploymentStatus.Approved or DeploymentStatus.Active)
        {
            waits.UnionWith(seen);
        }

        return [.. waits];
    }
}

/// <summary>What makes a deployment publishable.</summary>
/// <param name="By">policy, cab or emergency.</param>
/// <param name="Revision">Of which revision.</param>
/// <param name="SubjectDigest">Of what exactly.</param>
/// <param name="Conditions">What it is tied to.</param>
/// <param name="At">When, UTC.</param>
public sealed record Approval(ApprovalSource By, int Revision, Digest SubjectDigest, EquatableArray<CabCondition> Conditions, DateTimeOffset At);

/// <summary>Who approved.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ApprovalSource>))]
public enum ApprovalSource
{
    /// <summary>The policy alone.</summary>
    [JsonStringEnumMemberName("policy")]
    Policy,

    /// <summary>The CAB.</summary>
    [JsonStringEnumMemberName("cab")]
    Cab,

    /// <summary>An administrator, in an emergency.</summary>
    [JsonStringEnumMemberName("emergency")]
    Emergency,
}

/// <summary>A ring that has the app.</summary>
/// <param name="Ring">Which ring.</param>
/// <param name="PublishedAt">Since when, UTC; its periods count from here.</param>
/// <param name="Publication">What the plane made.</param>
/// <param name="Gate">The verdict that let it in.</param>
/// <param name="Revision">The revision it was published under.</param>
/// <param name="SupersededBy">The deployment that took the ring over; null while it is ours.</param>
/// <param name="CompletedAt">When its completion gate passed, UTC; only the last ring has one.</param>
/// <param name="CompletionGate">The verdict that completed it; only the last ring has one.</param>
public sealed record RingState(
    Ring Ring,
    DateTimeOffset PublishedAt,
    Publication Publication,
    GateVerdict? Gate,
    int Revision,
    CorrelationId? SupersededBy = null,
    DateTimeOffset? CompletedAt = null,
    GateVerdict? CompletionGate = null);

/// <summary>The last failure of a publish.</summary>
public sealed record PublishFailure(Ring Ring, ErrorClass ErrorClass, string Code, string Message, DateTimeOffset At);

/// <summary>A rollback.</summary>
/// <param name="StartedAt">Since when, UTC; devices' time to follow counts from here.</param>
/// <param name="Cause">requested or breach.</param>
public sealed record RollbackRun(DateTimeOffset StartedAt, string Cause);

/// <summary>What is being mended or tried again.</summary>
public sealed record OpenRemediation(Guid Id, RemediationCause Cause, RemediationAction Action, int Attempt, DateTimeOffset DueAt)
{
    /// <summary>Why, in the words of whoever asked or of the plane; null where an earlier version of this program logged it.</summary>
    public string? Reason { get; init; }
}

/// <summary>Drift that is known and not mended.</summary>
public sealed record KnownDrift(string Kind, Ring? Ring, string Difference)
{
    /// <summary>When it was logged, UTC; null where an earlier version of this program logged it.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Whether that is the same drift, whatever the figures.</summary>
    public bool IsAbout(DriftDetected drift) => Kind == drift.Kind && Ring == drift.Ring;
}
