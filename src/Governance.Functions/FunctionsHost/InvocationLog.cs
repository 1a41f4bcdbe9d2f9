using System.Collections.Concurrent;

namespace Governance.Functions.FunctionsHost;

/// <summary>The log lines of one invocation, which go back to the host with its answer and stand there under the invocation.</summary>
internal sealed class InvocationLog : IDisposable
{
    private const int MostLines = 200;
    private const int MostCharacters = 2_000;

    private static readonly AsyncLocal<InvocationLog?> Open = new();

    private readonly ConcurrentQueue<string> _lines = new();
    private int _count;

    private InvocationLog() => Open.Value = this;

    /// <summary>The invocation that this flow of control belongs to; null outside of any.</summary>
    public static InvocationLog? Current => Open.Value;

    /// <summary>What was logged so far, in order; the first 200 lines.</summary>
    public IReadOnlyList<string> Lines => _count <= MostLines ? [.. _lines] : [.. _lines, $"… and {_count - MostLines} more lines"];

    /// <summary>Begins to keep what this flow of control logs, until it is disposed.</summary>
    public static InvocationLog Begin() => new();

    /// <summary>Keeps a line, cut at 2,000 characters.</summary>
    public void Add(string line)
    {
        if (Interlocked.Increment(ref _count) <= MostLines)
        {
            _lines.Enqueue(line.Length <= MostCharacters ? line : string.Concat(line.AsSpan(0, MostCharacters), "…"));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Open.Value = null;
}

/// <summary>Gives every line that belongs to an invocation to its <see cref="InvocationLog"/>.</summary>
internal sealed class InvocationLogProvider : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class Logger(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information && InvocationLog.Current is not null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Information)
            {
                InvocationLog.Current?.Add($"{logLevel} {category}[{eventId.Id}] {formatter(state, exception)}{(exception is null ? string.Empty : $" {exception.GetType().Name}: {exception.Message}")}");
            }
        }
    }
}
