using System.Text.Json.Serialization;

namespace Governance.Core.Policy;

/// <summary>A policy check as its event holds it: the verdict, how it came about, and every input.</summary>
public sealed record PolicyCheckResult
{
    /// <summary>What the deployment may do.</summary>
    public required PolicyVerdict Verdict { get; init; }

    /// <summary>Why, one sentence for each cause, never empty.</summary>
    public required EquatableArray<string> Reasons { get; init; }

    /// <summary>The risk score, 0 to 100.</summary>
    public required int Score { get; init; }

    /// <summary>What the score alone asks for.</summary>
    public required RiskOutcome RiskOutcome { get; init; }

    /// <summary>Approvals needed from different people wherever the CAB decides on this deployment, 1 or 2.</summary>
    public required int Quorum { get; init; }

    /// <summary>The risk model used.</summary>
    public required DataVersion Model { get; init; }

    /// <summary>The policy set used.</summary>
    public required DataVersion PolicySet { get; init; }

    /// <summary>Every factor of the score.</summary>
    public required EquatableArray<RiskFactor> Factors { get; init; }

    /// <summary>What would bring the score down; null where it is low already.</summary>
    public WayDown? WayDown { get; init; }

    /// <summary>Every rule of the policy set.</summary>
    public required EquatableArray<RuleResult> Rules { get; init; }

    /// <summary>Which evidence is there, for which ring.</summary>
    public required Completeness Completeness { get; init; }

    /// <summary>Approved exceptions that score or rules rest on, sorted: when one of them ends, the check no longer holds.</summary>
    public EquatableArray<Guid> ExceptionIds { get; init; } = [];

    /// <summary>Every input used.</summary>
    public required PolicyInputs Inputs { get; init; }
}

/// <summary>What a policy check allows.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PolicyVerdict>))]
public enum PolicyVerdict
{
    /// <summary>May be published without a person's decision.</summary>
    [JsonStringEnumMemberName("ALLOWED")]
    Allowed,

    /// <summary>The CAB decides.</summary>
    [JsonStringEnumMemberName("CAB_REQUIRED")]
    CabRequired,

    /// <summary>Forbidden as it stands.</summary>
    [JsonStringEnumMemberName("BLOCKED")]
    Blocked,
}
