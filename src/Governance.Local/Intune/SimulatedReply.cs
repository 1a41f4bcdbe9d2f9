using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Governance.Local.Intune;

/// <summary>One answer, complete before any of it is sent.</summary>
internal sealed record SimulatedReply(int Status, ReadOnlyMemory<byte> Body, string? ContentType)
{
    private const string ODataJson = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

    /// <summary>Beside those that every answer has.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public static SimulatedReply NoContent { get; } = new(204, ReadOnlyMemory<byte>.Empty, null);

    /// <summary>An OData document.</summary>
    public static SimulatedReply Json(int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return new(status, buffer.WrittenMemory, ODataJson);
    }

    /// <summary>An error of Graph's gateway: a plain message.</summary>
    public static SimulatedReply Error(SimulatedCall call, int status, string code, string message, DateTimeOffset now) => Json(status, writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartObject("error");
        writer.WriteString("code", code);
        writer.WriteString("message", message);
        writer.WriteStartObject("innerError");
        writer.WriteString("date", now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
        writer.WriteString("request-id", call.RequestId);
        writer.WriteString("client-request-id", call.ClientRequestId);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    /// <summary>An error of Intune behind the gateway: a JSON document, as text, in the message.</summary>
    public static SimulatedReply IntuneError(SimulatedCall call, int status, string code, string message, DateTimeOffset now)
    {
        var address = $"https://fef.msua01.manage.microsoft.com/AppLifecycle_2509/StatelessAppMetadataFEService{string.Join('/', ["", .. call.Segments.Skip(1)])}?api-version=5025-07-10";
        var sentence = $"{message} - Operation ID (for customer support): 00000000-0000-0000-0000-000000000000 - Activity ID: {call.RequestId:D} - Url: {address}";
        var nested = $"{{\r\n  \"_version\": 3,\r\n  \"Message\": {Quoted(sentence)},\r\n  \"CustomApiErrorPhrase\": \"\",\r\n  \"RetryAfter\": null,\r\n  \"ErrorSourceService\": \"\",\r\n  \"HttpHeaders\": \"{{}}\"\r\n}}";
        return Error(call, status, code, nested, now);
    }

    /// <summary>An error of Storage.</summary>
    public static SimulatedReply StorageError(int status, string code, string detail) => new(
        status,
        Encoding.UTF8.GetBytes(
            $"""<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>Server refused the request.</Message><AuthenticationErrorDetail>{detail}</AuthenticationErrorDetail></Error>"""),
        "application/xml")
    {
        Headers = [new("x-ms-error-code", code)],
    };

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
