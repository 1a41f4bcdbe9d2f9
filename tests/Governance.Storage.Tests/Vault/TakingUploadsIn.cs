using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Governance.Core;
using Governance.Storage.Vault;
using Governance.Testing;

namespace Governance.Storage.Tests.Vault;

public sealed class TakingUploadsIn : IAsyncLifetime
{
    private readonly BlobContainerClient _incoming;
    private readonly BlobContainerClient _artifacts;
    private readonly BlobContainerClient _evidence;
    private readonly UploadArea _uploads;
    private readonly byte[] _content = new Seeded(5).NextBytes(9 * 1024 * 1024);

    public TakingUploadsIn(AzuriteFixture azurite)
    {
        var prefix = azurite.NextPrefix();
        var service = new BlobServiceClient(azurite.ConnectionString);
        (_incoming, _evidence, _artifacts) =
            (service.GetBlobContainerClient(prefix + "incoming"), service.GetBlobContainerClient(prefix + "evidence"), service.GetBlobContainerClient(prefix + "artifacts"));
        _uploads = new(service, _incoming, _evidence, _artifacts, new UploadLimits { EvidenceBytes = 1000, ArtifactBytes = 10 * 1024 * 1024 }, TimeProvider.System);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        foreach (var container in new[] { _incoming, _evidence, _artifacts })
        {
            await container.CreateIfNotExistsAsync(cancellationToken: Stop);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_upload_with_the_promised_digest_is_taken_in_block_by_block_and_the_incoming_copy_goes()
    {
        var digest = Digest.Of(_content);
        Assert.Equal(new UploadState.Missing(), await _uploads.Settle(UploadKind.Artifact, digest, Stop));
        var address = await _uploads.Begin(UploadKind.Artifact, digest, Stop);
        await new BlobClient(address.Uri).UploadAsync(new BinaryData(_content), Stop);
        Assert.Null(await _uploads.LengthOf(UploadKind.Artifact, digest, Stop));

        Assert.Equal(new UploadState.Verified(_content.Length), await _uploads.Settle(UploadKind.Artifact, digest, Stop));
        Assert.Equal(new UploadState.Verified(_content.Length), await _uploads.Settle(UploadKind.Artifact, digest, Stop));

        Assert.Equal(_content.Length, await _uploads.LengthOf(UploadKind.Artifact, digest, Stop));
        await using var stored = await _uploads.Open(UploadKind.Artifact, digest, Stop);
        Assert.Equal(new Measured(digest, _content.Length), await Measured.Of(stored!, Stream.Null, Stop));
        Assert.Empty(await Names(_incoming));
        Assert.Equal([digest.ToString()], await Names(_artifacts));
    }

    [Fact]
    public async Task An_address_takes_one_blob_once_and_no_other()
    {
        var digest = Digest.Of("content"u8);
        var address = await _uploads.Begin(UploadKind.Evidence, digest, Stop);
        var blob = new BlockBlobClient(address.Uri);
        await blob.UploadAsync(new MemoryStream("content"u8.ToArray()), cancellationToken: Stop);

        var again = await Assert.ThrowsAsync<RequestFailedException>(() => blob.UploadAsync(new MemoryStream("other"u8.ToArray()), cancellationToken: Stop));
        var read = await Assert.ThrowsAsync<RequestFailedException>(() => blob.DownloadContentAsync(Stop));
        var elsewhere = new BlockBlobClient(new UriBuilder(address.Uri) { Path = address.Uri.AbsolutePath + "x" }.Uri);
        var other = await Assert.ThrowsAsync<RequestFailedException>(() => elsewhere.UploadAsync(new MemoryStream([1]), cancellationToken: Stop));

        Assert.True(again.Status is 403 or 409, $"overwriting was answered {again.Status}");
        Assert.Equal(403, read.Status);
        Assert.Equal(403, other.Status);
        Assert.Equal(new UploadState.Verified(7), await _uploads.Settle(UploadKind.Evidence, digest, Stop));
        Assert.DoesNotContain("sig=", address.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_content_is_thrown_away_and_the_address_can_be_asked_for_again()
    {
        var promised = Digest.Of("promised"u8);
        await Send(promised, "something else"u8.ToArray());

        Assert.Equal(new UploadState.OtherContent(Digest.Of("something else"u8)), await _uploads.Settle(UploadKind.Evidence, promised, Stop));
        Assert.Equal(new UploadState.Missing(), await _uploads.Settle(UploadKind.Evidence, promised, Stop));
        Assert.Empty(await Names(_evidence));

        await Send(promised, "promised"u8.ToArray());
        Assert.Equal(new UploadState.Verified(8), await _uploads.Settle(UploadKind.Evidence, promised, Stop));
        Assert.Equal([$"files/{promised}"], await Names(_evidence));
    }

    [Theory]
    [InlineData(999, true)]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public async Task More_than_the_limit_is_not_taken_in(int bytes, bool taken)
    {
        var content = new Seeded(bytes).NextBytes(bytes);
        await Send(Digest.Of(content), content);

        var state = await _uploads.Settle(UploadKind.Evidence, Digest.Of(content), Stop);

        Assert.Equal(taken ? new UploadState.Verified(bytes) : new UploadState.TooLarge(1000), state);
        Assert.Equal(taken ? 1 : 0, (await Names(_evidence)).Count);
    }

    [Fact]
    public async Task Two_that_settle_at_once_both_find_it_verified()
    {
        var digest = Digest.Of(_content);
        var address = await _uploads.Begin(UploadKind.Artifact, digest, Stop);
        await new BlobClient(address.Uri).UploadAsync(new BinaryData(_content), Stop);

        var states = await Task.WhenAll(_uploads.Settle(UploadKind.Artifact, digest, Stop), _uploads.Settle(UploadKind.Artifact, digest, Stop));

        Assert.All(states, state => Assert.Equal(new UploadState.Verified(_content.Length), state));
        Assert.Equal(new Measured(digest, _content.Length), await _uploads.Measure(UploadKind.Artifact, digest, Stop));
    }

    [Fact]
    public async Task An_artifact_counts_once_its_upload_came_and_twenty_that_ask_at_once_share_one_reading()
    {
        var store = new ArtifactStore(_uploads);
        var digest = Digest.Of(_content);
        Assert.False(await store.IsVerified(digest, Stop));
        await Assert.ThrowsAsync<FileNotFoundException>(() => store.Open(digest, Stop));
        var address = await _uploads.Begin(UploadKind.Artifact, digest, Stop);
        await new BlobClient(address.Uri).UploadAsync(new BinaryData(_content), Stop);

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => store.IsVerified(digest, Stop))), Assert.True);

        await using var opened = await store.Open(digest, Stop);
        Assert.Equal(new Measured(digest, _content.Length), await Measured.Of(opened, Stream.Null, Stop));
        await _artifacts.GetBlobClient(digest.ToString()).DeleteAsync(cancellationToken: Stop);
        Assert.True(await store.IsVerified(digest, Stop));
    }

    [Fact]
    public async Task An_artifact_that_was_overwritten_behind_our_back_measures_differently()
    {
        var digest = Digest.Of("artifact"u8);
        var address = await _uploads.Begin(UploadKind.Artifact, digest, Stop);
        await new BlobClient(address.Uri).UploadAsync(new BinaryData("artifact"u8.ToArray()), Stop);
        await _uploads.Settle(UploadKind.Artifact, digest, Stop);

        await _artifacts.GetBlobClient(digest.ToString()).UploadAsync(new BinaryData("malware!"u8.ToArray()), overwrite: true, Stop);

        Assert.Equal(new Measured(Digest.Of("malware!"u8), 8), await _uploads.Measure(UploadKind.Artifact, digest, Stop));
        Assert.Null(await _uploads.Measure(UploadKind.Artifact, Digest.Of("never"u8), Stop));
    }

    private async Task Send(Digest promised, byte[] content)
    {
        var address = await _uploads.Begin(UploadKind.Evidence, promised, Stop);
        await new BlobClient(address.Uri).UploadAsync(new BinaryData(content), Stop);
    }

    private static async Task<IReadOnlyList<string>> Names(BlobContainerClient container)
    {
        var names = new List<string>();
        await foreach (var blob in container.GetBlobsAsync(cancellationToken: Stop))
        {
            names.Add(blob.Name);
        }

        return names;
    }
}
