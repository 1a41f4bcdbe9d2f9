using System.Text.Json.Serialization;

namespace Governance.Core.Cab;

/// <summary>What an exception is asked for; never changes. Changing it means asking anew.</summary>
public sealed record ExceptionRequest
{
    /// <summary>What it lifts; decides which members below are set.</summary>
    public required ExceptionKind Kind { get; init; }

    /// <summary>1 to 200 characters; the app it is for.</summary>
    public required string AppName { get; init; }

    /// <summary>The only version it is for; null for every version.</summary>
    public string? Version { get; init; }

    /// <summary>The only deployment it is for; required for <see cref="ExceptionKind.GateOverride"/>, null for every deployment of the app.</summary>
    public CorrelationId? DeploymentId { get; init; }

    /// <summary>For <see cref="ExceptionKind.Rule"/>: the rule of the policy set that it lifts.</summary>
    public string? RuleId { get; init; }

    /// <summary>For <see cref="ExceptionKind.Finding"/>: ids or aliases of the findings that it covers, compared without case.</summary>
    public EquatableArray<string> FindingIds { get; init; } = [];

    /// <summary>For <see cref="ExceptionKind.GateOverride"/>: the ring whose gate it lifts.</summary>
    public Ring? FromRing { get; init; }

    /// <summary>For <see cref="ExceptionKind.GateOverride"/>: the ring that is entered; null for the completion of <see cref="FromRing"/>.</summary>
    public Ring? ToRing { get; init; }

    /// <summary>For <see cref="ExceptionKind.DriftRemediation"/>: what mends the drift.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Remediation.RemediationAction? Action { get; init; }

    /// <summary>Why, 1 to 4,000 characters.</summary>
    public required string Reason { get; init; }

    /// <summary>What is done instead, 1 or more, each 1 to 500 characters.</summary>
    public EquatableArray<string> CompensatingControls { get; init; } = [];

    /// <summary>First instant, UTC, at which it no longer holds; at most <see cref="ExceptionDecider.LongestTerm"/> after the request.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The ending exception that it renews; what counts for a deployment is what it covers.</summary>
    public Guid? Replaces { get; init; }

    /// <summary>The registered owners of the service principal that asks, sorted; they decide as little as it does.</summary>
    public EquatableArray<PersonId> Owners { get; init; } = [];
}

/// <summary>What an exception lifts.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ExceptionKind>))]
public enum ExceptionKind
{
    /// <summary>Named findings of a scan; a security reviewer decides.</summary>
    [JsonStringEnumMemberName("finding")]
    Finding,

    /// <summary>A rule of the policy set; a security reviewer decides.</summary>
    [JsonStringEnumMemberName("rule")]
    Rule,

    /// <summary>One gate of one deployment and revision; the CAB decides with the deployment's quorum.</summary>
    [JsonStringEnumMemberName("gate_override")]
    GateOverride,

    /// <summary>No exception from anything: the sweep asks the CAB whether drift may be mended; with the deployment's quorum.</summary>
    [JsonStringEnumMemberName("drift_remediation")]
    DriftRemediation,
}
