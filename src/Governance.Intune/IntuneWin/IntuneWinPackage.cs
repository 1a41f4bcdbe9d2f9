using System.IO.Compression;
using System.Security.Cryptography;

namespace Governance.Intune.IntuneWin;

/// <summary>One opened .intunewin. Nothing in it is trusted before its check has passed; each failed check is named.</summary>
/// <remarks>Not for use by several threads at once: all reads share one file.</remarks>
public sealed class IntuneWinPackage : IDisposable
{
    internal const string PayloadName = "IntunePackage.intunewin";
    internal const string PayloadEntry = "IntuneWinPackage/Contents/" + PayloadName;
    internal const string DetectionEntry = "IntuneWinPackage/Metadata/Detection.xml";
    private readonly ZipArchive _outer;
    private readonly ZipArchiveEntry _payload;
    private readonly IntuneWinLimits _limits;

    private IntuneWinPackage(ZipArchive outer, ZipArchiveEntry payload, IntuneWinManifest manifest, IntuneWinLimits limits) =>
        (_outer, _payload, Manifest, _limits) = (outer, payload, manifest, limits);

    /// <summary>What Detection.xml says; lengths and encodings are checked, digests only by <see cref="Verify"/>.</summary>
    public IntuneWinManifest Manifest { get; }

    /// <summary>Reads the outer ZIP and Detection.xml.</summary>
    /// <param name="file">Seekable; stays open and belongs to the caller.</param>
    /// <param name="limits">What is refused.</param>
    /// <param name="package">The package; null exactly when a defect is returned.</param>
    /// <returns>The first check that failed; null when all passed.</returns>
    public static IntuneWinDefect? Open(Stream file, IntuneWinLimits limits, out IntuneWinPackage? package)
    {
        package = null;
        ZipArchive outer;
        try
        {
            outer = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            _ = outer.Entries.Count;
        }
        catch (InvalidDataException)
        {
            return new(IntuneWinCheck.OuterZip, "The file is no ZIP archive.");
        }

        var defect = Open(outer, limits, out package);
        if (defect is not null)
        {
            outer.Dispose();
        }

        return defect;
    }

    /// <summary>The encrypted payload from its first byte, header included: what is uploaded. Its length is <see cref="IntuneWinManifest.EncryptedBytes"/>.</summary>
    public Stream OpenPayload() => _payload.Open();

    /// <summary>Makes every remaining check: MAC first, then decryption, digest, and what the content is made of.</summary>
    /// <returns>The first check that failed; null when all passed.</returns>
    public async Task<IntuneWinDefect?> Verify(CancellationToken cancellation)
    {
        var plain = Spool.Open(Manifest.PlainBytes);
        await using (plain.ConfigureAwait(false))
        {
            return await Decrypt(plain, cancellation).ConfigureAwait(false) ?? InnerZip.Inspect(plain, Manifest.SetupFile, _limits);
        }
    }

    /// <summary>Writes the plain content, an ordinary ZIP. Nothing is written before the MAC is known to be right.</summary>
    /// <param name="plain">Where to; what was written must be thrown away when a defect is returned.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>The first check that failed; null when all passed.</returns>
    public async Task<IntuneWinDefect?> Decrypt(Stream plain, CancellationToken cancellation)
    {
        try
        {
            return await PayloadCipher.CheckMac(OpenPayload, Manifest, cancellation).ConfigureAwait(false)
                ?? await PayloadCipher.Decrypt(OpenPayload, Manifest, plain, cancellation).ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            // The outer ZIP's own checksum, or a deflate stream that breaks off.
            return new(IntuneWinCheck.OuterZip, "The payload's ZIP entry is damaged.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _outer.Dispose();

    private static IntuneWinDefect? Open(ZipArchive outer, IntuneWinLimits limits, out IntuneWinPackage? package)
    {
        package = null;
        if (outer.Entries.Count > limits.OuterEntries)
        {
            return new(IntuneWinCheck.OuterLimits, $"The file has {outer.Entries.Count} entries, at most {limits.OuterEntries} are read.");
        }

        var payload = outer.Entries.Where(e => e.FullName == PayloadEntry).ToArray();
        var detection = outer.Entries.Where(e => e.FullName == DetectionEntry).ToArray();
        if (payload.Length != 1 || detection.Length != 1)
        {
            return new(
                IntuneWinCheck.OuterEntries,
                $"{PayloadEntry} is there {payload.Length} times and {DetectionEntry} {detection.Length} times, each must be there once.");
        }

        if (detection[0].Length > limits.DetectionXmlBytes || payload[0].Length > limits.PayloadBytes)
        {
            return new(IntuneWinCheck.OuterLimits, $"Detection.xml has {detection[0].Length} bytes and the payload {payload[0].Length}; that is too much.");
        }

        // Ciphertext does not compress: an entry that does is no ciphertext.
        if (payload[0].Length > (2 * payload[0].CompressedLength) + 4096)
        {
            return new(IntuneWinCheck.OuterLimits, "The payload is compressed, so it is not encrypted.");
        }

        var (manifest, defect) = ReadDetection(detection[0], limits);
        if (manifest is null)
        {
            return defect;
        }

        if (manifest.PlainBytes > limits.PayloadBytes || payload[0].Length != manifest.EncryptedBytes)
        {
            return new(
                IntuneWinCheck.PayloadLength,
                $"The payload has {payload[0].Length} bytes; {manifest.PlainBytes} bytes of content make {manifest.EncryptedBytes}.");
        }

        package = new(outer, payload[0], manifest, limits);
        return null;
    }

    private static (IntuneWinManifest? Manifest, IntuneWinDefect? Defect) ReadDetection(ZipArchiveEntry entry, IntuneWinLimits limits)
    {
        var xml = new byte[entry.Length];
        try
        {
            using var stream = entry.Open();
            stream.ReadExactly(xml);
            return stream.ReadByte() == -1
                ? DetectionXml.Read(new MemoryStream(xml, writable: false))
                : (null, new(IntuneWinCheck.OuterLimits, $"Detection.xml is longer than it says, or than {limits.DetectionXmlBytes} bytes."));
        }
        catch (Exception broken) when (broken is InvalidDataException or EndOfStreamException)
        {
            return (null, new(IntuneWinCheck.OuterZip, "The ZIP entry of Detection.xml is damaged."));
        }
    }
}
