using Governance.Core;

namespace Governance.Functions.Rollout;

/// <summary>Event ids 3400 to 3499: rollouts. An id keeps its meaning for as long as anybody's alert may name it.</summary>
internal static partial class RolloutLog
{
    [LoggerMessage(3400, LogLevel.Information, "{Ring} of {CorrelationId} does not pass its gate: {Verdict}, {Reason}.")]
    public static partial void GateHolds(this ILogger log, string ring, CorrelationId correlationId, string verdict, string reason);

    [LoggerMessage(3401, LogLevel.Warning, "{Plane} has not answered for {CorrelationId} since {Since}: {Reason}.")]
    public static partial void PlaneSilent(this ILogger log, string plane, CorrelationId correlationId, DateTimeOffset since, string reason);

    [LoggerMessage(3402, LogLevel.Warning, "{CorrelationId} is rolled back: {Reason}.")]
    public static partial void Breached(this ILogger log, CorrelationId correlationId, string reason);

    [LoggerMessage(3403, LogLevel.Information, "The CAB is asked for gate override {ExceptionId} of {CorrelationId}: {Reason}.")]
    public static partial void OverrideAsked(this ILogger log, Guid exceptionId, CorrelationId correlationId, string reason);

    [LoggerMessage(3404, LogLevel.Information, "No override is asked for {CorrelationId}: {Code}.")]
    public static partial void OverrideNotAsked(this ILogger log, CorrelationId correlationId, string code);
}
