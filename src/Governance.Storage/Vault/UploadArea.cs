using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Governance.Core;

namespace Governance.Storage.Vault;

/// <summary>Where clients send large files themselves: a write-once address each, and nothing counts before its digest is verified.</summary>
/// <remarks>
/// An upload lies in the incoming area under the digest that was promised for it. Settling reads it once: what has the promised digest is taken
/// into its place, what has not is thrown away, so that the address can be asked for again.
/// </remarks>
public sealed class UploadArea
{
    private readonly BlobContainerClient _incoming;
    private readonly DigestBlobs _evidence;
    private readonly DigestBlobs _artifacts;
    private readonly UploadLimits _limits;
    private readonly TimeProvider _clock;

    /// <param name="service">The account; with a key it signs addresses itself, else it asks for a user delegation key.</param>
    /// <param name="incoming">Where clients write; lifecycle rules may empty it after a day.</param>
    /// <param name="evidence">The vault's container.</param>
    /// <param name="artifacts">Where verified artifacts lie.</param>
    /// <param name="limits">Sizes and times.</param>
    /// <param name="clock">Tells when addresses end.</param>
    public UploadArea(
        BlobServiceClient service, BlobContainerClient incoming, BlobContainerClient evidence, BlobContainerClient artifacts, UploadLimits limits, TimeProvider clock)
    {
        (Service, _incoming, _limits, _clock) = (service, incoming, limits, clock);
        _evidence = new DigestBlobs(evidence, EvidenceVault.FilesFolder);
        _artifacts = new DigestBlobs(artifacts, string.Empty);
    }

    private BlobServiceClient Service { get; }

    /// <summary>An address that takes this one blob once. No round trip with an account key, one without.</summary>
    /// <param name="kind">What it is, so where it goes.</param>
    /// <param name="promised">The digest that its content will have.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<UploadAddress> Begin(UploadKind kind, Digest promised, CancellationToken cancellation)
    {
        var blob = _incoming.GetBlobClient(NameOf(kind, promised));
        var now = _clock.GetUtcNow();
        var until = now + _limits.AddressLifetime;

        // Create and not Write: the address cannot overwrite what is there. Five minutes back for clocks that differ.
        var sas = new BlobSasBuilder(BlobSasPermissions.Create, until)
        {
            BlobContainerName = _incoming.Name,
            BlobName = blob.Name,
            Resource = "b",
            StartsOn = now - TimeSpan.FromMinutes(5),
        };
        if (blob.CanGenerateSasUri)
        {
            return new(blob.GenerateSasUri(sas), until);
        }

        var key = await Service.GetUserDelegationKeyAsync(sas.StartsOn, until, cancellation).ConfigureAwait(false);
        var uri = new BlobUriBuilder(blob.Uri) { Sas = sas.ToSasQueryParameters(key.Value, Service.AccountName) };
        return new(uri.ToUri(), until);
    }

    /// <summary>Whether verified content of this digest is there, by its length. One round trip.</summary>
    /// <returns>Its length in bytes; null where there is none.</returns>
    public Task<long?> LengthOf(UploadKind kind, Digest digest, CancellationToken cancellation) => PlaceOf(kind).Length(digest, cancellation);

    /// <summary>Opens verified content for one pass from its start; the caller disposes. One round trip.</summary>
    /// <returns>Null where there is none.</returns>
    public Task<Stream?> Open(UploadKind kind, Digest digest, CancellationToken cancellation) => PlaceOf(kind).Open(digest, cancellation);

    /// <summary>Recomputes the digest of verified content from the bytes that lie there now.</summary>
    /// <returns>What is there; null where nothing is. An overwrite shows as another digest.</returns>
    public Task<Measured?> Measure(UploadKind kind, Digest digest, CancellationToken cancellation) => PlaceOf(kind).Measure(digest, cancellation);

    /// <summary>Takes a stream into its place if it has the promised digest; where such content is there already it is read and compared, and stored once. Bounded memory.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="promised">The digest that it must have.</param>
    /// <param name="content">Read once, to its end or the limit.</param>
    /// <param name="limit">The most bytes.</param>
    /// <param name="cancellation">Ends it; nothing is stored then.</param>
    /// <returns>What the stream really held, or one byte more than the limit; stored only where it is what was promised.</returns>
    public async Task<Measured> Take(UploadKind kind, Digest promised, Stream content, long limit, CancellationToken cancellation)
    {
        var place = PlaceOf(kind);
        return await place.Length(promised, cancellation).ConfigureAwait(false) is null
            ? await place.TakeIn(promised, content, limit, cancellation).ConfigureAwait(false)
            : await Measured.Of(content, Stream.Null, limit, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Takes an upload into its place if it has the promised digest. One round trip where that has happened, otherwise the content is
    /// streamed once, in bounded memory. Repeating is safe.
    /// </summary>
    public async Task<UploadState> Settle(UploadKind kind, Digest promised, CancellationToken cancellation)
    {
        var place = PlaceOf(kind);
        if (await place.Length(promised, cancellation).ConfigureAwait(false) is { } there)
        {
            return new UploadState.Verified(there);
        }

        var (name, incoming) = (NameOf(kind, promised), new DigestBlobs(_incoming, string.Empty));
        if (await incoming.Stream(name, cancellation).ConfigureAwait(false) is not var (content, version))
        {
            // Missing, or taken in by somebody else since the look above.
            return await place.Length(promised, cancellation).ConfigureAwait(false) is { } since ? new UploadState.Verified(since) : new UploadState.Missing();
        }

        Measured measured;
        await using (content.ConfigureAwait(false))
        {
            measured = await place.TakeIn(promised, content, _limits.For(kind), cancellation).ConfigureAwait(false);
        }

        await incoming.Delete(name, version, cancellation).ConfigureAwait(false);
        return measured switch
        {
            _ when measured.Length > _limits.For(kind) => new UploadState.TooLarge(_limits.For(kind)),
            _ when measured.Digest != promised => new UploadState.OtherContent(measured.Digest),
            _ => new UploadState.Verified(measured.Length),
        };
    }

    private static string NameOf(UploadKind kind, Digest promised) => $"{(kind == UploadKind.Artifact ? "artifacts" : "files")}/{promised}";

    private DigestBlobs PlaceOf(UploadKind kind) => kind == UploadKind.Artifact ? _artifacts : _evidence;
}
