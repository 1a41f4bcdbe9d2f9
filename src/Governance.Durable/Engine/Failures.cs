using Governance.Durable.Protocol;

namespace Governance.Durable.Engine;

/// <summary>Exceptions as failure details, and failure details as messages.</summary>
internal static class Failures
{
    public const int LongestStackTrace = 8_192;
    public const int LongestMessage = 32_768;

    // Exceptions may hold each other without end; nobody reads past this.
    private const int DeepestChain = 16;

    private const string OutOfMemory = "System.OutOfMemoryException";

    public static TaskFailureDetails From(Exception exception) => From(exception, DeepestChain);

    /// <summary>
    /// The durable extension takes a failure of type OutOfMemoryException for "deliver this turn again", without end, so
    /// no failure of ours carries that name.
    /// </summary>
    public static string SafeType(string errorType) => errorType == OutOfMemory ? "OutOfMemory" : errorType;

    public static Protocol.TaskFailureDetails ToMessage(TaskFailureDetails details)
    {
        var message = new Protocol.TaskFailureDetails
        {
            ErrorType = SafeType(details.ErrorType),
            ErrorMessage = details.ErrorMessage,
            StackTrace = details.StackTrace,
            IsNonRetriable = details.IsNonRetriable,
        };
        if (details.InnerFailure is { } inner)
        {
            message.InnerFailure = ToMessage(inner);
        }

        return message;
    }

    /// <summary>Reads a failure of the wire; <see cref="TaskFailureDetails.Unknown"/> where the host sent none.</summary>
    public static TaskFailureDetails FromMessage(Protocol.TaskFailureDetails? message) => message is null
        ? TaskFailureDetails.Unknown
        : new TaskFailureDetails(
            message.ErrorType,
            message.ErrorMessage,
            message.StackTrace,
            message.InnerFailure is { } inner ? FromMessage(inner) : null,
            message.IsNonRetriable);

    private static TaskFailureDetails From(Exception exception, int depth) => new(
        SafeType(exception.GetType().FullName ?? exception.GetType().Name),
        Cut(exception.Message, LongestMessage),
        exception.StackTrace is { } trace ? Cut(trace, LongestStackTrace) : null,
        Inner(exception, depth),
        exception is NonRetriableTaskException or TaskNotRegisteredException);

    private static TaskFailureDetails? Inner(Exception exception, int depth) => exception switch
    {
        TaskFailedException failed => Shorten(failed.FailureDetails, depth - 1),
        { InnerException: { } inner } when depth > 1 => From(inner, depth - 1),
        _ => null,
    };

    private static TaskFailureDetails? Shorten(TaskFailureDetails details, int depth) => depth <= 0
        ? null
        : details with { InnerFailure = details.InnerFailure is { } inner ? Shorten(inner, depth - 1) : null };

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}
