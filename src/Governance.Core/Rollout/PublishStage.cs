using System.Text.Json.Serialization;

namespace Governance.Core.Rollout;

/// <summary>How far the publish of a ring has come, as its claim says (architecture.md, "Publishing").</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PublishStage>))]
public enum PublishStage
{
    /// <summary>Nobody is publishing.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>Claimed; content may be on its way, no group is assigned yet.</summary>
    [JsonStringEnumMemberName("claimed")]
    Claimed,

    /// <summary>The first assignment call may be under way.</summary>
    [JsonStringEnumMemberName("assigning")]
    Assigning,
}
