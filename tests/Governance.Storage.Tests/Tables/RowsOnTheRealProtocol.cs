using Azure;
using Governance.Storage.Tables;
using Governance.Testing;

namespace Governance.Storage.Tests.Tables;

public sealed class RowsOnTheRealProtocol(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly TableServiceClient _service = new(azurite.ConnectionString);
    private readonly string _name = azurite.NextPrefix() + "rows";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private TableClient Table => _service.GetTableClient(_name);

    public async ValueTask InitializeAsync() => await _service.CreateTableIfNotExistsAsync(_name, Stop);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Every_type_comes_back_as_it_was_written()
    {
        var written = new TableEntity("p", "r")
        {
            { "text", "Grüße, \"you\" 😂" },
            { "bytes", new byte[] { 0, 1, 255 } },
            { "small", 42 },
            { "large", 9_007_199_254_740_993L },
            { "real", 0.5 },
            { "whole", 3.0 },
            { "endless", double.PositiveInfinity },
            { "yes", true },
            { "no", false },
            { "at", new DateTimeOffset(2026, 3, 3, 12, 0, 0, TimeSpan.Zero).AddTicks(1234567) },
            { "id", Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e") },
        };

        var committed = Assert.IsType<TableWrite.Committed>(await Table.AddEntityAsync(written, Stop));
        var read = await Table.GetEntityIfExistsAsync("p", "r", cancellationToken: Stop);

        Assert.NotNull(read);
        Assert.Equal(written.ToDictionary(), read.ToDictionary());
        Assert.Equal(committed.ETags[0], read.ETag);
        Assert.NotNull(read.Timestamp);
        Assert.Equal("Grüße, \"you\" 😂", read.GetString("text"));
        Assert.Equal([0, 1, 255], read.GetBinary("bytes"));
        Assert.Equal(42, read.GetInt32("small"));
        Assert.Equal(42, read.GetInt64("small"));
        Assert.Equal(9_007_199_254_740_993L, read.GetInt64("large"));
        Assert.Equal(3.0, read.GetDouble("whole"));
        Assert.True(read.GetBoolean("yes"));
        Assert.Equal(1234567, read.GetDateTimeOffset("at")!.Value.Ticks % TimeSpan.TicksPerSecond);
        Assert.Equal(written["id"], read.GetGuid("id"));
        Assert.Null(read.GetString("absent"));
        Assert.Throws<InvalidOperationException>(() => read.GetString("small"));
    }

    [Theory]
    [InlineData("!outbox~1", "a b+c")]
    [InlineData("it's", "o''clock")]
    [InlineData("ümlaut", "é:@&=,;$()*[]")]
    [InlineData("", "")]
    public async Task Any_legal_key_finds_its_row(string partition, string row)
    {
        await Table.UpsertEntityAsync(new(partition, row) { { "n", 1 } }, cancellationToken: Stop);
        var read = await Table.GetEntityIfExistsAsync(partition, row, cancellationToken: Stop);
        var result = await Table.SubmitTransactionAsync(
            [new(TableTransactionActionType.UpdateReplace, new(partition, row) { { "n", 2 } }, read!.ETag)], Stop);
        var asked = await Table.QueryAsync(TableClient.RowsBetween(partition, row, null), cancellationToken: Stop).ToListAsync(Stop);

        Assert.Equal((partition, row), (read.PartitionKey, read.RowKey));
        Assert.IsType<TableWrite.Committed>(result);
        Assert.Equal(2, asked[0].GetInt32("n"));
    }

    [Fact]
    public async Task A_second_insert_loses_and_changes_nothing()
    {
        await Table.AddEntityAsync(new("p", "r") { { "n", 1 } }, Stop);

        var second = await Table.AddEntityAsync(new("p", "r") { { "n", 2 } }, Stop);

        Assert.Equal(new TableWrite.Lost(0, TableConflict.AlreadyExists, AfterRetry: false), second);
        Assert.Equal(1, (await Table.GetEntityIfExistsAsync("p", "r", cancellationToken: Stop))!.GetInt32("n"));
    }

    [Fact]
    public async Task An_update_and_a_delete_of_an_old_version_lose_and_of_the_current_one_win()
    {
        await Table.AddEntityAsync(new("p", "r") { { "n", 1 }, { "kept", "k" } }, Stop);
        var old = (await Table.GetEntityIfExistsAsync("p", "r", cancellationToken: Stop))!.ETag;

        var merged = Assert.IsType<TableWrite.Committed>(await Table.UpdateEntityAsync(new("p", "r") { { "n", 2 } }, old, cancellationToken: Stop));
        Assert.Equal(Changed, await Table.UpdateEntityAsync(new("p", "r") { { "n", 3 } }, old, TableUpdateMode.Replace, Stop));
        Assert.Equal(Changed, await Table.DeleteEntityAsync("p", "r", old, Stop));
        var read = await Table.GetEntityIfExistsAsync("p", "r", cancellationToken: Stop);
        Assert.Equal((2, "k"), (read!.GetInt32("n"), read.GetString("kept")));

        Assert.IsType<TableWrite.Committed>(await Table.UpdateEntityAsync(new("p", "r") { { "n", 4 } }, merged.ETags[0], TableUpdateMode.Replace, Stop));
        Assert.Null((await Table.GetEntityIfExistsAsync("p", "r", cancellationToken: Stop))!.GetString("kept"));
        Assert.IsType<TableWrite.Committed>(await Table.DeleteEntityAsync("p", "r", cancellationToken: Stop));
        Assert.Null(await Table.GetEntityIfExistsAsync("p", "r", cancellationToken: Stop));
        Assert.Equal(new TableWrite.Lost(0, TableConflict.Missing, false), await Table.DeleteEntityAsync("p", "r", cancellationToken: Stop));
    }

    [Fact]
    public async Task An_upsert_writes_whatever_is_there()
    {
        await Table.UpsertEntityAsync(new("p", "r") { { "a", 1 } }, cancellationToken: Stop);
        await Table.UpsertEntityAsync(new("p", "r") { { "b", 2 } }, cancellationToken: Stop);
        Assert.Equal(2, (await Table.GetEntityIfExistsAsync("p", "r", cancellationToken: Stop))!.Count);

        await Table.UpsertEntityAsync(new("p", "r") { { "c", 3 } }, TableUpdateMode.Replace, Stop);
        Assert.Equal(["c"], (await Table.GetEntityIfExistsAsync("p", "r", cancellationToken: Stop))!.Select(value => value.Key));
    }

    [Fact]
    public async Task A_range_comes_in_key_order_over_several_pages_and_ends_before_its_end()
    {
        foreach (var batch in Enumerable.Range(0, 25).Chunk(10))
        {
            await Table.SubmitTransactionAsync(
                [.. batch.Select(n => new TableTransactionAction(TableTransactionActionType.Add, new("range", $"r{n:D3}") { { "n", n }, { "other", "x" } }))], Stop);
        }

        await Table.AddEntityAsync(new("elsewhere", "r005"), Stop);

        var rows = await Table.QueryAsync(TableClient.RowsBetween("range", "r003", "r021"), maxPerPage: 7, select: ["RowKey", "n"], Stop).ToListAsync(Stop);

        Assert.Equal(Enumerable.Range(3, 18), rows.Select(row => row.GetInt32("n")!.Value));
        Assert.All(rows, row => Assert.Null(row.GetString("other")));
        Assert.All(rows, row => Assert.NotEqual(default, row.ETag));
    }

    [Fact]
    public async Task A_row_of_a_missing_table_is_a_fault_and_no_missing_row()
    {
        var missing = _service.GetTableClient(_name + "absent");

        var read = await Assert.ThrowsAsync<RequestFailedException>(() => missing.GetEntityIfExistsAsync("p", "r", cancellationToken: Stop));
        var write = await Assert.ThrowsAsync<RequestFailedException>(() => missing.AddEntityAsync(new("p", "r"), Stop));

        Assert.Equal("TableNotFound", read.ErrorCode);
        Assert.Equal("TableNotFound", write.ErrorCode);
        Assert.Contains(_name + "absent", write.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_are_made_once_and_deleted_whether_or_not_they_are_there()
    {
        await _service.CreateTableIfNotExistsAsync(_name, Stop);
        await Table.AddEntityAsync(new("p", "r"), Stop);

        await _service.DeleteTableAsync(_name, Stop);
        await _service.DeleteTableAsync(_name, Stop);

        await Assert.ThrowsAsync<RequestFailedException>(() => Table.GetEntityIfExistsAsync("p", "r", cancellationToken: Stop));
    }

    private static TableWrite Changed => new TableWrite.Lost(0, TableConflict.Changed, AfterRetry: false);
}
