using System.Text.Json.Serialization;

namespace Governance.Core.Rollout;

/// <summary>A gate's judgement with its arithmetic, as events hold it.</summary>
public sealed record GateVerdict
{
    /// <summary>What the gate stands in front of.</summary>
    public required GateStep Step { get; init; }

    /// <summary>The judgement itself; an override never changes it.</summary>
    public required GateResult Verdict { get; init; }

    /// <summary>Whether the step may be taken: PASS, or an approved override that lifts everything in the way.</summary>
    public required bool Promotes { get; init; }

    /// <summary>The judgement in a sentence or more, with the figures.</summary>
    public required string Reason { get; init; }

    /// <summary>Every condition looked at, in the order in which they are judged.</summary>
    public required EquatableArray<GateCheck> Checks { get; init; }

    /// <summary>What is missing for PASS, one sentence each; empty for PASS.</summary>
    public EquatableArray<string> Missing { get; init; } = [];

    /// <summary>The figures; null where nothing was measured.</summary>
    public GateFigures? Figures { get; init; }

    /// <summary>When the look happened, UTC.</summary>
    public required DateTimeOffset JudgedAt { get; init; }

    /// <summary>When to look again, UTC; null for PASS.</summary>
    public DateTimeOffset? LookAgainAt { get; init; }

    /// <summary>Whether the observation period is over, so that this look counts towards asking the CAB.</summary>
    public required bool PastPeriod { get; init; }

    /// <summary>The approved override that was at hand; null without one. It let the step through where <see cref="Promotes"/> is set without PASS.</summary>
    public Guid? OverrideId { get; init; }

    /// <summary>The gates used.</summary>
    public required DataVersion Gates { get; init; }

    /// <summary>How many times faster than the file's periods the gates run: 1 in production, more in demonstrations.</summary>
    public int Speed { get; init; } = 1;

    /// <summary>Whether another look gave the same judgement for the same reasons, whatever the figures and whatever else is not known yet.</summary>
    public bool SameCausesAs(GateVerdict? other) =>
        other is not null && Verdict == other.Verdict && Step == other.Step && Deciding.SequenceEqual(other.Deciding);

    /// <summary>The conditions that do not hold.</summary>
    [JsonIgnore]
    public IEnumerable<GateCondition> Causes => Checks.Where(check => check.Result != GateResult.Pass).Select(check => check.Condition);

    // For FAIL those that are known not to hold: that a period ends meanwhile changes nothing about them.
    private IEnumerable<GateCondition> Deciding => Checks.Where(check => check.Result == Verdict).Select(check => check.Condition);
}

/// <summary>One condition of a gate.</summary>
/// <param name="Condition">Which one.</param>
/// <param name="Result">Whether it holds.</param>
/// <param name="Reason">Why, with the figures.</param>
public sealed record GateCheck(GateCondition Condition, GateResult Result, string Reason);

/// <summary>The figures of a gate.</summary>
/// <param name="Source">Where they are from.</param>
/// <param name="Results">Devices.</param>
/// <param name="Counted">Devices in the rate: succeeded, failed, and pending once the compliance time is over.</param>
/// <param name="Needed">Of them, how many must have succeeded.</param>
/// <param name="NeededBasisPoints">The success rate asked for, hundredths of a percent.</param>
/// <param name="Reported">Devices that reported, of any result.</param>
/// <param name="NeededReported">How many must have.</param>
/// <param name="ObservedSeconds">How long the ring has been observed.</param>
/// <param name="NeededSeconds">How long it must be.</param>
public sealed record GateFigures(
    GateSource Source, RingResults Results, long Counted, long Needed, int NeededBasisPoints, long Reported, long NeededReported, long ObservedSeconds, long NeededSeconds);

/// <summary>A gate's judgement. Only PASS promotes by itself.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GateResult>))]
public enum GateResult
{
    /// <summary>Everything was measured and everything holds.</summary>
    [JsonStringEnumMemberName("PASS")]
    Pass,

    /// <summary>Measured, and bad.</summary>
    [JsonStringEnumMemberName("FAIL")]
    Fail,

    /// <summary>Not known yet: look again.</summary>
    [JsonStringEnumMemberName("INCONCLUSIVE")]
    Inconclusive,

    /// <summary>Could not ask: try again, alert after an hour.</summary>
    [JsonStringEnumMemberName("UNAVAILABLE")]
    Unavailable,
}

/// <summary>What a gate looks at.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GateCondition>))]
public enum GateCondition
{
    /// <summary>No incident of a kind that fails gates.</summary>
    [JsonStringEnumMemberName("INCIDENT")]
    Incident,

    /// <summary>The approval stands.</summary>
    [JsonStringEnumMemberName("APPROVAL")]
    Approval,

    /// <summary>The exceptions it relies on stand.</summary>
    [JsonStringEnumMemberName("EXCEPTION")]
    Exception,

    /// <summary>The active policy set does not newly forbid it.</summary>
    [JsonStringEnumMemberName("NEW_BLOCK")]
    NewBlock,

    /// <summary>The CAB's condition on the furthest ring.</summary>
    [JsonStringEnumMemberName("MAX_RING")]
    MaxRing,

    /// <summary>The CAB's condition on the latest instant.</summary>
    [JsonStringEnumMemberName("NOT_AFTER")]
    NotAfter,

    /// <summary>The evidence that the row asks for.</summary>
    [JsonStringEnumMemberName("EVIDENCE")]
    Evidence,

    /// <summary>The rollback plan, where the row asks for it.</summary>
    [JsonStringEnumMemberName("ROLLBACK_PLAN")]
    RollbackPlan,

    /// <summary>The CAB's condition on the earliest instant.</summary>
    [JsonStringEnumMemberName("NOT_BEFORE")]
    NotBefore,

    /// <summary>No freeze window.</summary>
    [JsonStringEnumMemberName("FREEZE")]
    Freeze,

    /// <summary>For a first ring: there are results of the ring below.</summary>
    [JsonStringEnumMemberName("NO_RESULTS_BELOW")]
    NoResultsBelow,

    /// <summary>The results could be had and make sense.</summary>
    [JsonStringEnumMemberName("RESULTS")]
    Results,

    /// <summary>Observed for long enough.</summary>
    [JsonStringEnumMemberName("OBSERVATION")]
    Observation,

    /// <summary>Enough devices have reported.</summary>
    [JsonStringEnumMemberName("COVERAGE")]
    Coverage,

    /// <summary>Enough of them succeeded.</summary>
    [JsonStringEnumMemberName("SUCCESS_RATE")]
    SuccessRate,
}

/// <summary>Where a gate's figures are from.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GateSource>))]
public enum GateSource
{
    /// <summary>This deployment's own ring.</summary>
    [JsonStringEnumMemberName("rollout")]
    Rollout,

    /// <summary>Earlier rollouts of the same app and version on the ring below.</summary>
    [JsonStringEnumMemberName("earlier_rollouts")]
    EarlierRollouts,

    /// <summary>The lab run in the evidence.</summary>
    [JsonStringEnumMemberName("lab_results")]
    LabResults,
}

/// <summary>Which step of a rollout a gate stands in front of.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GateKind>))]
public enum GateKind
{
    /// <summary>The first publish.</summary>
    [JsonStringEnumMemberName("first")]
    First,

    /// <summary>From ring to ring.</summary>
    [JsonStringEnumMemberName("promotion")]
    Promotion,

    /// <summary>The end of the rollout.</summary>
    [JsonStringEnumMemberName("completion")]
    Completion,
}
