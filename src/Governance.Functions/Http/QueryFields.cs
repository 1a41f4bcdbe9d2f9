using System.Collections.Immutable;
using System.Globalization;
using Governance.Core;

namespace Governance.Functions.Http;

/// <summary>Reads a request's query parameters into types and notes everything that is wrong. Parameters that nobody asks for are ignored; an empty one is absent.</summary>
internal sealed class QueryFields(IQueryCollection query, Findings findings)
{
    /// <summary>What a timestamp has to look like, for messages.</summary>
    public const string InstantExpected = "an ISO 8601 timestamp with Z or an offset";

    private const int TextLimit = 1024;

    /// <summary>A text of one line.</summary>
    /// <returns>Null where absent.</returns>
    public string? Text(string name, int max = TextLimit)
    {
        var values = query[name];
        if (values.Count > 1)
        {
            findings.Add(name, "may be given once");
            return null;
        }

        var text = values.Count == 0 ? null : values[0]?.Trim();
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (Texts.Fault(text, 1, max, lines: false) is { } fault)
        {
            findings.Add(name, fault);
            return null;
        }

        return text;
    }

    /// <summary>A value with a text form, such as an id.</summary>
    /// <returns>Null where absent.</returns>
    public T? Parsed<T>(string name, string expected)
        where T : struct, IParsable<T> =>
        Text(name) is not { } text ? null : T.TryParse(text, CultureInfo.InvariantCulture, out var parsed) ? parsed : Expect<T>(name, expected);

    /// <summary>A UUID that names something.</summary>
    /// <returns>Null where absent.</returns>
    public T? Id<T>(string name)
        where T : struct, IParsable<T> => Parsed<T>(name, "a UUID");

    /// <summary>A ring's name.</summary>
    /// <returns>Null where absent.</returns>
    public Ring? Ring(string name) =>
        Text(name) is not { } text ? null : Rings.TryParse(text, out var ring) ? ring : Expect<Ring>(name, Words.OneOf(Rings.All.Select(r => r.WireName())));

    /// <summary>One of some words.</summary>
    /// <returns>Null where absent.</returns>
    public T? Choice<T>(string name, ImmutableSortedDictionary<string, T> words)
        where T : struct =>
        Text(name) is not { } text ? null : words.TryGetValue(text, out var chosen) ? chosen : Expect<T>(name, Words.OneOf(words.Keys));

    /// <summary>An integer within bounds.</summary>
    /// <returns>Null where absent.</returns>
    public int? Integer(string name, int min, int max) =>
        Text(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max ? number
        : Expect<int>(name, $"a whole number from {min.ToString(CultureInfo.InvariantCulture)} to {max.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>A timestamp that says its offset; comes back in UTC.</summary>
    /// <returns>Null where absent.</returns>
    public DateTimeOffset? Instant(string name) =>
        Text(name) is not { } text ? null : UtcInstantConverter.TryParse(text, out var instant) ? instant : Expect<DateTimeOffset>(name, InstantExpected);

    /// <summary>Notes that a parameter is wrong for a reason that only the caller knows.</summary>
    public void Wrong(string name, string message) => findings.Add(name, message);

    private T? Expect<T>(string name, string expected)
        where T : struct
    {
        findings.Add(name, $"{expected} is expected");
        return null;
    }
}
