namespace Governance.Durable;

/// <summary>Why a task failed, as it travels between processes.</summary>
/// <param name="ErrorType">The exception's full type name, or a name from the host; <c>(unknown)</c> where it says nothing.</param>
/// <param name="ErrorMessage">The exception's message; <c>(unknown)</c> where the host says nothing.</param>
/// <param name="StackTrace">Where it was thrown, cut at 8,192 characters.</param>
/// <param name="InnerFailure">Its cause.</param>
/// <param name="IsNonRetriable">Whether another attempt is pointless; retry policies then stop at once.</param>
public sealed record TaskFailureDetails(
    string ErrorType,
    string ErrorMessage,
    string? StackTrace = null,
    TaskFailureDetails? InnerFailure = null,
    bool IsNonRetriable = false)
{
    /// <summary>What stands for a failure that the host reports without details: a child that was terminated, an activity whose process died.</summary>
    public static TaskFailureDetails Unknown { get; } = new("(unknown)", "(unknown)");

    /// <summary>Whether the failure is this exception type or derives from it, as far as the type is loaded in this process.</summary>
    /// <typeparam name="T">The exception type to look for.</typeparam>
    public bool IsCausedBy<T>()
        where T : Exception => IsCausedBy(typeof(T));

    /// <summary>Whether the failure is this exception type or derives from it, as far as the type is loaded in this process.</summary>
    /// <exception cref="ArgumentException">The type is no exception type.</exception>
    public bool IsCausedBy(Type targetBaseExceptionType)
    {
        if (!typeof(Exception).IsAssignableFrom(targetBaseExceptionType))
        {
            throw new ArgumentException($"{targetBaseExceptionType} is no exception type.", nameof(targetBaseExceptionType));
        }

        return ErrorType == targetBaseExceptionType.FullName
            || (FindType(targetBaseExceptionType) is { } failed && targetBaseExceptionType.IsAssignableFrom(failed));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{ErrorType}: {ErrorMessage}";

    private Type? FindType(Type near) =>
        near.Assembly.GetType(ErrorType)
        ?? typeof(Exception).Assembly.GetType(ErrorType)
        ?? AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetType(ErrorType)).FirstOrDefault(type => type is not null);
}
