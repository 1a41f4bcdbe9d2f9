using Microsoft.Extensions.Logging;

namespace Governance.Durable.Hub;

/// <summary>Event ids 2100 to 2199: the embedded task hub.</summary>
internal static partial class HubLog
{
    [LoggerMessage(2100, LogLevel.Information, "This process owns the task hub as {Owner}: {Instances} live instances, {Messages} messages under way.")]
    public static partial void Owned(this ILogger log, string owner, int instances, int messages);

    [LoggerMessage(2101, LogLevel.Information, "The task hub's lease is held by another process; waiting for it.")]
    public static partial void LeaseTaken(this ILogger log);

    [LoggerMessage(2102, LogLevel.Warning, "This process no longer owns the task hub: {Reason}")]
    public static partial void Deposed(this ILogger log, string reason);

    [LoggerMessage(2103, LogLevel.Warning, "The task hub's storage failed {Failures} times in a row; next attempt in {Delay}.")]
    public static partial void StorageFailed(this ILogger log, int failures, TimeSpan delay, Exception failed);

    [LoggerMessage(2104, LogLevel.Error, "Instance {InstanceId} could not be read or stored and rests until the hub starts again.")]
    public static partial void InstanceRests(this ILogger log, string instanceId, Exception fault);

    [LoggerMessage(2105, LogLevel.Error, "A turn of instance {InstanceId} could not be run or stored; the instance fails.")]
    public static partial void TurnFailed(this ILogger log, string instanceId, Exception fault);

    [LoggerMessage(2106, LogLevel.Warning, "A {Kind} for instance {InstanceId} is dropped: {Reason}")]
    public static partial void Dropped(this ILogger log, string kind, string instanceId, string reason);

    [LoggerMessage(2107, LogLevel.Information, "The task hub has stopped; {Activities} activities were cancelled and will run again.")]
    public static partial void Stopped(this ILogger log, int activities);

    [LoggerMessage(2108, LogLevel.Error, "Taking over the task hub failed; trying again in {Delay}.")]
    public static partial void TakeoverFailed(this ILogger log, TimeSpan delay, Exception fault);

    [LoggerMessage(2109, LogLevel.Warning, "The task hub's lease could not be given back; it ends by itself.")]
    public static partial void LeaseKept(this ILogger log, Exception failed);
}
