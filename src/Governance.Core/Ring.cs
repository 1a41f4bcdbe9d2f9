using System.Text.Json.Serialization;

namespace Governance.Core;

/// <summary>A promotion ring, in the order in which a rollout reaches it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Ring>))]
public enum Ring
{
    /// <summary>Ring 0: test machines.</summary>
    [JsonStringEnumMemberName("LAB")]
    Lab = 0,

    /// <summary>Ring 1: a handful of volunteers.</summary>
    [JsonStringEnumMemberName("CANARY")]
    Canary = 1,

    /// <summary>Ring 2: a pilot group.</summary>
    [JsonStringEnumMemberName("PILOT")]
    Pilot = 2,

    /// <summary>Ring 3: a department.</summary>
    [JsonStringEnumMemberName("DEPARTMENT")]
    Department = 3,

    /// <summary>Ring 4: everybody.</summary>
    [JsonStringEnumMemberName("GLOBAL")]
    Global = 4,
}

/// <summary>The rings' names on the wire and their order.</summary>
public static class Rings
{
    private static readonly string[] Names = ["LAB", "CANARY", "PILOT", "DEPARTMENT", "GLOBAL"];

    /// <summary>All five, first to last.</summary>
    public static IReadOnlyList<Ring> All { get; } = [Ring.Lab, Ring.Canary, Ring.Pilot, Ring.Department, Ring.Global];

    /// <summary>The name that the wire, the log and people use.</summary>
    public static string WireName(this Ring ring) => Names[(int)ring];

    /// <summary>Reads a wire name, exactly as it is written.</summary>
    public static bool TryParse(string? text, out Ring ring)
    {
        var index = Array.IndexOf(Names, text);
        ring = index < 0 ? default : (Ring)index;
        return index >= 0;
    }

    /// <summary>The ring after this one; null after GLOBAL.</summary>
    public static Ring? Next(this Ring ring) => ring == Ring.Global ? null : ring + 1;

    /// <summary>The ring before this one; null before LAB.</summary>
    public static Ring? Previous(this Ring ring) => ring == Ring.Lab ? null : ring - 1;
}
