using System.Text.Json.Serialization;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Policy;

namespace Governance.Core.Cab;

/// <summary>What lists show of an exception and what checks and gates need of it, as it stands after one change.</summary>
public sealed record ExceptionSummary
{
    /// <summary>Which exception.</summary>
    public required Guid Id { get; init; }

    /// <summary>The sequence of the change; a view that has a later one ignores this.</summary>
    public required long Sequence { get; init; }

    /// <summary>What it lifts.</summary>
    public required ExceptionKind Kind { get; init; }

    /// <summary>Where it stands.</summary>
    public required ExceptionStatus Status { get; init; }

    /// <summary>The app.</summary>
    public required string AppName { get; init; }

    /// <summary>The only version; null for every version.</summary>
    public string? Version { get; init; }

    /// <summary>The only deployment; null for every deployment of the app.</summary>
    public CorrelationId? DeploymentId { get; init; }

    /// <summary>For a gate override, the deployment's revision.</summary>
    public int? Revision { get; init; }

    /// <summary>The rule that it lifts.</summary>
    public string? RuleId { get; init; }

    /// <summary>The findings that it covers.</summary>
    public EquatableArray<string> FindingIds { get; init; } = [];

    /// <summary>The ring whose gate it lifts.</summary>
    public Ring? FromRing { get; init; }

    /// <summary>The ring that is entered; null for a completion.</summary>
    public Ring? ToRing { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>What is done instead.</summary>
    public EquatableArray<string> CompensatingControls { get; init; } = [];

    /// <summary>Who asked.</summary>
    public required Actor Requester { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>First instant, UTC, at which it no longer holds.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Approvals needed.</summary>
    public required int Needed { get; init; }

    /// <summary>Approvals so far.</summary>
    public required int Votes { get; init; }

    /// <summary>The exception it is to replace.</summary>
    public Guid? Replaces { get; init; }

    /// <summary>When this change was made, UTC.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Of an exception as it stands.</summary>
    public static ExceptionSummary Of(ExceptionState state, long sequence, DateTimeOffset at) => new()
    {
        Id = state.Id,
        Sequence = sequence,
        Kind = state.Request.Kind,
        Status = state.Status,
        AppName = state.Request.AppName,
        Version = state.Request.Version,
        DeploymentId = state.Request.DeploymentId,
        Revision = state.Revision,
        RuleId = state.Request.RuleId,
        FindingIds = state.Request.FindingIds,
        FromRing = state.Request.FromRing,
        ToRing = state.Request.ToRing,
        Reason = state.Request.Reason,
        CompensatingControls = state.Request.CompensatingControls,
        Requester = state.Requester,
        RequestedAt = state.RequestedAt,
        ExpiresAt = state.Request.ExpiresAt,
        Needed = state.Needed,
        Votes = state.Votes.Count(vote => vote.Ballot == Ballot.Approve),
        Replaces = state.Request.Replaces,
        UpdatedAt = at,
    };

    /// <summary>Whether it is about findings or a rule of this deployment, whatever its status.</summary>
    public bool IsAbout(DeploymentState deployment) =>
        Kind is ExceptionKind.Finding or ExceptionKind.Rule
        && AppName == deployment.Request.AppName
        && (Version is null || Version == deployment.Request.Version)
        && (DeploymentId is null || DeploymentId == deployment.Id);

    /// <summary>Whether it is approved and its time is not over.</summary>
    public bool HoldsAt(DateTimeOffset at) => Status == ExceptionStatus.Approved && at < ExpiresAt;

    /// <summary>What a policy check needs of it.</summary>
    [JsonIgnore]
    public ApprovedException ForCheck => new(Id, FindingIds, RuleId, ExpiresAt);
}
