using Governance.Core.Deployments;
using Governance.Core.Events;

namespace Governance.Core.Policy;

/// <summary>
/// Every input that a policy check used, small enough to stand in its event: score, rules and verdict can be
/// computed again from it alone.
/// </summary>
public sealed record PolicyInputs
{
    /// <summary>When the check was made, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The ring that score and rules looked at.</summary>
    public required Ring TargetRing { get; init; }

    /// <summary>Who submitted the intent.</summary>
    public required Actor SubmittedBy { get; init; }

    /// <summary>The registered owners of the calling service principal.</summary>
    public EquatableArray<PersonId> Owners { get; init; } = [];

    /// <summary>What was read of the pack; null where none is linked.</summary>
    public CheckedEvidence? Evidence { get; init; }

    /// <summary>Devices expected in the target ring; null where not stated.</summary>
    public long? DeviceCount { get; init; }

    /// <summary>How much the organisation depends on the devices.</summary>
    public Criticality Criticality { get; init; } = Criticality.Standard;

    /// <summary>How devices of the target ring reach the network.</summary>
    public Connectivity Connectivity { get; init; } = Connectivity.Online;

    /// <summary>How soon a decision is needed.</summary>
    public Urgency Urgency { get; init; } = Urgency.Standard;

    /// <summary>What our own log said about the app.</summary>
    public required AppHistory History { get; init; }

    /// <summary>Rules that an approved exception lifts, in the order in which they were handed in.</summary>
    public EquatableArray<LiftedRule> LiftedRules { get; init; } = [];
}

/// <summary>A rule that an approved exception lifts.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="ExceptionId">The exception.</param>
public sealed record LiftedRule(string RuleId, Guid ExceptionId);
