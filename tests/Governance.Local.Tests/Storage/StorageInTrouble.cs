using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Governance.Local.Intune;
using Governance.Local.Storage;
using Governance.Storage.Tables;
using Governance.Testing;

namespace Governance.Local.Tests.Storage;

public sealed class StorageInTrouble(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private readonly string _prefix = azurite.NextPrefix();
    private StorageProxy? _proxy;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private TableClient Real => new TableServiceClient(azurite.ConnectionString).GetTableClient(_prefix + "rows");

    public async ValueTask InitializeAsync()
    {
        _proxy = await StorageProxy.Start(azurite.ConnectionString, seed: 7);
        await new TableServiceClient(azurite.ConnectionString).CreateTableIfNotExistsAsync(_prefix + "rows", Stop);
    }

    public ValueTask DisposeAsync() => _proxy!.DisposeAsync();

    [Fact]
    public async Task Rows_blobs_and_messages_pass_as_they_are()
    {
        var table = Table();
        var write = await table.SubmitTransactionAsync(
            [.. Enumerable.Range(0, 5).Select(number => new TableTransactionAction(TableTransactionActionType.Add, Row($"key {number} ä'")))], Stop);
        Assert.IsType<TableWrite.Committed>(write);
        Assert.IsType<TableWrite.Lost>(await table.AddEntityAsync(Row("key 1 ä'"), Stop));
        Assert.NotNull(await table.GetEntityIfExistsAsync("part", "key 1 ä'", cancellationToken: Stop));
        var read = new List<string>();
        await foreach (var row in table.QueryAsync(TableClient.RowsBetween("part", "key 1", null), maxPerPage: 2, cancellationToken: Stop))
        {
            read.Add(row.RowKey);
        }

        Assert.Equal(4, read.Count);

        var container = new BlobServiceClient(_proxy!.ConnectionString).GetBlobContainerClient(_prefix + "blobs");
        await container.CreateIfNotExistsAsync(cancellationToken: Stop);
        var bytes = new byte[3 << 20];
        new Random(1).NextBytes(bytes);
        await container.GetBlobClient("a/b").UploadAsync(BinaryData.FromBytes(bytes), Stop);
        Assert.Equal(bytes, (await container.GetBlobClient("a/b").DownloadContentAsync(Stop)).Value.Content.ToArray());
        Assert.True(await container.GetBlobClient("a/b").ExistsAsync(Stop));
        Assert.False(await container.GetBlobClient("a/c").ExistsAsync(Stop));

        var queue = new QueueServiceClient(_proxy.ConnectionString).GetQueueClient(_prefix + "messages");
        await queue.CreateIfNotExistsAsync(cancellationToken: Stop);
        await queue.SendMessageAsync("Hello", Stop);
        Assert.Equal("Hello", (await queue.ReceiveMessageAsync(cancellationToken: Stop)).Value.MessageText);
        Assert.DoesNotContain(_proxy.Met, met => met.Key != StorageTrouble.None);
    }

    [Fact]
    public async Task What_is_dropped_is_not_carried_out()
    {
        _proxy!.Faults = new() { Dropped = 1 };

        await Assert.ThrowsAsync<RequestFailedException>(() => Table().AddEntityAsync(Row("row"), Stop));

        Assert.Null(await Real.GetEntityIfExistsAsync("part", "row", cancellationToken: Stop));
    }

    [Fact]
    public async Task A_busy_service_says_so_in_its_own_words_and_does_nothing()
    {
        _proxy!.Faults = new() { Busy = 1 };

        var table = await Assert.ThrowsAsync<RequestFailedException>(() => Table().AddEntityAsync(Row("row"), Stop));
        var blob = await Assert.ThrowsAsync<RequestFailedException>(() => new BlobServiceClient(_proxy.ConnectionString, new() { Retry = { MaxRetries = 0 } }).GetBlobContainerClient("busy").CreateAsync(cancellationToken: Stop));

        Assert.Equal((503, "ServerBusy"), (table.Status, table.ErrorCode));
        Assert.Equal((503, "ServerBusy"), (blob.Status, blob.ErrorCode));
        Assert.Null(await Real.GetEntityIfExistsAsync("part", "row", cancellationToken: Stop));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public async Task What_is_never_answered_or_too_late_is_carried_out_all_the_same(double lost, double late)
    {
        _proxy!.Faults = new() { LostReplies = lost, Late = late, LateBy = TimeSpan.FromSeconds(5) };

        await Assert.ThrowsAsync<RequestFailedException>(() => Table(within: TimeSpan.FromSeconds(1)).AddEntityAsync(Row("row"), Stop));

        Assert.NotNull(await Real.GetEntityIfExistsAsync("part", "row", cancellationToken: Stop));
    }

    [Fact]
    public async Task A_repeat_of_what_was_carried_out_meets_itself_and_is_known_as_a_repeat()
    {
        _proxy!.Faults = new() { LostReplies = 0.5 };
        var table = Table(retries: 20);

        var writes = new List<TableWrite>();
        for (var number = 0; number < 20; number++)
        {
            writes.Add(await table.AddEntityAsync(Row($"row {number}"), Stop));
        }

        Assert.Contains(writes, write => write is TableWrite.Lost { AfterRetry: true });
        Assert.All(writes, write => Assert.True(write is TableWrite.Committed or TableWrite.Lost { AfterRetry: true }));
    }

    [Fact]
    public async Task What_is_doubled_takes_effect_twice_where_nothing_fences_it_and_is_answered_once()
    {
        var queue = new QueueServiceClient(_proxy!.ConnectionString).GetQueueClient(_prefix + "doubled");
        await queue.CreateIfNotExistsAsync(cancellationToken: Stop);
        _proxy.Faults = new() { Doubled = 1 };

        await queue.SendMessageAsync("Hello", Stop);
        var row = await Table().AddEntityAsync(Row("row"), Stop);

        _proxy.Faults = StorageFaults.None;
        Assert.Equal(2, (await queue.ReceiveMessagesAsync(32, cancellationToken: Stop)).Value.Length);
        Assert.IsType<TableWrite.Committed>(row);
    }

    [Fact]
    public async Task A_closed_port_refuses_and_an_opened_one_serves_again()
    {
        await _proxy!.Close();
        var refused = await Assert.ThrowsAsync<RequestFailedException>(() => Table().AddEntityAsync(Row("row"), Stop));
        await _proxy.Open();

        Assert.IsType<TableWrite.Committed>(await Table().AddEntityAsync(Row("row"), Stop));
        Assert.Equal(0, refused.Status);
    }

    [Theory]
    [InlineData(0, (int)StorageTrouble.Dropped)]
    [InlineData(0.09, (int)StorageTrouble.Dropped)]
    [InlineData(0.11, (int)StorageTrouble.Busy)]
    [InlineData(0.31, (int)StorageTrouble.LostReply)]
    [InlineData(0.61, (int)StorageTrouble.Late)]
    [InlineData(0.71, (int)StorageTrouble.Doubled)]
    [InlineData(0.81, (int)StorageTrouble.None)]
    public void A_share_of_requests_meets_each_trouble(double chance, int trouble) =>
        Assert.Equal((StorageTrouble)trouble, new StorageFaults { Dropped = 0.1, Busy = 0.2, LostReplies = 0.3, Late = 0.1, Doubled = 0.1 }.At(chance));

    [Fact]
    public void One_seed_gives_the_same_troubles_in_the_same_order()
    {
        var faults = new StorageFaults { Dropped = 0.1, Busy = 0.2, LostReplies = 0.3 };
        List<StorageTrouble> Of(int seed)
        {
            var dice = new SimulatorDice(seed);
            return [.. Enumerable.Range(0, 100).Select(_ => faults.At(dice.Chance()))];
        }

        Assert.Equal(Of(3), Of(3));
        Assert.NotEqual(Of(3), Of(4));
    }

    private static TableEntity Row(string key) => new("part", key) { { "Text", "Grüße" } };

    private TableClient Table(int retries = 0, TimeSpan? within = null)
    {
        var options = new TableClientOptions { Retry = { MaxRetries = retries, Delay = TimeSpan.FromMilliseconds(1), NetworkTimeout = within ?? TimeSpan.FromSeconds(10) } };
        return new TableServiceClient(_proxy!.ConnectionString, options).GetTableClient(_prefix + "rows");
    }
}
