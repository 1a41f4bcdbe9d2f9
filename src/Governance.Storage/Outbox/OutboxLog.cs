using Microsoft.Extensions.Logging;

namespace Governance.Storage.Outbox;

/// <summary>Event ids 2200 to 2219.</summary>
internal static partial class OutboxLog
{
    [LoggerMessage(2200, LogLevel.Warning, "Follow-up work {Kind} of {CorrelationId}, event {Sequence}, failed at attempt {Attempt}.")]
    public static partial void DeliveryFailed(this ILogger log, Exception fault, string kind, string correlationId, long sequence, int attempt);

    [LoggerMessage(2202, LogLevel.Information, "The sweep found {Count} changes whose follow-up work nobody was doing.")]
    public static partial void FoundLeftovers(this ILogger log, int count);

    [LoggerMessage(2203, LogLevel.Warning, "A sweep of the outbox failed; it is done again.")]
    public static partial void SweepFailed(this ILogger log, Exception fault);

    [LoggerMessage(2206, LogLevel.Warning, "Follow-up work that did not fit into memory could not be read back from its rows; it is tried again.")]
    public static partial void TakingUpFailed(this ILogger log, Exception fault);

    [LoggerMessage(2201, LogLevel.Warning, "Dispatched outbox rows could not be deleted; they are deleted later.")]
    public static partial void DeletionFailed(this ILogger log, Exception fault);
}
