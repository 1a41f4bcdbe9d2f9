using System.Buffers;

namespace Governance.Core.Evidence;

/// <summary>Hash algorithms by the spellings that evidence formats use, and the lengths of their values.</summary>
internal static class HashText
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Hexadecimal digits of an algorithm's value, for any spelling; null for one whose length is free or not known.</summary>
    public static int? Digits(string algorithm) => algorithm.ToUpperInvariant() switch
    {
        "ADLER32" => 8,
        "MD2" or "MD4" or "MD5" => 32,
        "SHA-1" or "SHA1" or "GITCOMMIT" or "GITTREE" or "GITTAG" => 40,
        "SHA224" or "SHA-224" => 56,
        "SHA-256" or "SHA256" or "SHA3-256" or "SHA3_256" or "BLAKE2B-256" or "BLAKE2B256" or "STREEBOG-256" => 64,
        "SHA-384" or "SHA384" or "SHA3-384" or "SHA3_384" or "BLAKE2B-384" or "BLAKE2B384" => 96,
        "SHA-512" or "SHA512" or "SHA3-512" or "SHA3_512" or "BLAKE2B-512" or "BLAKE2B512" or "STREEBOG-512" => 128,
        _ => null,
    };

    /// <summary>Whether a value of this algorithm proves identity: SHA-256 or better. MD5 and SHA-1 only name.</summary>
    public static bool IsStrong(string algorithm) => Digits(algorithm) >= 64 || algorithm.Equals("BLAKE3", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether an algorithm's name, in any spelling, is SHA-256.</summary>
    public static bool IsSha256(string algorithm) => algorithm.ToUpperInvariant() is "SHA-256" or "SHA256";

    /// <summary>Whether a text is hexadecimal and as long as the algorithm's values are.</summary>
    public static bool Fits(string algorithm, string value) =>
        value.Length > 0 && value.Length % 2 == 0 && !value.AsSpan().ContainsAnyExcept(HexDigits) && (Digits(algorithm) is not { } digits || digits == value.Length);
}
