using System.Text.Json.Serialization;
using Governance.Core.Deployments;
using Governance.Core.Events;

namespace Governance.Core.Cab;

/// <summary>One exception, as its events left it.</summary>
public sealed record ExceptionState
{
    /// <summary>Its id, and that of its stream.</summary>
    public required Guid Id { get; init; }

    /// <summary>What was asked for.</summary>
    public required ExceptionRequest Request { get; init; }

    /// <summary>Who asked; the system for a gate override that a rollout needs.</summary>
    public required Actor Requester { get; init; }

    /// <summary>Where it stands.</summary>
    public required ExceptionStatus Status { get; init; }

    /// <summary>For a gate override, the deployment's revision that it is for; else null.</summary>
    public int? Revision { get; init; }

    /// <summary>Approvals needed from different people, 1 or 2.</summary>
    public required int Needed { get; init; }

    /// <summary>Votes; a person appears at most once, in the order of their last vote.</summary>
    public EquatableArray<ExceptionVote> Votes { get; init; } = [];

    /// <summary>When it was asked for, UTC.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>When it was approved or denied, UTC; null while it is neither.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Whose vote settled it; null while nobody's has.</summary>
    public PersonId? DecidedBy { get; init; }

    /// <summary>The words of whoever settled it.</summary>
    public string? Comments { get; init; }

    /// <summary>When it was found to be over, UTC; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether votes still count.</summary>
    [JsonIgnore]
    public bool IsOpen => Status == ExceptionStatus.Pending;

    /// <summary>Whether somebody asked for it, in person or through an application they own.</summary>
    public bool IsRequester(PersonId person) => Requester.Id == person || Request.Owners.Contains(person);

    /// <summary>Whether it is still about something: for a gate override the next step of the deployment as that stands, for drift that it is there and nobody mends it.</summary>
    public bool Concerns(DeploymentState deployment) => Request.Kind == ExceptionKind.DriftRemediation
        ? deployment.Id == Request.DeploymentId && deployment is { Drift.Count: > 0, RunningRemediation: null } && deployment.Status.IsOnDevices()
        : IsForNextStep(deployment);

    private bool IsForNextStep(DeploymentState deployment) =>
        deployment.Id == Request.DeploymentId
        && deployment.Revision == Revision
        && deployment.Status is DeploymentStatus.Approved or DeploymentStatus.Active
        && deployment.NextStep.From == Request.FromRing
        && deployment.NextStep.To == Request.ToRing;
}

/// <summary>One person's vote on an exception.</summary>
/// <param name="Voter">Who.</param>
/// <param name="Ballot">What they said.</param>
/// <param name="Comments">Their words.</param>
/// <param name="At">When it was recorded, UTC.</param>
public sealed record ExceptionVote(PersonId Voter, Ballot Ballot, string Comments, DateTimeOffset At);

/// <summary>Where an exception stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ExceptionStatus>))]
public enum ExceptionStatus
{
    /// <summary>Asked for.</summary>
    [JsonStringEnumMemberName("PENDING")]
    Pending,

    /// <summary>It holds until it expires.</summary>
    [JsonStringEnumMemberName("APPROVED")]
    Approved,

    /// <summary>It never held.</summary>
    [JsonStringEnumMemberName("DENIED")]
    Denied,

    /// <summary>Its time is over, whether it held or was never decided.</summary>
    [JsonStringEnumMemberName("EXPIRED")]
    Expired,
}

/// <summary>The statuses' names on the wire.</summary>
public static class ExceptionStatuses
{
    private static readonly string[] Names = ["PENDING", "APPROVED", "DENIED", "EXPIRED"];

    /// <summary>The name that the wire, the log and people use.</summary>
    public static string WireName(this ExceptionStatus status) => Names[(int)status];
}
