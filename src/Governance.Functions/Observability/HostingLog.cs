namespace Governance.Functions.Observability;

/// <summary>Event ids 1000 to 1099: the host of the functions. An id keeps its meaning for as long as anybody's alert may name it.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(1000, LogLevel.Error, "A request failed.")]
    public static partial void RequestFailed(this ILogger log, Exception fault);

    [LoggerMessage(1001, LogLevel.Error, "A request failed because something outside does not answer.")]
    public static partial void DependencyUnavailable(this ILogger log, Exception fault);

    [LoggerMessage(1010, LogLevel.Error, "Timer {Timer} failed.")]
    public static partial void TimerFailed(this ILogger log, string timer, Exception fault);

    [LoggerMessage(1011, LogLevel.Information, "Timer {Timer}: {Summary}")]
    public static partial void TimerRan(this ILogger log, string timer, string summary);

    [LoggerMessage(1012, LogLevel.Error, "The host's invocation of {Function} failed.")]
    public static partial void InvocationFailed(this ILogger log, string function, Exception fault);

    [LoggerMessage(1020, LogLevel.Error, "The readiness check {Check} failed.")]
    public static partial void CheckFailed(this ILogger log, string check, Exception fault);

    [LoggerMessage(1030, LogLevel.Information, "Governance listens on {Addresses}, signs in with {SignIn}.")]
    public static partial void Listening(this ILogger log, string addresses, string signIn);
}
