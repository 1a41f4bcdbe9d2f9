using Governance.Durable.Hub;
using Governance.Testing;

namespace Governance.Storage.Tests.Hub;

/// <summary>What the hub relies on, asked of real tables and blobs.</summary>
public sealed class StoreOnTables(AzuriteFixture azurite)
{
    private static readonly CancellationToken Never = CancellationToken.None;

    [Fact]
    public async Task A_row_comes_back_as_it_was_written_at_every_size()
    {
        var store = await Created();
        var seeded = new Seeded(7);
        string? etag = null;
        foreach (var size in new[] { 0, 1, 65_535, 65_536, 65_537, 131_072, TaskHubLimits.BodyBytes })
        {
            var (hint, body) = (seeded.NextBytes(Math.Min(size, 1000)), seeded.NextBytes(size));
            etag = (await store.CommitAsync(5, new(new byte[] { 1 }, etag, [new TaskHubWrite.Put("row", hint, body)]), Never)).HeadETag;

            var row = await store.FindAsync(5, "row", Never);

            Assert.Equal(hint, row!.Hint.ToArray());
            Assert.Equal(body, row.Body.ToArray());
        }
    }

    [Fact]
    public async Task A_commit_happens_once_for_each_version_of_the_head()
    {
        var store = await Created();
        var first = await Put(store, null, "a");
        var second = await Put(store, first, "b");

        Assert.Null(await Put(store, first, "c"));
        Assert.Null(await Put(store, null, "d"));

        Assert.Equal(second, (await store.FindAsync(0, TaskHubLimits.HeadKey, Never))!.ETag);
        Assert.Equal(["a", "b"], (await store.ReadAsync(0, new("Z", "z", 10), Never)).Select(row => row.Key));
    }

    [Fact]
    public async Task A_commit_that_deletes_a_missing_row_changes_nothing()
    {
        var store = await Created();
        var head = await Put(store, null, "a");

        var result = await store.CommitAsync(
            0, new(new byte[] { 2 }, head, [new TaskHubWrite.Put("b", default, new byte[] { 1 }), new TaskHubWrite.Delete("missing")]), Never);

        Assert.Null(result.HeadETag);
        Assert.Equal(head, (await store.FindAsync(0, TaskHubLimits.HeadKey, Never))!.ETag);
        Assert.Null(await store.FindAsync(0, "b", Never));
    }

    [Fact]
    public async Task A_full_commit_of_a_hundred_rows_is_accepted()
    {
        var store = await Created();
        var rows = Enumerable.Range(0, TaskHubLimits.RowsPerCommit)
            .Select(TaskHubWrite (n) => new TaskHubWrite.Put($"row-{n:D3}", default, new byte[TaskHubLimits.CommitBytes / TaskHubLimits.RowsPerCommit]));

        Assert.NotNull((await store.CommitAsync(0, new(new byte[] { 1 }, null, [.. rows]), Never)).HeadETag);
        Assert.Equal(99, (await store.ReadAsync(0, new("row-", "row-~", 1000), Never)).Count);
    }

    [Fact]
    public async Task A_range_gives_its_rows_in_order_and_hints_alone_where_they_are_enough()
    {
        var store = await Created();
        var rows = new[] { "!run~b", "!run~a", "!run~a~x", "!outbox~1", "done~a" }
            .Select(TaskHubWrite (key) => new TaskHubWrite.Put(key, new byte[] { 1 }, new byte[] { 2 }));
        await store.CommitAsync(9, new(new byte[] { 1 }, null, [.. rows]), Never);

        var range = await store.ReadAsync(9, new("!run~", "!run~~", 10, HintsOnly: true), Never);

        Assert.Equal(["!run~a", "!run~a~x", "!run~b"], range.Select(row => row.Key));
        Assert.All(range, row => Assert.Equal((1, 0), (row.Hint.Length, row.Body.Length)));
        Assert.Equal("!run~a", Assert.Single(await store.ReadAsync(9, new("!run~", "!run~~", 1), Never)).Key);
        Assert.Empty(await store.ReadAsync(8, new("!", "~", 10), Never));
    }

    [Fact]
    public async Task Blobs_are_written_once_read_back_and_deleted_by_prefix()
    {
        var store = await Created();
        var content = new Seeded(8).NextBytes(2_000_000);
        await store.WriteBlobAsync("one/a", content, Never);
        await store.WriteBlobAsync("one/a", new byte[] { 1 }, Never);
        await store.WriteBlobAsync("two/a", new byte[] { 2 }, Never);

        Assert.Equal(content, (await store.ReadBlobAsync("one/a", Never))!.Value.ToArray());
        await store.DeleteBlobsAsync("one/", Never);
        Assert.Null(await store.ReadBlobAsync("one/a", Never));
        Assert.NotNull(await store.ReadBlobAsync("two/a", Never));
    }

    [Fact]
    public async Task The_lease_is_kept_by_its_id_and_by_nobody_else()
    {
        var store = await Created();
        var (mine, other) = (new Seeded(9).NextGuid().ToString("D"), new Seeded(10).NextGuid().ToString("D"));
        var duration = TimeSpan.FromSeconds(60);

        Assert.True(await store.TakeLeaseAsync(mine, duration, Never));
        Assert.False(await store.TakeLeaseAsync(other, duration, Never));
        Assert.True(await store.TakeLeaseAsync(mine, duration, Never));
        await store.ReleaseLeaseAsync(other, Never);
        Assert.False(await store.TakeLeaseAsync(other, duration, Never));
        await store.ReleaseLeaseAsync(mine, Never);
        Assert.True(await store.TakeLeaseAsync(other, duration, Never));
    }

    private async Task<ITaskHubStore> Created()
    {
        var store = HubOnTables.NewStore(azurite);
        await store.EnsureCreatedAsync(Never);
        await store.EnsureCreatedAsync(Never);
        return store;
    }

    private static async Task<string?> Put(ITaskHubStore store, string? etag, string key) =>
        (await store.CommitAsync(0, new(new byte[] { 1 }, etag, [new TaskHubWrite.Put(key, default, new byte[] { 1 })]), Never)).HeadETag;
}
