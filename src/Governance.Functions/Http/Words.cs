namespace Governance.Functions.Http;

/// <summary>How choices are said in messages.</summary>
internal static class Words
{
    /// <returns>"one of A, B, C".</returns>
    public static string OneOf(IEnumerable<string> words) => $"one of {string.Join(", ", words)}";
}
