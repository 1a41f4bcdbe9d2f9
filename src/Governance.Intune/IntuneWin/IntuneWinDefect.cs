namespace Governance.Intune.IntuneWin;

/// <summary>Why a file is no usable .intunewin: Intune itself would only say <c>commitFileFailed</c>.</summary>
/// <param name="Check">The check that failed.</param>
/// <param name="Detail">A sentence for people; holds no key.</param>
public sealed record IntuneWinDefect(IntuneWinCheck Check, string Detail);

/// <summary>The checks of a .intunewin, in the order in which they are made.</summary>
public enum IntuneWinCheck
{
    /// <summary>The outer file is a readable ZIP.</summary>
    OuterZip,

    /// <summary>It holds the payload and Detection.xml, each once.</summary>
    OuterEntries,

    /// <summary>Its entries stay within the limits and are not compressed beyond reason.</summary>
    OuterLimits,

    /// <summary>Detection.xml is well-formed, without a DTD.</summary>
    DetectionXml,

    /// <summary>Every needed field is there and can be read.</summary>
    DetectionField,

    /// <summary>Keys, IV, MAC and digest have their lengths.</summary>
    KeyLength,

    /// <summary>Profile and digest algorithm are the ones Intune knows.</summary>
    Profile,

    /// <summary>The payload is as long as header and padded content make it.</summary>
    PayloadLength,

    /// <summary>The MAC in front of the payload is the one in Detection.xml.</summary>
    MacField,

    /// <summary>The IV in front of the ciphertext is the one in Detection.xml.</summary>
    InitializationVector,

    /// <summary>The MAC is right for IV and ciphertext.</summary>
    Mac,

    /// <summary>The padding under the key is right.</summary>
    Padding,

    /// <summary>The plain content has the stated length.</summary>
    PlainLength,

    /// <summary>The plain content has the stated digest.</summary>
    FileDigest,

    /// <summary>The plain content is a readable ZIP.</summary>
    InnerZip,

    /// <summary>No name in it leaves its folder.</summary>
    InnerNames,

    /// <summary>Number and sizes of its entries stay within the limits.</summary>
    InnerLimits,

    /// <summary>The setup file is in it.</summary>
    SetupFile,
}

/// <summary>What is refused before it can fill memory or disk.</summary>
public sealed record IntuneWinLimits
{
    /// <summary>The limits used where none are given: those of Intune and of packages seen in the field.</summary>
    public static IntuneWinLimits Default { get; } = new();

    /// <summary>Entries of the outer ZIP.</summary>
    public int OuterEntries { get; init; } = 32;

    /// <summary>Length of Detection.xml, bytes.</summary>
    public int DetectionXmlBytes { get; init; } = 1 << 20;

    /// <summary>Length of the encrypted payload, bytes; Intune's own cap has been 8 GB and is 30 GB today.</summary>
    public long PayloadBytes { get; init; } = 8L << 30;

    /// <summary>Entries of the inner ZIP.</summary>
    public int InnerEntries { get; init; } = 100_000;

    /// <summary>All inner entries together, unpacked, bytes.</summary>
    public long UnpackedBytes { get; init; } = 64L << 30;

    /// <summary>Unpacked over packed, for all inner entries together; counted above 64 MiB only, since small files of zeros are harmless.</summary>
    public int UnpackedRatio { get; init; } = 200;
}
