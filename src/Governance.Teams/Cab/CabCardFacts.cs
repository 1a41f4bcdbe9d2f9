using System.Globalization;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Policy;

namespace Governance.Teams.Cab;

/// <summary>Everything a card shows of one revision of one CAB request; texts are as their authors wrote them.</summary>
public sealed record CabCardFacts
{
    /// <summary>The deployment.</summary>
    public required CorrelationId Id { get; init; }

    /// <summary>The revision that the card is about.</summary>
    public required int Revision { get; init; }

    /// <summary>How it stands.</summary>
    public required CardStanding Standing { get; init; }

    /// <summary>The app.</summary>
    public required string AppName { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>The first and the last ring.</summary>
    public required (Ring Start, Ring Target) Rings { get; init; }

    /// <summary>Whom it reaches, a text for each ring.</summary>
    public required EquatableArray<string> Scope { get; init; }

    /// <summary>How soon it must be decided.</summary>
    public required Urgency Urgency { get; init; }

    /// <summary>Why it is wanted; null where not said.</summary>
    public string? Justification { get; init; }

    /// <summary>Who asks, with a name where it is known.</summary>
    public required string AskedBy { get; init; }

    /// <summary>The score, 0 to 100.</summary>
    public required int Score { get; init; }

    /// <summary>Why the CAB is asked.</summary>
    public required EquatableArray<string> Reasons { get; init; }

    /// <summary>The factors that weigh most, heaviest first.</summary>
    public required EquatableArray<RiskFactor> TopFactors { get; init; }

    /// <summary>What is different from what was approved last; null where nothing of the app ever was, or it is not at hand.</summary>
    public VersionDifference? Difference { get; init; }

    /// <summary>Rules that failed, with their reasons.</summary>
    public required EquatableArray<string> FailedRules { get; init; }

    /// <summary>What is missing of the evidence that the target ring needs.</summary>
    public required EquatableArray<string> Missing { get; init; }

    /// <summary>What exactly is decided on.</summary>
    public required Digest SubjectDigest { get; init; }

    /// <summary>When it is escalated, UTC.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>When no vote counts any more, UTC.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Whether the deadline has passed.</summary>
    public required bool Escalated { get; init; }

    /// <summary>Approvals so far, a text for each.</summary>
    public required EquatableArray<string> Approvals { get; init; }

    /// <summary>Approvals needed.</summary>
    public required int Needed { get; init; }

    /// <summary>Where the deployment stands now.</summary>
    public required DeploymentStatus Status { get; init; }

    /// <summary>Who settled it, with a name where it is known; null while open or where nobody did.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>When it was settled, UTC; null while open.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>The words of whoever settled it.</summary>
    public string? Comments { get; init; }

    /// <summary>What the approval is tied to.</summary>
    public EquatableArray<string> Conditions { get; init; } = [];

    /// <summary>Reads them off a deployment.</summary>
    /// <param name="state">As it stands; the CAB was asked about the revision that stands.</param>
    /// <param name="difference">What is different from what was approved last; null where not known.</param>
    /// <param name="nameOf">A person's name; null where not known.</param>
    /// <returns>Null where nothing is asked about the revision that stands, or another one stands than the CAB was asked about: a card of that is superseded.</returns>
    public static CabCardFacts? Of(DeploymentState state, VersionDifference? difference, Func<PersonId, string?> nameOf)
    {
        var request = state.Request;
        return state is not { Cab: { } cab, Check: { } check } || (cab.IsOpen && cab.Revision != state.Revision) ? null : new()
        {
            Id = state.Id,
            Revision = cab.Revision,
            Standing = StandingOf(state, cab),
            AppName = request.AppName,
            Version = request.Version,
            Rings = (request.StartRing, request.TargetRing),
            Scope = [.. request.Scope.Rings.Select(Reach)],
            Urgency = request.Urgency,
            Justification = request.Justification,
            AskedBy = request.Submitter.Id is { } submitter ? Person(submitter, nameOf) : request.Submitter.ToString(),
            Score = check.Score,
            Reasons = check.Reasons,
            TopFactors = [.. check.Factors.OrderByDescending(factor => factor.Contribution).ThenBy(factor => factor.Name, StringComparer.Ordinal).Take(5)],
            Difference = difference,
            FailedRules = [.. check.Rules.Where(rule => rule.Fails).Select(rule => $"{rule.Title} ({rule.Effect}): {rule.Reason}")],
            Missing = [.. check.Completeness.MissingFor(request.TargetRing).Select(item => $"{item.Item} (from {item.NeededFor.WireName()}): {item.Reason}")],
            SubjectDigest = cab.SubjectDigest,
            DueAt = cab.DueAt,
            ExpiresAt = cab.ExpiresAt,
            Escalated = cab.Escalated,
            Approvals = [.. cab.Votes.Where(vote => vote.Ballot == Ballot.Approve).Select(vote => $"{Person(vote.Voter, nameOf)}, {Utc(vote.At)}")],
            Needed = cab.Needed,
            Status = state.Status,
            DecidedBy = cab.Approver is { } approver ? Person(approver, nameOf) : null,
            DecidedAt = cab.DecidedAt,
            Comments = cab.Comments,
            Conditions = [.. cab.Conditions.Select(Condition)],
        };
    }

    /// <summary>An instant as cards show it.</summary>
    internal static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static CardStanding StandingOf(DeploymentState state, CabRequest cab) => cab.Decision switch
    {
        CabDecision.Approved when state.Approval is { By: ApprovalSource.Emergency } emergency && emergency.Revision == cab.Revision => CardStanding.ApprovedInEmergency,
        CabDecision.Approved => CardStanding.Approved,
        CabDecision.Conditional => CardStanding.ApprovedWithConditions,
        CabDecision.Rejected => CardStanding.Rejected,
        CabDecision.Expired => CardStanding.Expired,
        _ => state.OpenCab is null ? CardStanding.Withdrawn : CardStanding.Open,
    };

    private static string Reach(RingScope scope) => string.Create(
        CultureInfo.InvariantCulture,
        $"{scope.Ring.WireName()}: {scope.GroupIds.Count} groups{(scope.ExcludedGroupIds.Count > 0 ? $", {scope.ExcludedGroupIds.Count} excluded" : string.Empty)}{(scope.DeviceCount is { } devices ? $", {devices:N0} devices" : string.Empty)}");

    private static string Person(PersonId id, Func<PersonId, string?> nameOf) => nameOf(id) is { Length: > 0 } name ? $"{name} ({id.ToString()[..8]})" : id.ToString();

    private static string Condition(CabCondition condition) => condition.Kind switch
    {
        CabConditionKind.MaxRing => $"only up to {condition.Ring?.WireName()}",
        CabConditionKind.MinSuccessRate => string.Create(CultureInfo.InvariantCulture, $"success rate of at least {condition.BasisPoints / 100m:0.##} %"),
        CabConditionKind.ObserveHours => string.Create(CultureInfo.InvariantCulture, $"every ring is observed for {condition.Hours} h"),
        CabConditionKind.NotBefore => $"not before {Utc(condition.At!.Value)}",
        CabConditionKind.NotAfter => $"not after {Utc(condition.At!.Value)}",
        _ => condition.Text ?? string.Empty,
    };
}

/// <summary>How the request behind a card stands.</summary>
public enum CardStanding
{
    /// <summary>Votes count.</summary>
    Open,

    /// <summary>Approved.</summary>
    Approved,

    /// <summary>Approved with conditions.</summary>
    ApprovedWithConditions,

    /// <summary>An administrator approved it in an emergency.</summary>
    ApprovedInEmergency,

    /// <summary>Rejected.</summary>
    Rejected,

    /// <summary>Not decided in time.</summary>
    Expired,

    /// <summary>Nothing is asked any more.</summary>
    Withdrawn,
}
