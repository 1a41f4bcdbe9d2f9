using System.Text.Json;
using Azure.Storage.Blobs;
using Governance.Core;
using Governance.Core.Evidence;

namespace Governance.Storage.Vault;

/// <summary>
/// Evidence packs and their files, written once and never again. Files lie under their SHA-256, so that packs with the same content share them;
/// a pack lies under its id. In Azure the container has a time-based immutability policy besides; where there is none,
/// <see cref="Verify"/> finds an overwrite.
/// </summary>
/// <param name="container">Where everything of it lies; made at start.</param>
/// <param name="cacheBytes">How much stored JSON of packs is kept in memory, 0 or more.</param>
public sealed class EvidenceVault(BlobContainerClient container, long cacheBytes = 16 * 1024 * 1024)
{
    private readonly DigestBlobs _files = new(container, FilesFolder);
    private readonly PackCache _cache = new(cacheBytes);

    internal const string FilesFolder = "files/";

    /// <summary>Stores a file under its digest, unless it is there. One round trip.</summary>
    /// <param name="content">Any bytes, at most what a request may carry.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Its digest.</returns>
    public async Task<Digest> StoreFile(ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var digest = Digest.Of(content.Span);
        await _files.Write(digest, content, cancellation).ConfigureAwait(false);
        return digest;
    }

    /// <summary>Stores a pack whose files are there already. One round trip; one more where the id is taken.</summary>
    /// <param name="pack">Its digest must be that of its files, app and version.</param>
    /// <param name="cancellation">Ends it; repeating is safe.</param>
    /// <returns>Stored, or what lies under the id: the same content, or other content.</returns>
    /// <exception cref="ArgumentException">The pack's digest is not that of its files.</exception>
    public async Task<StorePackResult> Store(EvidencePack pack, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(pack);
        if (DigestOf(pack) != pack.Facts.PackDigest)
        {
            throw new ArgumentException($"Pack {pack.Facts.PackId} does not have the digest of its files.", nameof(pack));
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(pack, VaultJson.Default.EvidencePack);
        if (await _files.WriteNamed(NameOf(pack.Facts.PackId), json, cancellation).ConfigureAwait(false))
        {
            var stored = Marked(pack, json);
            _cache.Keep(stored, json.Length);
            return new StorePackResult.Stored(stored);
        }

        var there = await Find(pack.Facts.PackId, cancellation).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"Pack {pack.Facts.PackId} was refused as existing and cannot be read.");
        return there.Facts.PackDigest == pack.Facts.PackDigest ? new StorePackResult.Existing(there) : new StorePackResult.Conflict(there);
    }

    /// <summary>A pack by its id. No round trip where it is in memory, one otherwise.</summary>
    /// <returns>Null where there is none.</returns>
    public async ValueTask<EvidencePack?> Find(EvidencePackId id, CancellationToken cancellation)
    {
        if (_cache.Find(id) is { } known)
        {
            return known;
        }

        if (await ReadBytes(id, cancellation).ConfigureAwait(false) is not { } json)
        {
            return null;
        }

        var pack = EvidencePack.Read(json);
        _cache.Keep(pack, json.Length);
        return pack;
    }

    /// <summary>What decisions read of a pack. No round trip where it is in memory, one otherwise.</summary>
    /// <returns>Null where there is no such pack.</returns>
    public async ValueTask<EvidenceFacts?> GetFacts(EvidencePackId id, CancellationToken cancellation) =>
        (await Find(id, cancellation).ConfigureAwait(false))?.Facts;

    /// <summary>Whether a file is there, by its length. One round trip; its content is not looked at.</summary>
    /// <returns>Its length in bytes; null where there is none.</returns>
    public Task<long?> LengthOf(Digest file, CancellationToken cancellation) => _files.Length(file, cancellation);

    /// <summary>Opens a file for one pass from its start; the caller disposes. One round trip.</summary>
    /// <returns>Null where there is none.</returns>
    public Task<Stream?> Open(Digest file, CancellationToken cancellation) => _files.Open(file, cancellation);

    /// <summary>Takes a small file whole.</summary>
    /// <returns>Null where there is none.</returns>
    public Task<byte[]?> Read(Digest file, CancellationToken cancellation) => _files.ReadNamed(FilesFolder + file, cancellation);

    /// <summary>The bytes of a pack's record as they lie there, past every cache.</summary>
    /// <returns>Null where there is none.</returns>
    public Task<byte[]?> ReadBytes(EvidencePackId id, CancellationToken cancellation) => _files.ReadNamed(NameOf(id), cancellation);

    /// <summary>Reads the pack and all its files anew, past every cache, and recomputes their digests. Files are streamed.</summary>
    /// <param name="id">Which pack.</param>
    /// <param name="expected">What the log says its digest was; null where nothing is said.</param>
    /// <param name="stored">What the log says the SHA-256 of its record was; null where nothing is said.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<PackVerdict> Verify(EvidencePackId id, Digest? expected, Digest? stored, CancellationToken cancellation)
    {
        if (await ReadBytes(id, cancellation).ConfigureAwait(false) is not { } json)
        {
            return new(null, $"Pack {id} is not there.");
        }

        EvidencePack pack;
        try
        {
            pack = EvidencePack.Read(json);
        }
        catch (JsonException)
        {
            return new(null, $"Pack {id} cannot be read: it was overwritten.");
        }

        if (pack.Facts.PackId != id || DigestOf(pack) != pack.Facts.PackDigest || (expected is { } logged && logged != pack.Facts.PackDigest))
        {
            return new(pack, $"Pack {id} lists other files than its digest says.");
        }

        if (stored is { } record && record != Digest.Of(json))
        {
            return new(pack, $"The record of pack {id} says other things than it did when the deployment was decided on: it was overwritten.");
        }

        // The artifact's bytes lie apart from the evidence and may come later; their digest is verified when they are taken in and again when they are published.
        foreach (var file in pack.Files.Where(file => file.Kind != "artifact"))
        {
            var found = await _files.Measure(file.Sha256, cancellation).ConfigureAwait(false);
            if (found is null)
            {
                return new(pack, $"File {file.Sha256} ({file.Kind}) of pack {id} is not there.");
            }

            if (found.Digest != file.Sha256 || found.Length != file.SizeBytes)
            {
                return new(pack, $"File {file.Sha256} ({file.Kind}) of pack {id} holds other bytes: it was overwritten.");
            }
        }

        return new(pack, null);
    }

    private static string NameOf(EvidencePackId id) => $"packs/{id}.json";

    private static Digest DigestOf(EvidencePack pack) => PackDigest.Of(pack.Facts.AppName, pack.Facts.Version, pack.Files);

    private static EvidencePack Marked(EvidencePack pack, ReadOnlySpan<byte> json) => pack with { Facts = pack.Facts with { StoredSha256 = Digest.Of(json) } };
}
