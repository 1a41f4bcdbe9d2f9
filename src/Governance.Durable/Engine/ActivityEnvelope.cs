using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Governance.Durable.Engine;

/// <summary>
/// How an activity's outcome travels: as data, for success and failure alike, because a Functions host loses the details
/// of failures that are reported any other way.
/// <code>{"$task":1,"ok":true,"value":…}
/// {"$task":1,"ok":false,"error":{"type":…,"message":…,"stack":…,"nonRetriable":…,"inner":{…}}}</code>
/// The marker comes first, so that no result of another kind is taken for one.
/// </summary>
internal static class ActivityEnvelope
{
    private const string Marker = "{\"$task\":1,";

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Success(string? valueJson) =>
        valueJson is null ? "{\"$task\":1,\"ok\":true}" : $$"""{"$task":1,"ok":true,"value":{{valueJson}}}""";

    public static string Failure(TaskFailureDetails details)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            writer.WriteStartObject();
            writer.WriteNumber("$task", 1);
            writer.WriteBoolean("ok", false);
            writer.WritePropertyName("error");
            Write(writer, details);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Whether an envelope that this class wrote holds a failure.</summary>
    public static bool IsFailure(string envelope) => envelope.StartsWith(Marker + "\"ok\":false", StringComparison.Ordinal);

    /// <summary>Reads a completed task's result.</summary>
    /// <param name="result">The envelope as it is, or in a JSON string, or a plain JSON result from elsewhere; null: none.</param>
    /// <returns>The value's JSON text, or the failure.</returns>
    public static (string? ValueJson, TaskFailureDetails? Failure) Open(string? result)
    {
        if (Unwrap(result) is not { } envelope)
        {
            return (result, null);
        }

        using var document = JsonDocument.Parse(envelope);
        var root = document.RootElement;
        if (root.TryGetProperty("error", out var error))
        {
            return (null, Read(error));
        }

        return (root.TryGetProperty("value", out var value) ? value.GetRawText() : null, null);
    }

    private static string? Unwrap(string? result)
    {
        if (result is null)
        {
            return null;
        }

        if (result.StartsWith(Marker, StringComparison.Ordinal))
        {
            return result;
        }

        // The quote may be escaped in more than one way, so the string is read before it is compared.
        if (!result.StartsWith("\"{", StringComparison.Ordinal))
        {
            return null;
        }

        using var literal = JsonDocument.Parse(result);
        return literal.RootElement.GetString() is { } text && text.StartsWith(Marker, StringComparison.Ordinal) ? text : null;
    }

    private static void Write(Utf8JsonWriter writer, TaskFailureDetails details)
    {
        writer.WriteStartObject();
        writer.WriteString("type", Failures.SafeType(details.ErrorType));
        writer.WriteString("message", details.ErrorMessage);
        if (details.StackTrace is not null)
        {
            writer.WriteString("stack", details.StackTrace);
        }

        writer.WriteBoolean("nonRetriable", details.IsNonRetriable);
        if (details.InnerFailure is not null)
        {
            writer.WritePropertyName("inner");
            Write(writer, details.InnerFailure);
        }

        writer.WriteEndObject();
    }

    private static TaskFailureDetails Read(JsonElement error) => new(
        error.GetProperty("type").GetString() ?? string.Empty,
        error.GetProperty("message").GetString() ?? string.Empty,
        error.TryGetProperty("stack", out var stack) ? stack.GetString() : null,
        error.TryGetProperty("inner", out var inner) ? Read(inner) : null,
        error.GetProperty("nonRetriable").GetBoolean());
}
