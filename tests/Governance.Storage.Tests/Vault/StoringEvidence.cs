using System.Text;
using Azure.Storage.Blobs;
using Governance.Core;
using Governance.Core.Evidence;
using Governance.Storage.Vault;
using Governance.Testing;

namespace Governance.Storage.Tests.Vault;

public sealed class StoringEvidence(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly byte[] Document = Encoding.UTF8.GetBytes("""{"install":{"command":"setup.exe /S"}}""");
    private static readonly byte[] Report = Encoding.UTF8.GetBytes("""{"SchemaVersion":2}""");

    private readonly BlobContainerClient _container = new(azurite.ConnectionString, azurite.NextPrefix() + "evidence");
    private readonly Seeded _seeded = new(11);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private EvidenceVault Vault => new(_container);

    public async ValueTask InitializeAsync() => await _container.CreateIfNotExistsAsync(cancellationToken: Stop);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_stored_pack_comes_back_whole_from_memory_and_from_the_store()
    {
        var vault = Vault;
        var pack = await Prepare(vault);

        var stored = Assert.IsType<StorePackResult.Stored>(await vault.Store(pack, Stop)).Pack;

        Assert.Same(stored, await vault.Find(pack.Facts.PackId, Stop));
        var read = await Vault.Find(pack.Facts.PackId, Stop);
        Assert.Equal(Digest.Of((await vault.ReadBytes(pack.Facts.PackId, Stop))!), stored.Facts.StoredSha256);
        Assert.Equal(stored.Facts.StoredSha256, read!.Facts.StoredSha256);
        Assert.Equal(Written(pack), Written(read));
        Assert.Equal(pack.Files, read.Files);
        Assert.Equal(Document, await vault.Read(read.EvidenceFile!.Sha256, Stop));
        Assert.Equal(Report.Length, await vault.LengthOf(Digest.Of(Report), Stop));
    }

    [Fact]
    public async Task The_same_content_under_the_same_id_is_what_is_there_and_keeps_who_stored_it()
    {
        var first = await Prepare(Vault);
        await Vault.Store(first, Stop);

        var again = await Vault.Store(first with { Facts = first.Facts with { StoredBy = _seeded.NextPerson(), StoredAt = FakeClock.Noon.AddDays(1) } }, Stop);

        Assert.Equal(Written(first), Written(Assert.IsType<StorePackResult.Existing>(again).Pack));
    }

    [Fact]
    public async Task Other_content_under_the_same_id_is_a_conflict_and_changes_nothing()
    {
        var first = await Prepare(Vault);
        await Vault.Store(first, Stop);

        var other = await Vault.Store(await Prepare(Vault, first.Facts.PackId, "other"u8.ToArray()), Stop);

        Assert.Equal(Written(first), Written(Assert.IsType<StorePackResult.Conflict>(other).Pack));
        Assert.Equal(Written(first), Written((await Vault.Find(first.Facts.PackId, Stop))!));
    }

    [Fact]
    public async Task The_same_content_under_another_id_is_a_new_pack_over_the_same_files()
    {
        var first = await Prepare(Vault);
        await Vault.Store(first, Stop);
        var before = await Blobs("files/");

        var second = await Prepare(Vault);
        Assert.IsType<StorePackResult.Stored>(await Vault.Store(second, Stop));

        Assert.Equal(first.Facts.PackDigest, second.Facts.PackDigest);
        Assert.Equal(before, await Blobs("files/"));
        Assert.Equal(2, (await Blobs("packs/")).Count);
    }

    [Fact]
    public async Task Of_ten_that_store_different_content_under_one_id_at_once_one_wins()
    {
        var id = new EvidencePackId(_seeded.NextGuid());
        var packs = new List<EvidencePack>();
        for (var n = 0; n < 10; n++)
        {
            packs.Add(await Prepare(Vault, id, Encoding.UTF8.GetBytes($"content {n}")));
        }

        var results = await Task.WhenAll(packs.Select(pack => Vault.Store(pack, Stop)));

        var winner = Assert.Single(results.OfType<StorePackResult.Stored>()).Pack;
        Assert.All(results.OfType<StorePackResult.Conflict>(), lost => Assert.Equal(winner.Facts.PackDigest, lost.Pack.Facts.PackDigest));
        Assert.Equal(9, results.OfType<StorePackResult.Conflict>().Count());
    }

    [Fact]
    public async Task A_pack_with_a_digest_that_is_not_its_files_is_never_stored()
    {
        var pack = await Prepare(Vault);

        await Assert.ThrowsAsync<ArgumentException>(() => Vault.Store(pack with { Files = [] }, Stop));

        Assert.Null(await Vault.Find(pack.Facts.PackId, Stop));
    }

    [Fact]
    public async Task What_is_not_there_is_null_and_no_fault()
    {
        var nothing = Digest.Of("never stored"u8);

        Assert.Null(await Vault.Find(new EvidencePackId(_seeded.NextGuid()), Stop));
        Assert.Null(await Vault.Open(nothing, Stop));
        Assert.Null(await Vault.Read(nothing, Stop));
        Assert.Null(await Vault.LengthOf(nothing, Stop));
    }

    [Fact]
    public async Task An_untouched_pack_verifies()
    {
        var pack = await Prepare(Vault);
        await Vault.Store(pack, Stop);

        Assert.True((await Vault.Verify(pack.Facts.PackId, pack.Facts.PackDigest, null, Stop)).Valid);
        Assert.True((await Vault.Verify(pack.Facts.PackId, null, null, Stop)).Valid);
    }

    [Fact]
    public async Task An_overwritten_file_a_missing_one_and_an_overwritten_pack_are_found()
    {
        var vault = Vault;
        var pack = await Prepare(vault);
        await vault.Store(pack, Stop);
        var id = pack.Facts.PackId;
        var file = _container.GetBlobClient($"files/{Digest.Of(Report)}");

        Assert.Contains("says other things", (await vault.Verify(id, pack.Facts.PackDigest, Digest.Zero, Stop)).Flaw, StringComparison.Ordinal);
        await file.UploadAsync(BinaryData.FromString("""{"SchemaVersion":3}"""), overwrite: true, Stop);
        Assert.Equal($"File {Digest.Of(Report)} (scan) of pack {id} holds other bytes: it was overwritten.", (await vault.Verify(id, null, null, Stop)).Flaw);

        await file.DeleteAsync(cancellationToken: Stop);
        Assert.Equal($"File {Digest.Of(Report)} (scan) of pack {id} is not there.", (await vault.Verify(id, null, null, Stop)).Flaw);

        var blob = _container.GetBlobClient($"packs/{id}.json");
        var other = await Prepare(vault, id, "another document"u8.ToArray());
        await blob.UploadAsync(new BinaryData(Written(other)), overwrite: true, Stop);
        Assert.Equal($"Pack {id} lists other files than its digest says.", (await vault.Verify(id, pack.Facts.PackDigest, null, Stop)).Flaw);

        await blob.UploadAsync(BinaryData.FromString("no json"), overwrite: true, Stop);
        Assert.Equal($"Pack {id} cannot be read: it was overwritten.", (await vault.Verify(id, null, null, Stop)).Flaw);

        await blob.DeleteAsync(cancellationToken: Stop);
        Assert.Equal(new PackVerdict(null, $"Pack {id} is not there."), await vault.Verify(id, null, null, Stop));
    }

    [Fact]
    public void The_cache_forgets_what_was_used_longest_ago()
    {
        var cache = new PackCache(limit: 100);
        var (one, two, three) = (Pack(), Pack(), Pack());
        cache.Keep(one, 40);
        cache.Keep(two, 40);
        Assert.Same(one, cache.Find(one.Facts.PackId));

        cache.Keep(three, 40);

        Assert.Null(cache.Find(two.Facts.PackId));
        Assert.Same(one, cache.Find(one.Facts.PackId));
        cache.Keep(Pack(), 101);
        Assert.Same(three, cache.Find(three.Facts.PackId));
    }

    private static string Written(EvidencePack pack) => System.Text.Json.JsonSerializer.Serialize(pack, VaultJson.Default.EvidencePack);

    private async Task<IReadOnlyList<string>> Blobs(string prefix)
    {
        var names = new List<string>();
        await foreach (var blob in _container.GetBlobsAsync(prefix: prefix, cancellationToken: Stop))
        {
            names.Add(blob.Name);
        }

        return names;
    }

    private async Task<EvidencePack> Prepare(EvidenceVault vault, EvidencePackId? id = null, byte[]? document = null)
    {
        await vault.StoreFile(document ?? Document, Stop);
        await vault.StoreFile(Report, Stop);
        return Pack(id, document);
    }

    private EvidencePack Pack(EvidencePackId? id = null, byte[]? document = null)
    {
        EquatableArray<PackFile> files =
        [
            new(EvidencePack.EvidenceKind, Digest.Of(document ?? Document), (document ?? Document).Length),
            new("scan", Digest.Of(Report), Report.Length),
        ];
        return new(
            new EvidenceFacts
            {
                PackId = id ?? new(_seeded.NextGuid()),
                PackDigest = PackDigest.Of("7-Zip", "24.09", files),
                AppName = "7-Zip",
                Version = "24.09",
                StoredAt = FakeClock.Noon,
                StoredBy = _seeded.NextPerson(),
                Sbom = new SbomFacts("plain", null, [new("zlib", "1.3", null, ["Zlib"])], ["Zlib"]),
            },
            files);
    }
}
