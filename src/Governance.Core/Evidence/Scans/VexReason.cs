namespace Governance.Core.Evidence.Scans;

/// <summary>The reason that a VEX statement gives.</summary>
internal static class VexReason
{
    private const int LongestKept = 1000;

    /// <summary>The justification word, else the free text, cut to what is worth showing; null where neither says anything.</summary>
    public static string? Kept(string? justification, string? detail)
    {
        var reason = string.IsNullOrWhiteSpace(justification) ? detail?.Trim() : justification;
        return string.IsNullOrEmpty(reason) ? null : Shown.Cut(reason, LongestKept);
    }
}
