using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Governance.Core.Events;

/// <summary>
/// The one form of a JSON value that is hashed: RFC 8785 (JCS). Names sorted by UTF-16 code units, no white space,
/// numbers as ECMAScript writes them, nothing escaped that need not be.
/// </summary>
public static class CanonicalJson
{
    /// <summary>How deep values may nest, as everywhere in this product.</summary>
    public const int MaxDepth = 64;

    // Names that stand twice are found while sorting: the parser's own check throws another exception for half a surrogate pair.
    internal static readonly JsonDocumentOptions ParserOptions = new() { MaxDepth = MaxDepth };

    /// <summary>Rewrites a JSON text.</summary>
    /// <param name="utf8Json">One value, UTF-8 with no byte-order mark.</param>
    /// <exception cref="JsonException">
    /// Not JSON, or JSON that RFC 8785 cannot carry: a name twice in one object, a lone surrogate, invalid UTF-8, a number beyond a double, more than 64 levels.
    /// </exception>
    public static byte[] Canonicalize(ReadOnlyMemory<byte> utf8Json)
    {
        if (!System.Text.Unicode.Utf8.IsValid(utf8Json.Span))
        {
            throw new JsonException("The text is not UTF-8.");
        }

        using var document = JsonDocument.Parse(utf8Json, ParserOptions);
        return Canonicalize(document.RootElement);
    }

    /// <summary>Rewrites a JSON value.</summary>
    /// <exception cref="JsonException">As for the text.</exception>
    public static byte[] Canonicalize(JsonElement value)
    {
        var to = new ArrayBufferWriter<byte>(1024);
        Write(to, value);
        return to.WrittenSpan.ToArray();
    }

    /// <summary>SHA-256 of the canonical form.</summary>
    /// <exception cref="JsonException">As for <see cref="Canonicalize(ReadOnlyMemory{byte})"/>.</exception>
    public static Digest DigestOf(ReadOnlyMemory<byte> utf8Json) => Digest.Of(Canonicalize(utf8Json));

    /// <inheritdoc cref="DigestOf(ReadOnlyMemory{byte})"/>
    public static Digest DigestOf(JsonElement value) => Digest.Of(Canonicalize(value));

    /// <summary>Finds the first number that event data must not hold: one with a fraction or exponent, or beyond ±(2^53 − 1).</summary>
    /// <remarks>Such numbers differ between readers; every other number reads the same everywhere.</remarks>
    /// <returns>Its JSON path, for example <c>$.risk.score</c>; null when all numbers are fine.</returns>
    public static string? FirstInexactNumber(JsonElement value, string path = "$") => value.ValueKind switch
    {
        JsonValueKind.Number => value.TryGetInt64(out var number) && Math.Abs((decimal)number) < 1L << 53 ? null : path,
        JsonValueKind.Object => value.EnumerateObject()
            .Select(member => FirstInexactNumber(member.Value, $"{path}.{member.Name}")).FirstOrDefault(found => found is not null),
        JsonValueKind.Array => value.EnumerateArray()
            .Select((item, index) => FirstInexactNumber(item, $"{path}[{index}]")).FirstOrDefault(found => found is not null),
        _ => null,
    };

    /// <summary>Writes a text as RFC 8785 quotes it.</summary>
    /// <exception cref="JsonException">It holds a lone surrogate.</exception>
    private static void WriteString(ArrayBufferWriter<byte> to, string text)
    {
        var span = to.GetSpan((text.Length * 6) + 2);
        var at = 0;
        span[at++] = (byte)'"';
        foreach (var rune in text.EnumerateRunes())
        {
            at += rune.Value switch
            {
                '"' or '\\' => Escaped(span[at..], (char)rune.Value),
                '\b' => Escaped(span[at..], 'b'),
                '\t' => Escaped(span[at..], 't'),
                '\n' => Escaped(span[at..], 'n'),
                '\f' => Escaped(span[at..], 'f'),
                '\r' => Escaped(span[at..], 'r'),
                < 0x20 => Control(span[at..], rune.Value),
                0xFFFD when HoldsLoneSurrogate(text) => throw new JsonException("A string holds half a surrogate pair."),
                _ => rune.EncodeToUtf8(span[at..]),
            };
        }

        span[at++] = (byte)'"';
        to.Advance(at);
    }

    private static void Write(ArrayBufferWriter<byte> to, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(to, value);
                break;
            case JsonValueKind.Array:
                WriteArray(to, value);
                break;
            case JsonValueKind.String:
                WriteString(to, TextOf(value));
                break;
            case JsonValueKind.Number:
                CanonicalNumber.Write(to, value);
                break;
            case JsonValueKind.True:
                to.Write("true"u8);
                break;
            case JsonValueKind.False:
                to.Write("false"u8);
                break;
            case JsonValueKind.Null:
                to.Write("null"u8);
                break;
            default:
                throw new JsonException("There is no value.");
        }
    }

    private static void WriteObject(ArrayBufferWriter<byte> to, JsonElement value)
    {
        var members = new List<(string Name, JsonElement Value)>();
        foreach (var member in value.EnumerateObject())
        {
            members.Add((NameOf(member), member.Value));
        }

        // Ordinal comparison of .NET strings is comparison by UTF-16 code units, as section 3.2.3 asks.
        members.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
        to.Write("{"u8);
        for (var index = 0; index < members.Count; index++)
        {
            if (index > 0)
            {
                if (members[index].Name == members[index - 1].Name)
                {
                    throw new JsonException($"The name '{members[index].Name}' stands twice in one object.");
                }

                to.Write(","u8);
            }

            WriteString(to, members[index].Name);
            to.Write(":"u8);
            Write(to, members[index].Value);
        }

        to.Write("}"u8);
    }

    private static void WriteArray(ArrayBufferWriter<byte> to, JsonElement value)
    {
        var first = true;
        to.Write("["u8);
        foreach (var item in value.EnumerateArray())
        {
            if (!first)
            {
                to.Write(","u8);
            }

            first = false;
            Write(to, item);
        }

        to.Write("]"u8);
    }

    private static string TextOf(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException broken)
        {
            throw new JsonException("A string holds half a surrogate pair or invalid UTF-8.", broken);
        }
    }

    private static string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException broken)
        {
            throw new JsonException("A name holds half a surrogate pair or invalid UTF-8.", broken);
        }
    }

    private static int Escaped(Span<byte> to, char character)
    {
        to[0] = (byte)'\\';
        to[1] = (byte)character;
        return 2;
    }

    private static int Control(Span<byte> to, int value)
    {
        "\\u00"u8.CopyTo(to);
        to[4] = (byte)(value < 0x10 ? '0' : '1');
        to[5] = (byte)"0123456789abcdef"[value & 0xF];
        return 6;
    }

    // A genuine U+FFFD passes; the replacement that the enumeration puts in for half a pair does not.
    private static bool HoldsLoneSurrogate(string text)
    {
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var used) != OperationStatus.Done)
            {
                return true;
            }

            rest = rest[used..];
        }

        return false;
    }
}
