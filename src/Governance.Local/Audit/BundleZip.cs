using System.IO.Compression;
using Governance.Core;
using Governance.Core.Audit;
using Governance.Storage.Vault;

namespace Governance.Local.Audit;

/// <summary>What lies in the zip of a bundle: the digest of every file, and the bytes of those that are read. Nothing is written anywhere, so names are names only.</summary>
internal sealed class BundleZip
{
    private const int MostEntries = 10_000;
    private const long MostBytes = 2L << 30;
    private const int MostRead = 256 << 20;

    private readonly Dictionary<string, (Measured Measured, byte[]? Bytes)> _files = new(StringComparer.Ordinal);

    private BundleZip()
    {
    }

    /// <summary>What is wrong with the zip itself.</summary>
    public List<BundleFlaw> Flaws { get; } = [];

    /// <summary>The names of all files.</summary>
    public IReadOnlyCollection<string> Names => _files.Keys;

    /// <summary>Reads every entry once.</summary>
    /// <param name="zip">Can be sought.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidDataException">No zip, cut short, or larger than any bundle is.</exception>
    public static async Task<BundleZip> Read(Stream zip, CancellationToken cancellation)
    {
        var archive = await ZipArchive.CreateAsync(zip, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, cancellation);
        await using (archive)
        {
            if (archive.Entries.Count > MostEntries)
            {
                throw new InvalidDataException($"It has {archive.Entries.Count} files; a bundle has at most {MostEntries}.");
            }

            var (read, left) = (new BundleZip(), MostBytes);
            foreach (var entry in archive.Entries)
            {
                left -= await read.Add(entry, left, cancellation);
            }

            return read;
        }
    }

    /// <summary>The digest and length of a file; null where it is not there.</summary>
    public Measured? Measure(string name) => _files.TryGetValue(name, out var file) ? file.Measured : null;

    /// <summary>The bytes of a file; null where it is not there, or is evidence, whose digest says all.</summary>
    public byte[]? Bytes(string name) => _files.TryGetValue(name, out var file) ? file.Bytes : null;

    private async Task<long> Add(ZipArchiveEntry entry, long left, CancellationToken cancellation)
    {
        if (_files.ContainsKey(entry.FullName))
        {
            Flaws.Add(new(entry.FullName, "It is there twice."));
            return 0;
        }

        var keep = !entry.FullName.StartsWith("evidence/files/", StringComparison.Ordinal);
        using var bytes = new MemoryStream();
        try
        {
            // Sizes in headers are not believed: reading stops where a limit is passed.
            var content = await entry.OpenAsync(cancellation);
            await using (content)
            {
                var measured = await Measured.Of(content, keep ? bytes : Stream.Null, Math.Min(left, keep ? MostRead : left), cancellation);
                if (measured.Length > (keep ? Math.Min(left, MostRead) : left))
                {
                    throw new InvalidDataException($"{entry.FullName} unpacks to more than any bundle holds.");
                }

                _files.Add(entry.FullName, (measured, keep ? bytes.ToArray() : null));
                return measured.Length;
            }
        }
        catch (InvalidDataException broken) when (!broken.Message.StartsWith(entry.FullName, StringComparison.Ordinal))
        {
            Flaws.Add(new(entry.FullName, "It cannot be unpacked: its bytes were changed."));
            _files.Add(entry.FullName, (new(Digest.Zero, 0), keep ? [] : null));
            return 0;
        }
    }
}
