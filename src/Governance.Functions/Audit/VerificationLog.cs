namespace Governance.Functions.Audit;

/// <summary>What a verification tells the operator.</summary>
internal static partial class VerificationLog
{
    [LoggerMessage(3300, LogLevel.Critical, "{CorrelationId} does not verify: {Flaws}")]
    public static partial void NotAsItWas(this ILogger log, string correlationId, string flaws);

    [LoggerMessage(3301, LogLevel.Critical, "Anchor {Number} does not hold: {Flaw}")]
    public static partial void AnchorNotAsItWas(this ILogger log, long number, string flaw);
}
