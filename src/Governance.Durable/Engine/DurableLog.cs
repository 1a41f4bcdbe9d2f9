using Microsoft.Extensions.Logging;

namespace Governance.Durable.Engine;

/// <summary>Event ids 2000 to 2049. An id keeps its meaning for as long as anybody's alert may name it.</summary>
internal static partial class DurableLog
{
    [LoggerMessage(2000, LogLevel.Warning, "Activity {Activity} called by {InstanceId} failed.")]
    public static partial void ActivityFailed(this ILogger log, string activity, string instanceId, Exception? exception);

    [LoggerMessage(2001, LogLevel.Warning, "Orchestration {Orchestrator} {InstanceId} failed: {ErrorType}: {ErrorMessage}")]
    public static partial void OrchestrationFailed(
        this ILogger log, string orchestrator, string instanceId, string errorType, string errorMessage);

    [LoggerMessage(2002, LogLevel.Error, "A turn could not be read; its instance fails.")]
    public static partial void TurnUnreadable(this ILogger log, Exception exception);
}
