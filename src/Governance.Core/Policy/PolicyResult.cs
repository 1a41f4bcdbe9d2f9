using System.Text.Json.Serialization;

namespace Governance.Core.Policy;

/// <summary>What one rule of a policy set said.</summary>
/// <param name="Id">The rule's id.</param>
/// <param name="Title">The rule, for a person.</param>
/// <param name="Kind">Its kind, as the policy set writes it.</param>
/// <param name="Effect">What a failure of it means.</param>
/// <param name="Result">What it found.</param>
/// <param name="Reason">Why, with the figures.</param>
/// <param name="EvidencePath">JSON path in the evidence document; what is not evidence begins with <c>deployment.</c>.</param>
/// <param name="ExceptionIds">Approved exceptions that this result rests on, sorted; empty where it rests on none.</param>
public sealed record RuleResult(
    string Id, string Title, string Kind, RuleEffect Effect, RuleOutcome Result, string Reason, string EvidencePath, EquatableArray<Guid> ExceptionIds)
{
    /// <summary>Whether the rule takes effect.</summary>
    [JsonIgnore]
    public bool Fails => Result == RuleOutcome.Fail;
}

/// <summary>What the rules of a policy set said together.</summary>
/// <param name="Rules">Every rule, in the set's order.</param>
public sealed record PolicyResult(EquatableArray<RuleResult> Rules)
{
    /// <summary>Rules that fail with this effect, in the set's order.</summary>
    public IEnumerable<RuleResult> Failing(RuleEffect effect) => Rules.Where(rule => rule.Fails && rule.Effect == effect);
}

/// <summary>What the failure of a rule means.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RuleEffect>))]
public enum RuleEffect
{
    /// <summary>It is shown.</summary>
    [JsonStringEnumMemberName("WARN")]
    Warn,

    /// <summary>The CAB decides, whatever the score.</summary>
    [JsonStringEnumMemberName("REQUIRE_CAB")]
    RequireCab,

    /// <summary>The deployment is forbidden as it stands.</summary>
    [JsonStringEnumMemberName("BLOCK")]
    Block,
}

/// <summary>What a rule found.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RuleOutcome>))]
public enum RuleOutcome
{
    /// <summary>It holds, possibly because an approved exception lifts what it found.</summary>
    [JsonStringEnumMemberName("pass")]
    Pass,

    /// <summary>It does not hold.</summary>
    [JsonStringEnumMemberName("fail")]
    Fail,

    /// <summary>It does not concern this ring or this deployment.</summary>
    [JsonStringEnumMemberName("not_applicable")]
    NotApplicable,
}
