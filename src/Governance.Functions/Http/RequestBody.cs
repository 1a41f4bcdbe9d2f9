using System.Text.Json;
using System.Text.Unicode;

namespace Governance.Functions.Http;

/// <summary>What became of reading a body: its bytes, or the answer to give instead.</summary>
/// <param name="Bytes">All of it.</param>
/// <param name="Refused">Not null where it could not be taken.</param>
internal readonly record struct BodyRead(ReadOnlyMemory<byte> Bytes, IResult? Refused);

/// <summary>Reads bodies within their limits, and JSON without surprises.</summary>
internal static class RequestBody
{
    private const int FirstBuffer = 16 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Reads the whole body; stops at the first byte over the limit, whatever the Content-Length says.</summary>
    /// <param name="request">Its body has not been read.</param>
    /// <param name="limit">Bytes.</param>
    /// <param name="cancellation">Ends a slow upload.</param>
    public static async Task<BodyRead> Read(HttpRequest request, long limit, CancellationToken cancellation)
    {
        if (request.ContentLength > limit)
        {
            return new(default, Problems.TooLarge(limit));
        }

        if (request.Headers.ContentEncoding is { Count: > 0 } encodings && !encodings.All(encoding => encoding is "identity" or ""))
        {
            return new(default, Problems.UnsupportedMediaType("Send the body without a Content-Encoding."));
        }

        // Grown as bytes arrive: a promised length alone reserves nothing.
        var buffer = new byte[Math.Min(request.ContentLength + 1 ?? FirstBuffer, FirstBuffer)];
        var length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(Array.MaxLength, Math.Min(limit + 1, buffer.Length * 4L)));
            }

            var read = await request.Body.ReadAsync(buffer.AsMemory(length), cancellation);
            if (read == 0)
            {
                return new(buffer.AsMemory(0, length), null);
            }

            length += read;
            if (length > limit)
            {
                return new(default, Problems.TooLarge(limit));
            }
        }
    }

    /// <summary>Says whether the request's media type is JSON; a request that names none is taken to be.</summary>
    public static bool IsJson(HttpRequest request)
    {
        if (string.IsNullOrEmpty(request.ContentType))
        {
            return true;
        }

        return Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
            && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>
    /// Parses a JSON object. Nothing that comes back can surprise its reader: bytes that are no UTF-8, escapes that are no text, names that appear twice and depths over 64 are refused here.
    /// </summary>
    /// <param name="bytes">Must stay as they are while the document is in use; nothing at all is an empty object.</param>
    /// <param name="error">What is wrong; null where a document came back or the body is empty.</param>
    /// <returns>Null for an empty body, or where something is wrong.</returns>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> bytes, out FieldError? error)
    {
        error = null;
        bytes = bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        if (bytes.IsEmpty)
        {
            return null;
        }

        if (!Utf8.IsValid(bytes.Span))
        {
            error = new("body", "is not UTF-8");
            return null;
        }

        try
        {
            // First, because the parser itself trips over such a name.
            if (HasBrokenEscape(bytes.Span))
            {
                error = new("body", "has a \\u escape that is half of a character");
                return null;
            }

            var document = JsonDocument.Parse(bytes, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            error = new("body", "a JSON object is expected");
        }
        catch (JsonException malformed)
        {
            error = new("body", Explain(malformed));
        }

        return null;
    }

    private static string Explain(JsonException malformed) => malformed.LineNumber is { } line && malformed.BytePositionInLine is { } position
        ? $"is not JSON as expected: line {line + 1}, byte {position + 1}"
        : "is not JSON as expected: a name may appear once in an object";

    // Lone surrogates pass the parser and throw only when the text is read. They can only be written as \uD800 to \uDFFF, so most bodies are done after one search.
    private static bool HasBrokenEscape(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOf("\\ud"u8) < 0 && bytes.IndexOf("\\uD"u8) < 0)
        {
            return false;
        }

        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = Strict.MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
            {
                try
                {
                    reader.GetString();
                }
                catch (InvalidOperationException)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
