namespace Governance.Intune.IntuneWin;

/// <summary>Keys and digests of one encrypted payload, as Detection.xml and the commit call carry them. Secret: never printed.</summary>
public sealed class ContentKeys
{
    internal const int KeyBytes = 32;
    internal const int IvBytes = 16;
    internal const int MacBytes = 32;

    /// <summary>The only profile that Intune knows.</summary>
    public const string ProfileIdentifier = "ProfileVersion1";

    /// <summary>The only digest algorithm of that profile.</summary>
    public const string DigestAlgorithm = "SHA256";

    /// <summary>AES-256 key, 32 bytes.</summary>
    public required byte[] EncryptionKey { get; init; }

    /// <summary>HMAC-SHA256 key, 32 bytes.</summary>
    public required byte[] MacKey { get; init; }

    /// <summary>CBC initialization vector, 16 bytes.</summary>
    public required byte[] InitializationVector { get; init; }

    /// <summary>HMAC over IV and ciphertext, 32 bytes.</summary>
    public required byte[] Mac { get; init; }

    /// <summary>SHA-256 of the plain content, 32 bytes.</summary>
    public required byte[] FileDigest { get; init; }

    /// <returns>A fixed word; keys don't belong into logs.</returns>
    public override string ToString() => "(content keys)";
}
