using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Governance.Functions.FunctionsHost;
using Governance.Functions.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Governance.Functions.Observability;

/// <summary>One JSON object a line: time, level, category, event, message, exception, correlation and trace id, and the message's own values. Flat, so that a query needs no path.</summary>
internal sealed class JsonLogFormatter(TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    /// <summary>The name under which the console logger finds it.</summary>
    public const string FormatterName = "governance";

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        ArgumentNullException.ThrowIfNull(textWriter);
        if (InvocationLog.Current is not null && logEntry.LogLevel < LogLevel.Warning)
        {
            // The Functions host gets it with the answer, under the invocation. What warns is said here too, in case there is no answer.
            return;
        }

        var line = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(line))
        {
            writer.WriteStartObject();
            writer.WriteString("timestamp", UtcInstantConverter.Write(clock.GetUtcNow()));
            writer.WriteString("level", logEntry.LogLevel.ToString());
            writer.WriteString("category", logEntry.Category);
            writer.WriteNumber("event_id", logEntry.EventId.Id);
            writer.WriteString("message", logEntry.Formatter(logEntry.State, logEntry.Exception));
            if (logEntry.Exception is { } exception)
            {
                writer.WriteString("exception", exception.ToString());
            }

            if (Activity.Current is { } activity)
            {
                writer.WriteString("trace_id", activity.TraceId.ToHexString());
            }

            scopeProvider?.ForEachScope(static (scope, json) => WriteMembers(scope, json, onlyCorrelation: true), writer);
            WriteMembers(logEntry.State, writer, onlyCorrelation: false);
            writer.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(line.WrittenSpan));
    }

    private static void WriteMembers(object? state, Utf8JsonWriter writer, bool onlyCorrelation)
    {
        if (state is not IReadOnlyList<KeyValuePair<string, object?>> members || (onlyCorrelation && state is not CorrelationScope))
        {
            return;
        }

        foreach (var (name, value) in members)
        {
            if (name != "{OriginalFormat}")
            {
                writer.WriteString(onlyCorrelation ? name : $"value_{JsonNamingPolicy.SnakeCaseLower.ConvertName(name)}", Convert.ToString(value, CultureInfo.InvariantCulture));
            }
        }
    }
}
