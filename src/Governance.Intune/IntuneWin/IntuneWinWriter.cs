using System.IO.Compression;
using System.Text;

namespace Governance.Intune.IntuneWin;

/// <summary>Fills a buffer with random bytes; keys are as good as it is. Use <see cref="System.Security.Cryptography.RandomNumberGenerator.Fill(Span{byte})"/> outside of tests.</summary>
/// <param name="buffer">Filled completely.</param>
public delegate void RandomSource(Span<byte> buffer);

/// <summary>One file of a package.</summary>
/// <param name="Path">Its path in the setup folder, with <c>/</c> between folders, no root and no step upwards.</param>
/// <param name="Length">Its length, bytes; decides whether work goes through memory or disk.</param>
/// <param name="Open">Opens its bytes; called once, the stream is disposed.</param>
public sealed record IntuneWinFile(string Path, long Length, Func<CancellationToken, Task<Stream>> Open)
{
    /// <summary>A file whose bytes are in memory.</summary>
    public static IntuneWinFile Of(string path, ReadOnlyMemory<byte> bytes) =>
        new(path, bytes.Length, _ => Task.FromResult<Stream>(new MemoryStream(bytes.ToArray(), writable: false)));
}

/// <summary>Makes .intunewin packages as Microsoft's packaging tool does, on any system.</summary>
public static class IntuneWinWriter
{
    /// <summary>Packs files. The content's digest depends on the files alone; the keys, and so the package's bytes, are new each time.</summary>
    /// <param name="files">At least the setup file; paths must differ.</param>
    /// <param name="setupFile">Path of one of <paramref name="files"/>.</param>
    /// <param name="output">Takes the package; need not be seekable, stays open.</param>
    /// <param name="random">Where keys come from.</param>
    /// <param name="msi">What is known about an MSI; null for other installers.</param>
    /// <param name="cancellation">Ends the writing; what is in <paramref name="output"/> then is no package.</param>
    /// <returns>What Detection.xml says.</returns>
    /// <exception cref="ArgumentException">The setup file is not among the files, a path leaves the folder, or two are the same.</exception>
    public static async Task<IntuneWinManifest> Write(
        IReadOnlyCollection<IntuneWinFile> files, string setupFile, Stream output, RandomSource random, MsiFacts? msi, CancellationToken cancellation)
    {
        if (files.All(f => f.Path != setupFile))
        {
            throw new ArgumentException($"'{setupFile}' is not among the files.", nameof(setupFile));
        }

        if (files.FirstOrDefault(f => !InnerZip.IsSafeName(f.Path)) is { } unsafeFile)
        {
            throw new ArgumentException($"'{unsafeFile.Path}' leaves the setup folder.", nameof(files));
        }

        if (files.Select(f => f.Path).Distinct(StringComparer.OrdinalIgnoreCase).Count() < files.Count)
        {
            throw new ArgumentException("Two files have one path; Windows does not tell case apart.", nameof(files));
        }

        var total = files.Sum(f => f.Length);
        var plain = Spool.Open(total);
        var payload = Spool.Open(total);
        await using (plain.ConfigureAwait(false))
        await using (payload.ConfigureAwait(false))
        {
            await InnerZip.Write(files, plain, cancellation).ConfigureAwait(false);
            var keys = await PayloadCipher.Encrypt(plain, payload, random, cancellation).ConfigureAwait(false);
            var name = setupFile[(setupFile.LastIndexOf('/') + 1)..];
            var manifest = new IntuneWinManifest(name, setupFile.Replace('/', '\\'), plain.Length, keys, msi);
            payload.Position = 0;
            await WriteOuter(manifest, payload, output, cancellation).ConfigureAwait(false);
            return manifest;
        }
    }

    private static async Task WriteOuter(IntuneWinManifest manifest, Stream payload, Stream output, CancellationToken cancellation)
    {
        using var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true);
        await Store(zip, IntuneWinPackage.PayloadEntry, payload, cancellation).ConfigureAwait(false);
        var xml = new MemoryStream(Encoding.UTF8.GetBytes(DetectionXml.Write(manifest, IntuneWinPackage.PayloadName).ToString()));
        await Store(zip, IntuneWinPackage.DetectionEntry, xml, cancellation).ConfigureAwait(false);
    }

    private static async Task Store(ZipArchive zip, string name, Stream bytes, CancellationToken cancellation)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var stored = await entry.OpenAsync(cancellation).ConfigureAwait(false);
        await using (stored.ConfigureAwait(false))
        {
            await bytes.CopyToAsync(stored, cancellation).ConfigureAwait(false);
        }
    }
}
