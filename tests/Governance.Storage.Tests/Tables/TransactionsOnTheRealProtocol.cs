using Governance.Storage.Tables;
using Governance.Testing;

namespace Governance.Storage.Tests.Tables;

public sealed class TransactionsOnTheRealProtocol(AzuriteFixture azurite) : IAsyncLifetime
{
    private readonly TableServiceClient _service = new(azurite.ConnectionString);
    private readonly string _name = azurite.NextPrefix() + "batch";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private TableClient Table => _service.GetTableClient(_name);

    public async ValueTask InitializeAsync()
    {
        await _service.CreateTableIfNotExistsAsync(_name, Stop);
        await Table.AddEntityAsync(new("p", "head") { { "n", 1 } }, Stop);
        await Table.AddEntityAsync(new("p", "gone") { { "n", 1 } }, Stop);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task All_operations_are_carried_out_and_each_tells_its_new_version()
    {
        var head = (await Read("head"))!.ETag;

        var result = await Table.SubmitTransactionAsync(
            [
                new(TableTransactionActionType.UpdateReplace, new("p", "head") { { "n", 2 } }, head),
                new(TableTransactionActionType.Add, new("p", "event") { { "data", new byte[TableLimits.BinaryBytes] } }),
                new(TableTransactionActionType.Delete, new("p", "gone")),
                new(TableTransactionActionType.UpsertMerge, new("p", "merged") { { "a", 1 } }),
                new(TableTransactionActionType.UpsertReplace, new("p", "replaced") { { "a", 1 } }),
            ],
            Stop);

        var committed = Assert.IsType<TableWrite.Committed>(result);
        Assert.Equal(5, committed.ETags.Count);
        Assert.Equal(committed.ETags[0], (await Read("head"))!.ETag);
        Assert.Equal(committed.ETags[1], (await Read("event"))!.ETag);
        Assert.Null(await Read("gone"));
        Assert.IsType<TableWrite.Committed>(await Table.SubmitTransactionAsync(
            [new(TableTransactionActionType.UpdateMerge, new("p", "head") { { "n", 3 } }, committed.ETags[0])], Stop));
    }

    [Theory]
    [InlineData(0, TableTransactionActionType.Add, "head", TableConflict.AlreadyExists)]
    [InlineData(2, TableTransactionActionType.Add, "head", TableConflict.AlreadyExists)]
    [InlineData(1, TableTransactionActionType.UpdateReplace, "head", TableConflict.Changed)]
    [InlineData(1, TableTransactionActionType.UpdateMerge, "head", TableConflict.Changed)]
    [InlineData(2, TableTransactionActionType.Delete, "head", TableConflict.Changed)]
    [InlineData(1, TableTransactionActionType.UpdateReplace, "never", TableConflict.Missing)]
    [InlineData(0, TableTransactionActionType.Delete, "never", TableConflict.Missing)]
    public async Task The_operation_that_met_a_race_is_named_and_nothing_is_written(int index, TableTransactionActionType type, string row, TableConflict conflict)
    {
        var actions = new List<TableTransactionAction>
        {
            new(TableTransactionActionType.Add, new("p", "one")),
            new(TableTransactionActionType.Add, new("p", "two")),
        };
        actions.Insert(index, new(type, new("p", row) { { "n", 9 } }, new("W/\"datetime'2020-01-01T00%3A00%3A00.0000000Z'\"")));

        var result = await Table.SubmitTransactionAsync(actions, Stop);

        Assert.Equal(new TableWrite.Lost(index, conflict, AfterRetry: false), result);
        Assert.Null(await Read("one"));
        Assert.Null(await Read("two"));
        Assert.Equal(1, (await Read("head"))!.GetInt32("n"));
    }

    [Fact]
    public async Task Of_twenty_at_once_with_the_same_version_exactly_one_wins()
    {
        var head = (await Read("head"))!.ETag;

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => Table.SubmitTransactionAsync(
            [
                new(TableTransactionActionType.UpdateReplace, new("p", "head") { { "n", 100 + n } }, head),
                new(TableTransactionActionType.Add, new("p", $"event{n}")),
            ],
            Stop)));

        Assert.Single(results.OfType<TableWrite.Committed>());
        Assert.Equal(19, results.OfType<TableWrite.Lost>().Count(lost => lost is { Index: 0, Conflict: TableConflict.Changed }));
        var events = await Table.QueryAsync(TableClient.RowsBetween("p", "event", "event~"), cancellationToken: Stop).ToListAsync(Stop);
        Assert.Single(events);
    }

    [Fact]
    public async Task A_hundred_operations_are_carried_out_together()
    {
        var result = await Table.SubmitTransactionAsync(
            [.. Enumerable.Range(0, 100).Select(n => new TableTransactionAction(TableTransactionActionType.Add, new("p", $"n{n:D3}") { { "n", (long)n } }))], Stop);

        Assert.Equal(100, Assert.IsType<TableWrite.Committed>(result).ETags.Count);
        Assert.Equal(99, (await Read("n099"))!.GetInt64("n"));
    }

    private Task<TableEntity?> Read(string row) => Table.GetEntityIfExistsAsync("p", row, cancellationToken: Stop);
}
