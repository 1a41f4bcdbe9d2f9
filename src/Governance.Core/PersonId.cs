using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Governance.Core;

/// <summary>A person or an application, by the object id that Entra ID puts into a validated token.</summary>
/// <param name="Value">Never empty.</param>
[JsonConverter(typeof(WireStringConverter<PersonId>))]
public readonly record struct PersonId(Guid Value) : IParsable<PersonId>
{
    /// <summary>Parses the hyphenated form of a UUID, in either case.</summary>
    /// <exception cref="FormatException">The text is no UUID, or is the empty one.</exception>
    public static PersonId Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is not a UUID.");

    /// <summary>Parses the hyphenated form of a UUID, in either case; the empty UUID is refused.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PersonId result)
    {
        var parsed = Guid.TryParseExact(s, "D", out var value) && value != Guid.Empty;
        result = parsed ? new(value) : default;
        return parsed;
    }

    /// <returns>Lower case with hyphens.</returns>
    public override string ToString() => Value.ToString("D");
}
