using System.Text.Json.Serialization;

namespace Governance.Core.Cab;

/// <summary>What an approver ties an approval to. Typed ones are enforced by the rollout; a note is for people.</summary>
public sealed record CabCondition
{
    /// <summary>Which kind; decides which member below is set.</summary>
    public required CabConditionKind Kind { get; init; }

    /// <summary>For <see cref="CabConditionKind.MaxRing"/>: the ring whose completion gate completes the deployment.</summary>
    public Ring? Ring { get; init; }

    /// <summary>For <see cref="CabConditionKind.MinSuccessRate"/>: hundredths of a percent, 0 to 10,000.</summary>
    public int? BasisPoints { get; init; }

    /// <summary>For <see cref="CabConditionKind.ObserveHours"/>: 1 to 2,160.</summary>
    public int? Hours { get; init; }

    /// <summary>For <see cref="CabConditionKind.NotBefore"/> and <see cref="CabConditionKind.NotAfter"/>, UTC.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>For <see cref="CabConditionKind.Note"/>: 1 to 2,000 characters.</summary>
    public string? Text { get; init; }
}

/// <summary>The kinds of conditions.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CabConditionKind>))]
public enum CabConditionKind
{
    /// <summary>Free text.</summary>
    [JsonStringEnumMemberName("note")]
    Note,

    /// <summary>Only up to a ring.</summary>
    [JsonStringEnumMemberName("max_ring")]
    MaxRing,

    /// <summary>Every gate asks for at least this success rate.</summary>
    [JsonStringEnumMemberName("min_success_rate")]
    MinSuccessRate,

    /// <summary>Every ring is observed for at least this long.</summary>
    [JsonStringEnumMemberName("observe_hours")]
    ObserveHours,

    /// <summary>Nothing is published or promoted before.</summary>
    [JsonStringEnumMemberName("not_before")]
    NotBefore,

    /// <summary>Nothing is published or promoted after.</summary>
    [JsonStringEnumMemberName("not_after")]
    NotAfter,
}
