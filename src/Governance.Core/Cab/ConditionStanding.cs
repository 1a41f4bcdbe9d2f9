using System.Text.Json.Serialization;

namespace Governance.Core.Cab;

/// <summary>How one condition of an approval stands.</summary>
/// <param name="Condition">Which one.</param>
/// <param name="State">Whether it is kept.</param>
/// <param name="Reason">Why, with the figures; one sentence.</param>
public sealed record ConditionStanding(CabCondition Condition, ConditionState State, string Reason);

/// <summary>Whether a condition is kept.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConditionState>))]
public enum ConditionState
{
    /// <summary>Nothing has happened yet that it could be judged by.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending,

    /// <summary>So far it is.</summary>
    [JsonStringEnumMemberName("kept")]
    Kept,

    /// <summary>It is not: the rollout waits, or an override let it go on.</summary>
    [JsonStringEnumMemberName("broken")]
    Broken,

    /// <summary>Free text; people look after it.</summary>
    [JsonStringEnumMemberName("for_people")]
    ForPeople,
}
