using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Governance.Core;

namespace Governance.Functions.Http;

/// <summary>
/// Reads one JSON object of a request into types and notes everything that is wrong with it. Fields that nobody asks for are ignored; null is the same as absent.
/// A required field that is missing or wrong is noted and the type's default comes back, so a parser reads on; what it makes is used only where nothing was noted.
/// </summary>
/// <param name="value">An object, or undefined for an empty one.</param>
/// <param name="path">Where it stands in the body; empty for the body itself.</param>
/// <param name="findings">Where to note what is wrong.</param>
internal sealed class Fields(JsonElement value, string path, Findings findings)
{
    /// <summary>The object itself; undefined where the body was empty.</summary>
    public JsonElement Value => value;

    /// <summary>The path of a field, as errors name it.</summary>
    public string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>Notes that a field is wrong for a reason that only the caller knows.</summary>
    public void Wrong(string name, string message) => findings.Add(PathOf(name), message);

    /// <summary>True where the field is there and not null.</summary>
    public bool Has(string name) => Find(name).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>A text of one line, without white space at its ends.</summary>
    public string Text(string name, int max, int min = 1) => OptionalText(name, max, min) ?? Missing(name, string.Empty);

    /// <inheritdoc cref="Text"/>
    /// <returns>Null where absent.</returns>
    public string? OptionalText(string name, int max, int min = 1) => ReadText(name, max, min, lines: false);

    /// <summary>A text that may have several lines, without white space at its ends.</summary>
    public string Prose(string name, int max, int min = 1) => OptionalProse(name, max, min) ?? Missing(name, string.Empty);

    /// <inheritdoc cref="Prose"/>
    /// <returns>Null where absent.</returns>
    public string? OptionalProse(string name, int max, int min = 1) => ReadText(name, max, min, lines: true);

    /// <summary>A value with a text form, such as an id or a digest.</summary>
    /// <param name="expected">How to say what is expected: "a UUID".</param>
    public T Parsed<T>(string name, string expected)
        where T : struct, IParsable<T> => OptionalParsed<T>(name, expected) ?? Missing(name, default(T));

    /// <inheritdoc cref="Parsed"/>
    /// <returns>Null where absent.</returns>
    public T? OptionalParsed<T>(string name, string expected)
        where T : struct, IParsable<T>
    {
        if (!TryString(name, out var text))
        {
            return null;
        }

        return T.TryParse(text, CultureInfo.InvariantCulture, out var parsed) ? parsed : Expect(name, expected, default(T));
    }

    /// <summary>A UUID that names something.</summary>
    public T Id<T>(string name)
        where T : struct, IParsable<T> => Parsed<T>(name, "a UUID");

    /// <inheritdoc cref="Id"/>
    /// <returns>Null where absent.</returns>
    public T? OptionalId<T>(string name)
        where T : struct, IParsable<T> => OptionalParsed<T>(name, "a UUID");

    /// <summary>A SHA-256 in hexadecimal.</summary>
    public Digest Digest(string name) => Parsed<Digest>(name, "a SHA-256 as 64 hexadecimal digits");

    /// <summary>A ring's name.</summary>
    public Ring Ring(string name) => OptionalRing(name) ?? Missing(name, default(Ring));

    /// <inheritdoc cref="Ring"/>
    /// <returns>Null where absent.</returns>
    public Ring? OptionalRing(string name) => OptionalChoice(name, RingNames);

    /// <summary>One of some words.</summary>
    public T Choice<T>(string name, ImmutableSortedDictionary<string, T> words)
        where T : struct => OptionalChoice(name, words) ?? Missing(name, default(T));

    /// <inheritdoc cref="Choice"/>
    /// <returns>Null where absent.</returns>
    public T? OptionalChoice<T>(string name, ImmutableSortedDictionary<string, T> words)
        where T : struct =>
        !TryString(name, out var text) ? null : words.TryGetValue(text, out var chosen) ? chosen : Expect(name, Words.OneOf(words.Keys), default(T));

    /// <summary>An integer within bounds.</summary>
    public long Integer(string name, long min, long max) => OptionalInteger(name, min, max) ?? Missing(name, min);

    /// <inheritdoc cref="Integer"/>
    /// <returns>Null where absent.</returns>
    public long? OptionalInteger(string name, long min, long max)
    {
        var found = Find(name);
        if (found.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            return null;
        }

        return found.ValueKind == JsonValueKind.Number && found.TryGetInt64(out var number) && number >= min && number <= max
            ? number
            : Expect(name, $"a whole number from {Number(min)} to {Number(max)}", min);
    }

    /// <summary>True or false.</summary>
    public bool Boolean(string name) => OptionalBoolean(name) ?? Missing(name, false);

    /// <inheritdoc cref="Boolean"/>
    /// <returns>Null where absent.</returns>
    public bool? OptionalBoolean(string name) => Find(name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Undefined or JsonValueKind.Null => null,
        _ => Expect(name, "true or false", false),
    };

    /// <summary>A timestamp that says its offset; comes back in UTC.</summary>
    public DateTimeOffset Instant(string name) => OptionalInstant(name) ?? Missing(name, default(DateTimeOffset));

    /// <inheritdoc cref="Instant"/>
    /// <returns>Null where absent.</returns>
    public DateTimeOffset? OptionalInstant(string name) =>
        !TryString(name, out var text) ? null
        : UtcInstantConverter.TryParse(text, out var instant) ? instant
        : Expect(name, QueryFields.InstantExpected, default(DateTimeOffset));

    /// <summary>A list of texts of one line; an absent one is empty.</summary>
    public ImmutableArray<string> TextList(string name, int maxItems, int maxLength) => List(name, maxItems, (item, at) =>
        item.ValueKind != JsonValueKind.String ? Reject(at, "a text is expected", string.Empty)
        : Texts.Fault(item.GetString()!, 1, maxLength, lines: false) is { } fault ? Reject(at, fault, string.Empty)
        : item.GetString()!.Trim());

    /// <summary>A list of values with a text form; an absent one is empty.</summary>
    public ImmutableArray<T> ParsedList<T>(string name, int maxItems, string expected)
        where T : struct, IParsable<T> => List(name, maxItems, (item, at) =>
            item.ValueKind == JsonValueKind.String && T.TryParse(item.GetString(), CultureInfo.InvariantCulture, out var parsed)
                ? parsed
                : Reject(at, $"{expected} is expected", default(T)));

    /// <summary>A list of objects; an absent one is empty.</summary>
    public ImmutableArray<Fields> ObjectList(string name, int maxItems) => List(name, maxItems, (item, at) =>
        item.ValueKind == JsonValueKind.Object ? new Fields(item, at, findings) : Reject(at, "an object is expected", new Fields(default, at, findings)));

    /// <summary>An object; an empty one comes back where it is missing.</summary>
    public Fields Object(string name) => OptionalObject(name) ?? Missing(name, new Fields(default, PathOf(name), findings));

    /// <summary>An object.</summary>
    /// <returns>Null where absent.</returns>
    public Fields? OptionalObject(string name) => Find(name) switch
    {
        { ValueKind: JsonValueKind.Object } found => new Fields(found, PathOf(name), findings),
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => null,
        _ => Expect(name, "an object", new Fields(default, PathOf(name), findings)),
    };

    /// <summary>The names and objects of this object, for objects whose names are data; what is no object is noted and left out.</summary>
    public IEnumerable<KeyValuePair<string, Fields>> Members()
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            yield break;
        }

        foreach (var member in value.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Object)
            {
                yield return new(member.Name, new Fields(member.Value, PathOf(member.Name), findings));
            }
            else
            {
                Expect(member.Name, "an object", false);
            }
        }
    }

    /// <summary>Any JSON value, as it stands.</summary>
    /// <returns>Null where absent.</returns>
    public JsonElement? Any(string name) => Has(name) ? Find(name) : null;

    private static ImmutableSortedDictionary<string, Ring> RingNames { get; } = Rings.All.ToImmutableSortedDictionary(ring => ring.WireName(), ring => ring, StringComparer.Ordinal);

    private string? ReadText(string name, int max, int min, bool lines)
    {
        if (!TryString(name, out var text))
        {
            return null;
        }

        return Texts.Fault(text, min, max, lines) is { } fault ? Reject(PathOf(name), fault, text) : text.Trim();
    }

    private ImmutableArray<T> List<T>(string name, int maxItems, Func<JsonElement, string, T> read)
    {
        var found = Find(name);
        if (found.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            return [];
        }

        if (found.ValueKind != JsonValueKind.Array)
        {
            return Expect(name, "a list", ImmutableArray<T>.Empty);
        }

        if (found.GetArrayLength() > maxItems)
        {
            return Reject(PathOf(name), $"at most {Number(maxItems)} entries are allowed", ImmutableArray<T>.Empty);
        }

        return [.. found.EnumerateArray().Select((item, index) => read(item, $"{PathOf(name)}[{Number(index)}]"))];
    }

    private bool TryString(string name, out string text)
    {
        var found = Find(name);
        text = found.ValueKind == JsonValueKind.String ? found.GetString()! : string.Empty;
        return found.ValueKind switch
        {
            JsonValueKind.String => true,
            JsonValueKind.Undefined or JsonValueKind.Null => false,
            _ => Expect(name, "a text", false),
        };
    }

    private JsonElement Find(string name) => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var found) ? found : default;

    private T Missing<T>(string name, T instead)
    {
        // A wrong value is noted already where it was read; "missing" is said only of what is not there.
        if (!Has(name))
        {
            findings.Add(PathOf(name), "is required");
        }

        return instead;
    }

    private T Expect<T>(string name, string expected, T instead) => Reject(PathOf(name), $"{expected} is expected", instead);

    private T Reject<T>(string at, string message, T instead)
    {
        findings.Add(at, message);
        return instead;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
