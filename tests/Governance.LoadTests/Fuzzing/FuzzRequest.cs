using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Governance.LoadTests.Fuzzing;

/// <summary>How the length of a body is told.</summary>
internal enum Framing
{
    /// <summary>By Content-Length.</summary>
    Length,

    /// <summary>In chunks.</summary>
    Chunked,

    /// <summary>Not at all; the headers say what they say.</summary>
    Untold,
}

/// <summary>
/// One request as bytes will be sent. Its texts may hold names in double braces, such as <c>{{everybody}}</c> for a token: what differs from run to run is put in when it is sent,
/// so a stored request can be sent again.
/// </summary>
/// <param name="Method">The method.</param>
/// <param name="Target">The path with its query, as it stands in the request line.</param>
internal sealed record FuzzRequest(string Method, string Target)
{
    /// <summary>In order; names may repeat. Values are Latin-1.</summary>
    internal ImmutableArray<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>The body; null for none.</summary>
    internal byte[]? Body { get; init; }

    /// <summary>How its length is told.</summary>
    internal Framing Framing { get; init; }

    /// <summary>Everything that is sent, in place of all the above; null for an ordinary request.</summary>
    internal byte[]? Wire { get; init; }

    /// <summary>The sender ends after so many bytes; null where it sends all.</summary>
    internal int? CutAt { get; init; }

    /// <summary>Bytes that are sent at once; 0 for all. A few, and the app has to put them together.</summary>
    internal int Piece { get; init; }

    /// <summary>With one more header.</summary>
    internal FuzzRequest With(string name, string value) => this with { Headers = Headers.Add((name, value)) };

    /// <summary>With a token.</summary>
    internal FuzzRequest As(string person) => With("Authorization", $"Bearer {{{{{person}}}}}");

    /// <summary>With a body of JSON.</summary>
    internal FuzzRequest Json(byte[] body) => With("Content-Type", "application/json") with { Body = body };

    /// <summary>What is sent.</summary>
    /// <param name="host">Of the app.</param>
    internal byte[] Bytes(string host)
    {
        if (Wire is not null)
        {
            return Wire;
        }

        var head = new StringBuilder($"{Method} {Target} HTTP/1.1\r\nHost: {host}\r\n");
        foreach (var (name, value) in Headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        var body = Body ?? [];
        if (Body is not null && Framing == Framing.Length)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        }
        else if (Body is not null && Framing == Framing.Chunked)
        {
            head.Append("Transfer-Encoding: chunked\r\n");
            body = InChunks(body);
        }

        return [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    /// <summary>As it is kept to be sent again.</summary>
    internal JsonObject Stored() => new()
    {
        ["method"] = Method,
        ["target"] = Target,
        ["headers"] = new JsonArray([.. Headers.Select(header => (JsonNode)new JsonArray(header.Name, header.Value))]),
        ["body"] = Body is null ? null : Convert.ToBase64String(Body),
        ["framing"] = Framing.ToString(),
        ["wire"] = Wire is null ? null : Convert.ToBase64String(Wire),
        ["cut_at"] = CutAt,
        ["piece"] = Piece,
    };

    /// <summary>Reads what <see cref="Stored"/> made; <c>text</c> in place of <c>body</c> is a body in UTF-8.</summary>
    internal static FuzzRequest Read(JsonObject stored) => new(stored["method"]!.GetValue<string>(), stored["target"]!.GetValue<string>())
    {
        Headers = [.. stored["headers"]?.AsArray().Select(header => (header![0]!.GetValue<string>(), header[1]!.GetValue<string>())) ?? []],
        Body = stored["body"] is { } bytes ? Convert.FromBase64String(bytes.GetValue<string>()) : stored["text"] is { } text ? Encoding.UTF8.GetBytes(text.GetValue<string>()) : null,
        Framing = stored["framing"] is { } framing ? Enum.Parse<Framing>(framing.GetValue<string>()) : Framing.Length,
        Wire = stored["wire"] is { } wire ? Convert.FromBase64String(wire.GetValue<string>()) : null,
        CutAt = stored["cut_at"]?.GetValue<int>(),
        Piece = stored["piece"]?.GetValue<int>() ?? 0,
    };

    private static byte[] InChunks(byte[] body)
    {
        using var chunks = new MemoryStream();
        for (var at = 0; at < body.Length; at += 1000)
        {
            var length = Math.Min(1000, body.Length - at);
            chunks.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{length:x}\r\n")));
            chunks.Write(body.AsSpan(at, length));
            chunks.Write("\r\n"u8);
        }

        chunks.Write("0\r\n\r\n"u8);
        return chunks.ToArray();
    }
}
