using System.Text.Json.Serialization;

namespace Governance.Core.Deployments;

/// <summary>Whom a deployment reaches, ring by ring: part of what is approved.</summary>
public sealed record DeploymentScope
{
    /// <summary>One entry for every ring from start to target, in order.</summary>
    public required EquatableArray<RingScope> Rings { get; init; }

    /// <summary>How much the organisation depends on the devices.</summary>
    public Criticality Criticality { get; init; } = Criticality.Standard;

    /// <summary>Free text of at most 200 characters.</summary>
    public string? BusinessUnit { get; init; }

    /// <summary>The ring's groups; null where the deployment does not reach it.</summary>
    public RingScope? Of(Ring ring)
    {
        foreach (var scope in Rings.AsSpan())
        {
            if (scope.Ring == ring)
            {
                return scope;
            }
        }

        return null;
    }
}

/// <summary>The groups of one ring, resolved: what was asked for, or what is configured for the ring.</summary>
public sealed record RingScope
{
    /// <summary>Which ring.</summary>
    public required Ring Ring { get; init; }

    /// <summary>Entra groups that get the app, sorted, 0 to 100.</summary>
    public EquatableArray<Guid> GroupIds { get; init; } = [];

    /// <summary>Entra groups that don't, sorted, 0 to 100.</summary>
    public EquatableArray<Guid> ExcludedGroupIds { get; init; } = [];

    /// <summary>How many devices the submitter expects, 0 to 10,000,000; null where not stated.</summary>
    public long? DeviceCount { get; init; }

    /// <summary>How devices reach the network: decides how long they have to comply.</summary>
    public Connectivity Connectivity { get; init; } = Connectivity.Online;
}

/// <summary>How much the organisation depends on the devices of a scope.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Criticality>))]
public enum Criticality
{
    /// <summary>Swept every 4 h.</summary>
    [JsonStringEnumMemberName("low")]
    Low,

    /// <summary>Swept every hour.</summary>
    [JsonStringEnumMemberName("standard")]
    Standard,

    /// <summary>Swept every 30 min.</summary>
    [JsonStringEnumMemberName("high")]
    High,

    /// <summary>Swept every 15 min; weighs 1.2 × in the blast radius.</summary>
    [JsonStringEnumMemberName("critical")]
    Critical,
}

/// <summary>How devices reach the network.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Connectivity>))]
public enum Connectivity
{
    /// <summary>24 h to comply.</summary>
    [JsonStringEnumMemberName("online")]
    Online,

    /// <summary>72 h to comply.</summary>
    [JsonStringEnumMemberName("intermittent")]
    Intermittent,

    /// <summary>7 d to comply.</summary>
    [JsonStringEnumMemberName("air_gapped")]
    AirGapped,
}
