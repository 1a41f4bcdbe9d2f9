using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Governance.Functions.FunctionsHost;

/// <summary>What the Functions host is told about an invocation.</summary>
/// <param name="Status">200, or 500 to have a queue message delivered again and a timer's failure seen. Never 500 for turns and activities: that would fail an orchestration for good.</param>
/// <param name="ReturnValue">A text, for turns and activities; null for the rest.</param>
/// <param name="Logs">Shown under the invocation.</param>
internal sealed record HostReply(int Status, string? ReturnValue, IReadOnlyList<string> Logs)
{
    // Payloads are JSON and base64: escaping all that HTML might mind would make them half as long again.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A success.</summary>
    public static HostReply Of(string? returnValue = null) => new(StatusCodes.Status200OK, returnValue, []);

    /// <summary>A failure that the host may know of.</summary>
    public static HostReply Failed() => new(StatusCodes.Status500InternalServerError, null, []);

    /// <summary>Writes it as the host reads it: always a JSON object, never an empty body.</summary>
    public async Task Write(HttpResponse response)
    {
        var body = new ArrayBufferWriter<byte>((ReturnValue?.Length ?? 0) + 256);
        using (var json = new Utf8JsonWriter(body, Compact))
        {
            json.WriteStartObject();
            json.WriteStartObject("Outputs");
            json.WriteEndObject();
            json.WriteStartArray(nameof(Logs));
            foreach (var line in Logs)
            {
                json.WriteStringValue(line);
            }

            json.WriteEndArray();
            json.WriteString(nameof(ReturnValue), ReturnValue);
            json.WriteEndObject();
        }

        response.StatusCode = Status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.WrittenCount;
        await response.Body.WriteAsync(body.WrittenMemory, CancellationToken.None);
    }
}

/// <summary>Texts within texts.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class HostJson : JsonSerializerContext;
