using Governance.Core.Events;
using Governance.Core.Evidence;

namespace Governance.Core.Deployments;

/// <summary>What lists and other views show of a deployment, as it stands after one change. Follow-up work carries it, so that views need no read.</summary>
public sealed record DeploymentSummary
{
    /// <summary>Which deployment.</summary>
    public required CorrelationId CorrelationId { get; init; }

    /// <summary>The sequence of the change; a view that has a later one ignores this.</summary>
    public required long Sequence { get; init; }

    /// <summary>The app.</summary>
    public required string AppName { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>First ring.</summary>
    public required Ring StartRing { get; init; }

    /// <summary>Last ring.</summary>
    public required Ring TargetRing { get; init; }

    /// <summary>The ring published last; null before the first.</summary>
    public Ring? CurrentRing { get; init; }

    /// <summary>Where it stands.</summary>
    public required DeploymentStatus Status { get; init; }

    /// <summary>Whether newer deployments took every ring that it has: no sweep has to look at it any more.</summary>
    public bool Superseded { get; init; }

    /// <summary>Where it stood before; null for a new one.</summary>
    public DeploymentStatus? StatusBefore { get; init; }

    /// <summary>Logged reasons why it does not go on.</summary>
    public EquatableArray<WaitReason> Holds { get; init; } = [];

    /// <summary>The plane.</summary>
    public required string Connector { get; init; }

    /// <summary>Who submitted.</summary>
    public required PersonId SubmittedBy { get; init; }

    /// <summary>The pack it rests on or waits for.</summary>
    public required EvidencePackId EvidencePackId { get; init; }

    /// <summary>Whether that pack is still awaited.</summary>
    public bool AwaitsEvidence { get; init; }

    /// <summary>The score; null until checked.</summary>
    public int? RiskScore { get; init; }

    /// <summary>How soon the CAB must decide.</summary>
    public Urgency Urgency { get; init; }

    /// <summary>How often drift is looked for.</summary>
    public Criticality Criticality { get; init; }

    /// <summary>The open CAB request; null where none is open.</summary>
    public OpenCabRequest? Cab { get; init; }

    /// <summary>The CAB request that was open before this change; null where none was.</summary>
    public OpenCabRequest? CabBefore { get; init; }

    /// <summary>When an emergency review is due, UTC; null where none is open.</summary>
    public DateTimeOffset? ReviewDueAt { get; init; }

    /// <summary>What is being mended on devices; null where nothing is.</summary>
    public Guid? RemediationId { get; init; }

    /// <summary>Incidents reported so far.</summary>
    public IncidentCounts Incidents { get; init; } = new(0, 0, 0, 0);

    /// <summary>The exceptions that its check rests on.</summary>
    public EquatableArray<Guid> ExceptionIds { get; init; } = [];

    /// <summary>The types of the change's events, in order; the last one has <see cref="Sequence"/>.</summary>
    public EquatableArray<string> EventTypes { get; init; } = [];

    /// <summary>Who made the change.</summary>
    public required Actor Actor { get; init; }

    /// <summary>When the intent came, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When this change was made, UTC.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Of a deployment as it stands.</summary>
    public static DeploymentSummary Of(DeploymentState? before, DeploymentState after, long sequence, DateTimeOffset at, Actor actor, EquatableArray<string> eventTypes) => new()
    {
        CorrelationId = after.Id,
        Sequence = sequence,
        AppName = after.Request.AppName,
        Version = after.Request.Version,
        StartRing = after.Request.StartRing,
        TargetRing = after.Request.TargetRing,
        CurrentRing = after.CurrentRing,
        Status = after.Status,
        Superseded = after.Rings.Count > 0 && after.Rings.All(ring => ring.SupersededBy is not null),
        StatusBefore = before?.Status,
        Holds = after.Holds,
        Connector = after.Request.Connector,
        SubmittedBy = after.Request.Submitter.Id!.Value,
        EvidencePackId = after.Evidence?.PackId ?? after.Request.EvidencePackId,
        AwaitsEvidence = after.Evidence is null,
        RiskScore = after.Check?.Score,
        Urgency = after.Request.Urgency,
        Criticality = after.Request.Scope.Criticality,
        Cab = OpenCabRequest.Of(after),
        CabBefore = before is null ? null : OpenCabRequest.Of(before),
        ReviewDueAt = after.Review is { Outcome: null } review ? review.DueAt : null,
        RemediationId = after.Remediation?.Id,
        Incidents = after.Incidents,
        ExceptionIds = [.. after.Reliances.Select(reliance => reliance.ExceptionId)],
        EventTypes = eventTypes,
        Actor = actor,
        CreatedAt = after.CreatedAt,
        UpdatedAt = at,
    };
}

/// <summary>An open CAB request, as the pending list shows it.</summary>
/// <param name="Revision">The revision that is decided on.</param>
/// <param name="SubjectDigest">What exactly is decided on.</param>
/// <param name="Needed">Approvals needed.</param>
/// <param name="Votes">Approvals so far.</param>
/// <param name="RequestedAt">When it was asked, UTC.</param>
/// <param name="DueAt">When it is escalated, UTC.</param>
/// <param name="ExpiresAt">When no vote counts any more, UTC.</param>
/// <param name="Escalated">Whether the deadline has passed.</param>
public sealed record OpenCabRequest(
    int Revision, Digest SubjectDigest, int Needed, int Votes, DateTimeOffset RequestedAt, DateTimeOffset DueAt, DateTimeOffset ExpiresAt, bool Escalated)
{
    internal static OpenCabRequest? Of(DeploymentState state) => state.OpenCab is { } cab
        ? new(cab.Revision, cab.SubjectDigest, cab.Needed, cab.Votes.Count(vote => !state.Involved.Contains(vote.Voter)), cab.RequestedAt, cab.DueAt, cab.ExpiresAt, cab.Escalated)
        : null;
}
