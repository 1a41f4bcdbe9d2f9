using System.IO.Compression;

namespace Governance.Intune.IntuneWin;

/// <summary>The content of a package: an ordinary ZIP of the setup folder. It is looked at, never unpacked.</summary>
internal static class InnerZip
{
    /// <summary>The one time stamp of every entry, so that the same files give the same bytes.</summary>
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private const long RatioCountsFrom = 64L << 20;

    public static IntuneWinDefect? Inspect(Stream plain, string setupFile, IntuneWinLimits limits)
    {
        plain.Position = 0;
        try
        {
            using var zip = new ZipArchive(plain, ZipArchiveMode.Read, leaveOpen: true);
            return Inspect(zip, setupFile, limits);
        }
        catch (InvalidDataException)
        {
            return new(IntuneWinCheck.InnerZip, "The content is no ZIP archive.");
        }
    }

    /// <summary>Writes the files in the order of their names, with one fixed time.</summary>
    public static async Task Write(IEnumerable<IntuneWinFile> files, Stream target, CancellationToken cancellation)
    {
        using var zip = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var file in files.OrderBy(f => f.Path, StringComparer.Ordinal))
        {
            var entry = zip.CreateEntry(file.Path, CompressionLevel.Optimal);
            entry.LastWriteTime = Epoch;
            entry.ExternalAttributes = 0;
            var source = await file.Open(cancellation).ConfigureAwait(false);
            var packed = await entry.OpenAsync(cancellation).ConfigureAwait(false);
            await using (source.ConfigureAwait(false))
            await using (packed.ConfigureAwait(false))
            {
                await source.CopyToAsync(packed, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Whether a name stays in its folder on every system: no root, no drive, no step upwards.</summary>
    public static bool IsSafeName(string name) =>
        name.Length is > 0 and <= 1024
        && !name.Any(char.IsControl)
        && !name.Contains(':', StringComparison.Ordinal)
        && name[0] is not ('/' or '\\')
        && !name.Split('/', '\\').Any(part => part is ".." or ".");

    private static IntuneWinDefect? Inspect(ZipArchive zip, string setupFile, IntuneWinLimits limits)
    {
        if (zip.Entries.Count > limits.InnerEntries)
        {
            return new(IntuneWinCheck.InnerLimits, $"The content has {zip.Entries.Count} files, at most {limits.InnerEntries} are allowed.");
        }

        long packed = 0, unpacked = 0;
        var setupFound = false;
        var setup = setupFile.Replace('\\', '/');
        foreach (var entry in zip.Entries)
        {
            if (!IsSafeName(entry.FullName))
            {
                return new(IntuneWinCheck.InnerNames, $"A name in the content leaves its folder: '{Printable(entry.FullName)}'.");
            }

            if (entry.Length > limits.UnpackedBytes - unpacked)
            {
                return new(IntuneWinCheck.InnerLimits, $"The content unpacks to more than {limits.UnpackedBytes} bytes.");
            }

            packed += entry.CompressedLength;
            unpacked += entry.Length;
            if (unpacked > RatioCountsFrom && unpacked / Math.Max(packed, 1) > limits.UnpackedRatio)
            {
                return new(IntuneWinCheck.InnerLimits, $"The content unpacks to more than {limits.UnpackedRatio} times its size.");
            }

            setupFound |= string.Equals(entry.FullName.Replace('\\', '/'), setup, StringComparison.OrdinalIgnoreCase);
        }

        return setupFound ? null : new(IntuneWinCheck.SetupFile, $"The setup file '{Printable(setupFile)}' is not in the content.");
    }

    private static string Printable(string name) => new([.. name.Take(120).Select(c => char.IsControl(c) ? '?' : c)]);
}
