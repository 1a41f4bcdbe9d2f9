using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Governance.LoadTests.Fuzzing;

/// <summary>Odd JSON values, as raw text, by what a reader would expect in their place.</summary>
internal static class Oddities
{
    /// <summary>Stands in texts that a page must never show as markup.</summary>
    internal const string Markup = "<zx onload=1>";

    /// <summary>In place of any value.</summary>
    internal static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "1.5", "\"\"", "\"x\"", "[]", "{}", "[[]]", "[null]", "{\"a\":1,\"a\":2}", "{\"\":0}", "[1,\"a\",{}]", "\"\\ud800\"", "{\"\\udc00\":1}", "undefined", "", "'x'", "\"x", "x", "/**/1", "1 2",
    ];

    /// <summary>In place of a number.</summary>
    internal static readonly string[] Numbers =
    [
        "-1", "0", "-0", "-0.0", "1e400", "-1e400", "1e-400", "NaN", "Infinity", "-Infinity", "0x10", "01", "1.", ".5", "+1", "1e", "1e2", "1.0", "100", "0.1e1", "2147483647", "2147483648", "-2147483649", "9007199254740993",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551616", "1" + new string('0', 600), "0." + new string('9', 600), "\"5\"", "\"٥\"", "1_000", "1,5",
    ];

    private static readonly string[] Instants =
    [
        "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999-14:00", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T23:59:60Z", "2026-01-01",
        "2026-01-01T00:00:00", "2026-01-01T00:00:00+99:99", "2026-W01-1T00:00:00Z", "1e9", "now", "٢٠٢٦-01-01T00:00:00Z", "2026-01-01T00:00:00.123456789012345Z", "1601-01-01T00:00:00Z", "12026-01-01T00:00:00Z", "-2026-01-01T00:00:00Z",
        "9998-12-31T00:00:00Z", "2400-02-29T00:00:00Z", "1969-12-31T23:59:59Z",
    ];

    private static readonly string[] Pieces =
    [
        "\\u0000", "\\u001b[31m", "\\u202e", "\\u2028", "\\ufeff", "\\ufffe", "\\uffff", "\\ud83d\\ude00", "\\ud800", "\\udfff\\ud800", "\\ud800\\ud800", "\\r\\n", "\\t", "\\u0085", "\\u009f", "\\u0301", "%00", "%0d%0azx-injected: 1", "{0}", "{{7*7}}", "../../",
        "..\\\\..\\\\", "\\\\\\\\host\\\\share", "'", "\\\"", "`id`", "$(id)", Markup, "]]>", "\\u00e9", "\\u0130", "\\ufb03", "\\u1e9e", "/", "#", "?", "&", ";", "|", " ", "\u202e", "\u0007", "𝟙", "ﷺ",
    ];

    /// <summary>In place of a text, as its meaning suggests.</summary>
    internal static string Text(Dice dice, string valid)
    {
        if (dice.Chance(25))
        {
            return dice.Pick(Values);
        }

        if (DateTimeOffset.TryParse(valid, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) && dice.Chance(60))
        {
            return JsonSerializer.Serialize(dice.Pick(Instants));
        }

        return dice.Next(11) switch
        {
            0 => JsonSerializer.Serialize(Digits(valid, dice)),
            1 => JsonSerializer.Serialize(valid.ToUpperInvariant()),
            2 => JsonSerializer.Serialize(valid.ToLowerInvariant()),
            3 => JsonSerializer.Serialize($" {valid}\u00a0"),
            4 => JsonSerializer.Serialize(valid + new string(dice.Pick(['x', ' ', '\0', 'é', '\ufb03']), dice.Pick([1, 100, 201, 4001, 70_000]))),
            5 => JsonSerializer.Serialize(valid[..dice.Next(valid.Length + 1)]),
            6 => JsonSerializer.Serialize(Guid.TryParse(valid, out var id) ? id.ToString(dice.Pick(["N", "B", "P", "X"])) : valid + valid),
            7 => JsonSerializer.Serialize(Guid.Empty),
            8 => $"\"{string.Concat(Enumerable.Repeat("\\u0041\\/", dice.Pick([1, 300])))}\"",
            _ => Spoilt(dice, valid),
        };
    }

    /// <summary>One more member for an object.</summary>
    internal static string Member(Dice dice, string known) => dice.Next(8) switch
    {
        0 => $"{JsonSerializer.Serialize(known)}:{dice.Pick(Values)}",
        1 => $"{JsonSerializer.Serialize(known.ToUpperInvariant())}:{dice.Pick(Values)}",
        2 => "\"__proto__\":{\"admin\":true}",
        3 => "\"\\ud800\":1",
        4 => "\"\":{}",
        5 => string.Join(',', Enumerable.Range(0, dice.Pick([3, 1000, 20_000])).Select(number => $"\"m{number}\":0")),
        6 => $"\"{known[..1]}\\u0000\":1",
        _ => $"\"roles\":[\"PlatformAdmin\"],\"status\":\"APPROVED\",\"submitted_by\":{dice.Pick(Values)}",
    };

    /// <summary>A value deep inside others.</summary>
    internal static string Nested(Dice dice, string value)
    {
        var depth = dice.Pick([10, 31, 32, 61, 63, 64, 65, 500, 20_000]);
        var (open, close) = dice.Pick([("[", "]"), ("{\"a\":", "}"), ("[{\"sbom\":", "}]")]);
        return new StringBuilder().Insert(0, open, depth).Append(value).Append(new StringBuilder().Insert(0, close, dice.Chance(80) ? depth : depth / 2)).ToString();
    }

    /// <summary>A text with odd characters in it, for places that are no JSON.</summary>
    internal static string Plain(Dice dice) => dice.Pick(
    [
        string.Empty, " ", "\0", "\u202e", "é", "\u0660\u0661", "%00", "%2e%2e%2f", "%c0%ae", "%ff", "%", "%zz", "..", "../..", "{}", "{id}", "*", "null", "undefined", "true", "-1", "0", "1", "99999999999999999999", "1e9", Markup,
        "%3Czx%20onload=1%3E", "%0d%0azx-injected:%201", "'--", "a=b", "&", "??", "[]", "00000000-0000-0000-0000-000000000000", new string('a', 300), new string('%', 9), "\u0130", "PENDING", "GLOBAL", "pending", "2026-01-01", "9999-12-31T23:59:59.9999999Z", "0001-01-01T00:00:00Z",
    ]);

    // Digits of other scripts count as digits for many a parser.
    private static string Digits(string valid, Dice dice)
    {
        var zero = dice.Pick(['\u0660', '\u0966', '\uff10']);
        var all = dice.Chance(50);
        return string.Concat(valid.Select(each => char.IsAsciiDigit(each) && (all || dice.Chance(20)) ? (char)(zero + (each - '0')) : each));
    }

    private static string Spoilt(Dice dice, string valid)
    {
        var at = dice.Next(valid.Length + 1);
        var (front, back) = (JsonSerializer.Serialize(valid[..at])[1..^1], JsonSerializer.Serialize(valid[at..])[1..^1]);
        return $"\"{front}{string.Concat(Enumerable.Repeat(dice.Pick(Pieces), dice.Pick([1, 1, 1, 3, 400])))}{back}\"";
    }
}
