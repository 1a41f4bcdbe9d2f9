using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Evidence;

namespace Governance.Core.Policy;

/// <summary>Everything a policy check is made from, gathered by its caller.</summary>
public sealed record PolicyCheckRequest
{
    /// <summary>When the check is made, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The ring the deployment ends at; score and rules look at it.</summary>
    public required Ring TargetRing { get; init; }

    /// <summary>Who submitted the intent.</summary>
    public required Actor SubmittedBy { get; init; }

    /// <summary>The registered owners of the calling service principal, from configuration.</summary>
    public EquatableArray<PersonId> Owners { get; init; } = [];

    /// <summary>The linked pack; null where there is none, then everything it could state takes the worst value.</summary>
    public EvidenceFacts? Evidence { get; init; }

    /// <summary>Devices the submitter expects in the target ring, 0 or more; null where not stated.</summary>
    public long? DeviceCount { get; init; }

    /// <summary>How much the organisation depends on the devices.</summary>
    public Criticality Criticality { get; init; } = Criticality.Standard;

    /// <summary>How devices of the target ring reach the network.</summary>
    public Connectivity Connectivity { get; init; } = Connectivity.Online;

    /// <summary>How soon a decision is needed; decides which freeze windows concern it.</summary>
    public Urgency Urgency { get; init; } = Urgency.Standard;

    /// <summary>What our own log says about earlier rollouts of the app.</summary>
    public required AppHistory History { get; init; }

    /// <summary>Approved exceptions of kind finding and rule for this app and version; one that has ended by <see cref="At"/> is left aside.</summary>
    public EquatableArray<ApprovedException> Exceptions { get; init; } = [];
}

/// <summary>Earlier rollouts of an app, from our own event log, never from the submitter's word.</summary>
/// <param name="Completed">Deployments that completed, 0 or more.</param>
/// <param name="Failed">Deployments that failed or were rolled back, 0 or more.</param>
/// <param name="Incidents">Incidents reported.</param>
/// <param name="AsOf">When this was counted, UTC.</param>
public sealed record AppHistory(long Completed, long Failed, IncidentCounts Incidents, DateTimeOffset AsOf)
{
    /// <summary>An app that was never rolled out.</summary>
    public static AppHistory None(DateTimeOffset asOf) => new(0, 0, new(0, 0, 0, 0), asOf);
}

/// <summary>An exception that a security reviewer approved.</summary>
/// <param name="Id">Its stream's id.</param>
/// <param name="FindingIds">Finding ids or aliases that it covers, compared without case; empty for a rule's exception.</param>
/// <param name="RuleId">The rule that it lifts; null for a findings' exception.</param>
/// <param name="ExpiresAt">First instant, UTC, at which it no longer holds.</param>
public sealed record ApprovedException(Guid Id, EquatableArray<string> FindingIds, string? RuleId, DateTimeOffset ExpiresAt);
