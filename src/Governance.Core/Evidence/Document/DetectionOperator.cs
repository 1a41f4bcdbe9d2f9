using System.Text.Json.Serialization;

namespace Governance.Core.Evidence.Document;

/// <summary>How a detection rule compares, in the words of Intune's win32LobApp rules.</summary>
internal enum DetectionOperator
{
    [JsonStringEnumMemberName("equal")] Equal,
    [JsonStringEnumMemberName("notEqual")] NotEqual,
    [JsonStringEnumMemberName("greaterThan")] GreaterThan,
    [JsonStringEnumMemberName("greaterThanOrEqual")] GreaterThanOrEqual,
    [JsonStringEnumMemberName("lessThan")] LessThan,
    [JsonStringEnumMemberName("lessThanOrEqual")] LessThanOrEqual,
}

/// <summary>The operators' names on the wire.</summary>
internal static class DetectionOperators
{
    /// <summary>Intune writes them in camel case; null for "exists".</summary>
    public static string? WireName(DetectionOperator? comparison) =>
        comparison?.ToString() is { } name ? char.ToLowerInvariant(name[0]) + name[1..] : null;
}
