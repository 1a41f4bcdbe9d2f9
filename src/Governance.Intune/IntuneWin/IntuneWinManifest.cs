namespace Governance.Intune.IntuneWin;

/// <summary>What Detection.xml says about a package.</summary>
/// <param name="Name">The package's name; usually the setup file's.</param>
/// <param name="SetupFile">Path of the setup file in the content, with <c>\</c> between folders.</param>
/// <param name="PlainBytes">Length of the plain content, the inner ZIP; Graph's <c>size</c>.</param>
/// <param name="Keys">Keys and digests.</param>
/// <param name="Msi">What the tool read from an MSI; null for other installers.</param>
public sealed record IntuneWinManifest(string Name, string SetupFile, long PlainBytes, ContentKeys Keys, MsiFacts? Msi)
{
    /// <summary>MAC and IV in front of the ciphertext.</summary>
    public const int HeaderBytes = ContentKeys.MacBytes + ContentKeys.IvBytes;

    /// <summary>Length of the encrypted payload, header included; Graph's <c>sizeEncrypted</c>. PKCS#7 always adds 1 to 16 bytes.</summary>
    public long EncryptedBytes => HeaderBytes + (16 * ((PlainBytes / 16) + 1));
}

/// <summary>What Microsoft's packaging tool reads from an MSI.</summary>
/// <param name="ProductCode">GUID in braces.</param>
/// <param name="ProductVersion">The MSI's version.</param>
/// <param name="UpgradeCode">GUID in braces; null for none.</param>
/// <param name="ExecutionContext">System, User or Any.</param>
/// <param name="RequiresReboot">Whether it always restarts the device.</param>
/// <param name="Publisher">The manufacturer; null for none.</param>
public sealed record MsiFacts(
    string ProductCode, string ProductVersion, string? UpgradeCode, string? ExecutionContext, bool RequiresReboot, string? Publisher);
