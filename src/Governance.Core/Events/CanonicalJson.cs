using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Governance.Core.Events;

/// <summary>The JSON Canonicalization Scheme, RFC 8785: one byte sequence for one value, so that a digest of it means something.</summary>
public static class CanonicalJson
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    /// <summary>The canonical form of one JSON value.</summary>
    /// <param name="utf8">UTF-8 JSON without a byte-order mark, at most 64 levels deep.</param>
    /// <returns>UTF-8 without white space, members sorted by UTF-16 code units, numbers as ECMAScript writes them.</returns>
    /// <exception cref="JsonException">Not JSON, or a member stands twice.</exception>
    /// <exception cref="InvalidOperationException">A string holds a lone surrogate or invalid UTF-8.</exception>
    /// <exception cref="FormatException">A number is not finite as an IEEE 754 double.</exception>
    public static byte[] Canonicalize(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8, Strict);
        return Canonicalize(document.RootElement);
    }

    /// <inheritdoc cref="Canonicalize(ReadOnlyMemory{byte})"/>
    public static byte[] Canonicalize(JsonElement value)
    {
        var output = new ArrayBufferWriter<byte>(256);
        Write(value, output);
        return output.WrittenSpan.ToArray();
    }

    private static void Write(JsonElement value, ArrayBufferWriter<byte> output)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(value, output);
                break;
            case JsonValueKind.Array:
                output.Write("["u8);
                var first = true;
                foreach (var item in value.EnumerateArray())
                {
                    output.Write(first ? ""u8 : ","u8);
                    first = false;
                    Write(item, output);
                }

                output.Write("]"u8);
                break;
            case JsonValueKind.String:
                WriteString(value.GetString()!, output);
                break;
            case JsonValueKind.Number:
                WriteNumber(value, output);
                break;
            default:
                Encoding.UTF8.GetBytes(value.GetRawText(), output);
                break;
        }
    }

    private static void WriteObject(JsonElement value, ArrayBufferWriter<byte> output)
    {
        var members = new List<JsonProperty>(value.GetPropertyCount());
        members.AddRange(value.EnumerateObject());
        members.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        output.Write("{"u8);
        for (var i = 0; i < members.Count; i++)
        {
            output.Write(i == 0 ? ""u8 : ","u8);
            WriteString(members[i].Name, output);
            output.Write(":"u8);
            Write(members[i].Value, output);
        }

        output.Write("}"u8);
    }

    private static void WriteString(string text, ArrayBufferWriter<byte> output)
    {
        output.Write("\""u8);
        var rest = text.AsSpan();
        while (rest.IndexOfAnyInRange('\0', '\u001f') is var control && rest.IndexOfAny('"', '\\') is var quote && (control & quote) != -1)
        {
            var at = control < 0 ? quote : quote < 0 ? control : Math.Min(control, quote);
            Encoding.UTF8.GetBytes(rest[..at], output);
            WriteEscape(rest[at], output);
            rest = rest[(at + 1)..];
        }

        Encoding.UTF8.GetBytes(rest, output);
        output.Write("\""u8);
    }

    private static void WriteEscape(char c, ArrayBufferWriter<byte> output)
    {
        switch (c)
        {
            case '"': output.Write("\\\""u8); break;
            case '\\': output.Write("\\\\"u8); break;
            case '\b': output.Write("\\b"u8); break;
            case '\f': output.Write("\\f"u8); break;
            case '\n': output.Write("\\n"u8); break;
            case '\r': output.Write("\\r"u8); break;
            case '\t': output.Write("\\t"u8); break;
            default: Encoding.UTF8.GetBytes($"\\u{(int)c:x4}", output); break;
        }
    }

    private static void WriteNumber(JsonElement value, ArrayBufferWriter<byte> output)
    {
        // Below 2^53 an integer's own digits are what ECMAScript writes.
        if (value.TryGetInt64(out var integer) && Math.Abs(integer) < 1L << 53)
        {
            Encoding.UTF8.GetBytes(integer.ToString(CultureInfo.InvariantCulture), output);
            return;
        }

        var number = value.GetDouble();
        if (!double.IsFinite(number))
        {
            throw new FormatException("A number is outside the range of an IEEE 754 double.");
        }

        Encoding.UTF8.GetBytes(EcmaScript(number), output);
    }

    /// <summary>ECMA-262, Number::toString: the shortest digits that read back, plain from 1e-6 to below 1e21.</summary>
    private static string EcmaScript(double number)
    {
        if (number == 0)
        {
            return "0";
        }

        var scientific = Math.Abs(number).ToString("E16", CultureInfo.InvariantCulture);
        var shortest = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture);
        var digits = Digits(shortest);
        var point = int.Parse(scientific.AsSpan(scientific.IndexOf('E', StringComparison.Ordinal) + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) + 1;
        var sign = number < 0 ? "-" : string.Empty;
        return (digits.Length, point) switch
        {
            var (k, n) when k <= n && n <= 21 => sign + digits + new string('0', n - k),
            var (_, n) when n is > 0 and <= 21 => $"{sign}{digits[..n]}.{digits[n..]}",
            var (_, n) when n is > -6 and <= 0 => $"{sign}0.{new string('0', -n)}{digits}",
            var (k, n) => $"{sign}{digits[0]}{(k == 1 ? string.Empty : "." + digits[1..])}e{(n > 0 ? "+" : "-")}{Math.Abs(n - 1).ToString(CultureInfo.InvariantCulture)}",
        };
    }

    private static string Digits(string shortest)
    {
        var exponent = shortest.IndexOf('E', StringComparison.Ordinal);
        var mantissa = (exponent < 0 ? shortest : shortest[..exponent]).Replace(".", string.Empty, StringComparison.Ordinal).TrimStart('0');
        return mantissa.TrimEnd('0');
    }
}
