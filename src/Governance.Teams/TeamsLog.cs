using Microsoft.Extensions.Logging;

namespace Governance.Teams;

/// <summary>Event ids 3200 to 3229. Ids of people and deployments are in it; tokens, keys, addresses of flows and what people wrote are not.</summary>
internal static partial class TeamsLog
{
    [LoggerMessage(3200, LogLevel.Warning, "Whether the card of {CorrelationId}, revision {Revision}, was sent is not known ({Reason}); it is not sent again and cannot decide.")]
    public static partial void CardUnknown(this ILogger log, string correlationId, int revision, string reason);

    [LoggerMessage(3201, LogLevel.Warning, "The card of {CorrelationId}, revision {Revision}, is late: {Reason}.")]
    public static partial void CardLate(this ILogger log, string correlationId, int revision, string reason);

    [LoggerMessage(3202, LogLevel.Warning, "Whether the notice '{Title}' was sent is not known ({Reason}); it is not sent again.")]
    public static partial void NoticeUnclear(this ILogger log, string title, string reason);

    [LoggerMessage(3203, LogLevel.Error, "Too many notices wait; '{Title}' was let go.")]
    public static partial void NoticeLost(this ILogger log, string title);

    [LoggerMessage(3210, LogLevel.Warning, "A callback was not believed to be from Teams: {Flaw}.")]
    public static partial void CallbackUnproven(this ILogger log, string flaw);

    [LoggerMessage(3211, LogLevel.Warning, "A callback was refused: {Code}. Deployment {CorrelationId}, person {Person}, activity {Activity}.")]
    public static partial void CallbackRefused(this ILogger log, string code, string? correlationId, string? person, string? activity);

    [LoggerMessage(3212, LogLevel.Information, "{Person} decided on {CorrelationId}, revision {Revision}, from Teams: {Ballot}. Activity {Activity}.")]
    public static partial void Decided(this ILogger log, string person, string correlationId, int revision, string ballot, string? activity);

    [LoggerMessage(3213, LogLevel.Error, "A callback was answered without its outcome: {Step} took too long.")]
    public static partial void CallbackTimedOut(this ILogger log, string step);

    [LoggerMessage(3220, LogLevel.Error, "The connector's keys could not be read from {Host}.")]
    public static partial void KeysUnreadable(this ILogger log, Exception fault, string host);

    [LoggerMessage(3221, LogLevel.Error, "The directory did not say whether {Person} is an approver.")]
    public static partial void DirectoryUnreachable(this ILogger log, Exception fault, string person);
}
