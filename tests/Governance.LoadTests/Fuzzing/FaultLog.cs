using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Governance.LoadTests.Fuzzing;

/// <summary>Keeps what the app logs as an error: bad input is nobody's error but its sender's.</summary>
internal sealed class FaultLog : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _faults = new();

    /// <summary>Takes what was logged since the last time.</summary>
    internal IEnumerable<string> Take()
    {
        while (_faults.TryDequeue(out var fault))
        {
            yield return fault;
        }
    }

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Category(FaultLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && log._faults.Count < 1000)
            {
                log._faults.Enqueue($"{name} {eventId.Id}: {formatter(state, exception)} {exception}");
            }
        }
    }
}
