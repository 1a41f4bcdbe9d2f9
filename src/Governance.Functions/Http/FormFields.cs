using System.Collections.Immutable;
using System.Globalization;
using Governance.Core;
using Microsoft.Extensions.Primitives;

namespace Governance.Functions.Http;

/// <summary>Reads a posted form into types and notes everything that is wrong with it. An empty field is absent; fields that nobody asks for are ignored.</summary>
/// <param name="values">As they were sent.</param>
/// <param name="findings">Where to note what is wrong.</param>
internal sealed class FormFields(IReadOnlyDictionary<string, StringValues> values, Findings findings)
{
    // What datetime-local controls send; the page says that it is UTC.
    private static readonly string[] LocalInstants = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"];

    private static readonly ImmutableSortedDictionary<string, Ring> RingNames = Rings.All.ToImmutableSortedDictionary(ring => ring.WireName(), ring => ring, StringComparer.Ordinal);

    /// <summary>What is wrong so far.</summary>
    public IReadOnlyList<FieldError> Errors => findings.Errors;

    /// <summary>A field as it was sent, to show it again; empty where it is absent.</summary>
    public string Raw(string name) => values.TryGetValue(name, out var sent) && sent is [{ } only] ? only : string.Empty;

    /// <summary>A text of one line.</summary>
    public string Text(string name, int max) => Required(name, OptionalText(name, max, lines: false));

    /// <summary>A text that may have several lines.</summary>
    public string Prose(string name, int max) => Required(name, OptionalText(name, max, lines: true));

    /// <summary>A text of several lines or of one.</summary>
    /// <returns>Null where absent.</returns>
    public string? OptionalText(string name, int max, bool lines)
    {
        if (values.TryGetValue(name, out var sent) && sent.Count > 1)
        {
            Wrong(name, "may be given once");
            return null;
        }

        var text = Raw(name).ReplaceLineEndings("\n").Trim();
        if (text.Length == 0)
        {
            return null;
        }

        if (Texts.Fault(text, 1, max, lines) is { } fault)
        {
            Wrong(name, fault);
            return null;
        }

        return text;
    }

    /// <summary>A value with a text form, such as a digest.</summary>
    public T Parsed<T>(string name, string expected)
        where T : struct, IParsable<T>
    {
        var text = Text(name, 200);
        return text.Length == 0 ? default : T.TryParse(text, CultureInfo.InvariantCulture, out var parsed) ? parsed : Expect<T>(name, expected);
    }

    /// <summary>One of some words.</summary>
    public T Choice<T>(string name, ImmutableSortedDictionary<string, T> words)
        where T : struct
    {
        var text = Text(name, 100);
        return text.Length == 0 ? default : words.TryGetValue(text, out var chosen) ? chosen : Expect<T>(name, Words.OneOf(words.Keys));
    }

    /// <summary>A ring's name.</summary>
    /// <returns>Null where absent.</returns>
    public Ring? OptionalRing(string name) =>
        OptionalText(name, 100, lines: false) is not { } text ? null : RingNames.TryGetValue(text, out var ring) ? ring : Expect<Ring>(name, Words.OneOf(RingNames.Keys));

    /// <summary>A whole number.</summary>
    /// <returns>Null where absent.</returns>
    public int? OptionalInteger(string name, int min, int max) =>
        OptionalText(name, 20, lines: false) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max ? number
        : Expect<int>(name, string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}"));

    /// <summary>A percentage with at most two decimals, in hundredths.</summary>
    /// <returns>Null where absent.</returns>
    public int? OptionalPercent(string name) =>
        OptionalText(name, 20, lines: false) is not { } text ? null
        : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is >= 0 and <= 100 && decimal.Truncate(percent * 100) == percent * 100 ? (int)(percent * 100)
        : Expect<int>(name, "a number from 0 to 100 with at most two decimals");

    /// <summary>A moment in UTC.</summary>
    /// <returns>Null where absent.</returns>
    public DateTimeOffset? OptionalUtc(string name) =>
        OptionalText(name, 40, lines: false) is not { } text ? null
        : DateTime.TryParseExact(text, LocalInstants, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment) ? new DateTimeOffset(moment, TimeSpan.Zero)
        : Expect<DateTimeOffset>(name, "a date and time");

    /// <summary>Notes that a field is wrong for a reason that only the caller knows.</summary>
    public void Wrong(string name, string message) => findings.Add(name, message);

    private string Required(string name, string? text)
    {
        if (text is null && !findings.Errors.Any(error => error.Field == name))
        {
            Wrong(name, "is required");
        }

        return text ?? string.Empty;
    }

    private T Expect<T>(string name, string expected)
    {
        Wrong(name, $"{expected} is expected");
        return default!;
    }
}
