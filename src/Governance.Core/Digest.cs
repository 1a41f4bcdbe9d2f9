using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Governance.Core;

/// <summary>A SHA-256 digest in its text form: 64 lower-case hexadecimal digits.</summary>
[JsonConverter(typeof(WireStringConverter<Digest>))]
public readonly record struct Digest : IParsable<Digest>
{
    private readonly string? _hex;

    private Digest(string hex) => _hex = hex;

    /// <summary>64 zeros: what the first event of a stream names as its predecessor.</summary>
    public static Digest Zero { get; } = new(new string('0', 64));

    /// <summary>The digest of these bytes.</summary>
    public static Digest Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return FromHash(hash);
    }

    /// <summary>Takes the 32 bytes of a SHA-256 that somebody else computed.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static Digest FromHash(ReadOnlySpan<byte> hash) => hash.Length == SHA256.HashSizeInBytes
        ? new(Convert.ToHexStringLower(hash))
        : throw new ArgumentException("A SHA-256 has 32 bytes.", nameof(hash));

    /// <inheritdoc cref="TryParse"/>
    /// <exception cref="FormatException">Not 64 hexadecimal digits.</exception>
    public static Digest Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var digest) ? digest : throw new FormatException($"'{s}' is not a SHA-256 in hexadecimal.");

    /// <summary>Parses 64 hexadecimal digits of either case.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Digest result)
    {
        var parsed = s is { Length: 64 } && s.All(char.IsAsciiHexDigit);
        result = parsed ? new(s!.ToLowerInvariant()) : default;
        return parsed;
    }

    /// <returns>64 lower-case hexadecimal digits; all zeros for the default value.</returns>
    public override string ToString() => _hex ?? Zero._hex!;
}
