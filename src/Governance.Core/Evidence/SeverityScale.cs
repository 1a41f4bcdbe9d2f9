namespace Governance.Core.Evidence;

/// <summary>Scanners' words and scores on the product's scale.</summary>
internal static class SeverityScale
{
    /// <summary>A scanner's word, in any case; what is not known is <see cref="Severity.Unknown"/>, never low.</summary>
    public static Severity OfWord(string? word) => word?.Trim().ToLowerInvariant() switch
    {
        "critical" => Severity.Critical,
        "high" or "important" => Severity.High,
        "medium" or "moderate" => Severity.Medium,
        "low" => Severity.Low,
        "negligible" or "unimportant" or "info" or "informational" or "none" => Severity.Informational,
        _ => Severity.Unknown,
    };

    /// <summary>The band of a CVSS 3.x or 4.0 base score. Source: the CVSS specifications' qualitative rating scale.</summary>
    public static Severity OfScore(double? score) => score switch
    {
        >= 9.0 and <= 10.0 => Severity.Critical,
        >= 7.0 and < 9.0 => Severity.High,
        >= 4.0 and < 7.0 => Severity.Medium,
        > 0.0 and < 4.0 => Severity.Low,
        0.0 => Severity.Informational,
        _ => Severity.Unknown,
    };

    /// <summary>The band of a CVSS 2 base score, which knows no critical.</summary>
    public static Severity OfScoreV2(double? score) => score switch
    {
        >= 7.0 and <= 10.0 => Severity.High,
        >= 4.0 and < 7.0 => Severity.Medium,
        >= 0.0 and < 4.0 => Severity.Low,
        _ => Severity.Unknown,
    };

    /// <summary>The worse of two; unknown gives way to anything that is known.</summary>
    public static Severity Worse(Severity left, Severity right) => left >= right ? left : right;
}
