using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Governance.Core;

namespace Governance.Storage.Vault;

/// <summary>Blobs that are named by the SHA-256 of their content and written once. The one place that reads blob errors.</summary>
/// <param name="container">Where they lie; made at start.</param>
/// <param name="folder">In front of each name, with its slash; may be empty.</param>
internal sealed class DigestBlobs(BlobContainerClient container, string folder)
{
    // One block of a streamed write: bounds the memory of an upload of any size.
    private const int BlockBytes = 4 * 1024 * 1024;

    private static readonly BlobUploadOptions OnlyIfAbsent = new() { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };

    /// <summary>Writes bytes whose digest the caller computed, unless they are there. One round trip.</summary>
    /// <returns>False where such a blob was there already.</returns>
    public Task<bool> Write(Digest digest, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        WriteNamed(folder + digest, content, cancellation);

    /// <summary>Writes a blob of any name, unless it is there.</summary>
    /// <returns>False where it was there already, perhaps by an earlier try of this very write.</returns>
    public async Task<bool> WriteNamed(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        try
        {
            await container.GetBlockBlobClient(name).UploadAsync(new ReadOnlyStream(content), OnlyIfAbsent, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException exists) when (exists.Status is 409 or 412)
        {
            return false;
        }
    }

    /// <summary>Reads a small blob whole. One round trip.</summary>
    /// <returns>Null where there is none.</returns>
    public async Task<byte[]?> ReadNamed(string name, CancellationToken cancellation)
    {
        try
        {
            var answer = await container.GetBlockBlobClient(name).DownloadContentAsync(cancellation).ConfigureAwait(false);
            return answer.Value.Content.ToArray();
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Its length in bytes; null where there is none. One round trip; its content is not looked at.</summary>
    public async Task<long?> Length(Digest digest, CancellationToken cancellation)
    {
        try
        {
            var answer = await container.GetBlockBlobClient(folder + digest).GetPropertiesAsync(cancellationToken: cancellation).ConfigureAwait(false);
            return answer.Value.ContentLength;
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Opens it for one pass from its start; the caller disposes. One round trip for all of it.</summary>
    /// <returns>Null where there is none.</returns>
    public async Task<Stream?> Open(Digest digest, CancellationToken cancellation) =>
        (await Stream(folder + digest, cancellation).ConfigureAwait(false))?.Content;

    /// <summary>Opens a blob of any name for one pass from its start; the caller disposes. One round trip for all of it.</summary>
    /// <returns>Its content and the version that is read; null where there is none.</returns>
    public async Task<(Stream Content, ETag Version)?> Stream(string name, CancellationToken cancellation)
    {
        try
        {
            var answer = await container.GetBlockBlobClient(name).DownloadStreamingAsync(cancellationToken: cancellation).ConfigureAwait(false);
            return (answer.Value.Content, answer.Value.Details.ETag);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Deletes a blob of any name if it is still this version.</summary>
    public async Task Delete(string name, ETag version, CancellationToken cancellation)
    {
        try
        {
            await container.GetBlockBlobClient(name)
                .DeleteAsync(conditions: new BlobRequestConditions { IfMatch = version }, cancellationToken: cancellation).ConfigureAwait(false);
        }
        catch (RequestFailedException gone) when (gone.Status is 404 or 412)
        {
            // Somebody else deleted it, and perhaps a new one came since: that one stays.
        }
    }

    /// <summary>Recomputes its digest from the bytes that lie there.</summary>
    /// <returns>What it really holds; null where there is none.</returns>
    public async Task<Measured?> Measure(Digest digest, CancellationToken cancellation)
    {
        var content = await Open(digest, cancellation).ConfigureAwait(false);
        if (content is null)
        {
            return null;
        }

        await using (content.ConfigureAwait(false))
        {
            return await Measured.Of(content, System.IO.Stream.Null, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Takes a stream in block by block while its digest is computed, and commits only if the digest is the wanted one:
    /// so what was checked is what is stored.
    /// </summary>
    /// <param name="digest">What it must be.</param>
    /// <param name="content">Read once, to its end.</param>
    /// <param name="limit">More bytes than this are not taken in.</param>
    /// <param name="cancellation">Ends it; nothing is committed then.</param>
    /// <returns>What the stream really held; committed only where its digest is the wanted one.</returns>
    public async Task<Measured> TakeIn(Digest digest, Stream content, long limit, CancellationToken cancellation)
    {
        var blob = container.GetBlockBlobClient(folder + digest);
        var blocks = new StagedBlocks(blob, BlockBytes);
        await using (blocks.ConfigureAwait(false))
        {
            var measured = await Measured.Of(content, blocks, limit, cancellation).ConfigureAwait(false);
            if (measured.Digest != digest || measured.Length > limit)
            {
                return measured;
            }

            try
            {
                await blocks.Commit(cancellation).ConfigureAwait(false);
            }
            catch (RequestFailedException exists) when (exists.Status is 409 or 412)
            {
                // Somebody else took the same bytes in: theirs are as good.
            }

            return measured;
        }
    }
}
