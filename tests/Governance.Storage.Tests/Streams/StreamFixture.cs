using System.Text.Json;
using Governance.Core;
using Governance.Core.Events;
using Governance.Storage.Streams;
using Governance.Storage.Tables;
using Governance.Testing;

namespace Governance.Storage.Tests.Streams;

/// <summary>A table of its own, a clock, and what the streams announced.</summary>
public abstract class StreamFixture : IAsyncLifetime, ICommitListener
{
    private protected StreamFixture(AzuriteFixture azurite)
    {
        Service = Faulty.Connect(azurite.ConnectionString);
        Table = Service.GetTableClient(azurite.NextPrefix() + "Streams");
        Streams = new(Table, new CountingCodec(), Clock, [this]);
        Id = Seeded.NextCorrelationId();
        Alice = Actor.User(Seeded.NextPerson());
    }

    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private protected FaultyConnection Faulty { get; } = new();

    private protected TableServiceClient Service { get; }

    private protected TableClient Table { get; }

    private protected FakeClock Clock { get; } = new();

    private protected Seeded Seeded { get; } = new(3);

    private protected EventStreams<Tally, Step> Streams { get; }

    private protected CorrelationId Id { get; }

    private protected Actor Alice { get; }

    private protected List<CommittedChange> Announced { get; } = [];

    public virtual async ValueTask InitializeAsync() => await Service.CreateTableIfNotExistsAsync(Table.Name, Stop);

    public virtual ValueTask DisposeAsync()
    {
        Faulty.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    void ICommitListener.Committed(CommittedChange change)
    {
        lock (Announced)
        {
            Announced.Add(change);
        }
    }

    private protected async Task<StreamHead<Tally>> Begin(long by = 1) =>
        Assert.IsType<CreateResult<Tally>.Created>(await Streams.Create(Id, Alice, [new Step(by)], Stop)).Head;

    private protected Task<ChangeResult<Tally>> Add(long by, long limit = long.MaxValue) =>
        Streams.Change(Id, Alice, (state, _) => CountingCodec.Add(by, limit, state.Sum), Stop);

    /// <summary>Every row of the stream's shard with its version: equal before and after means that nothing was written.</summary>
    private protected async Task<IReadOnlyList<string>> Rows() =>
        [.. (await Table.QueryAsync(cancellationToken: Stop).ToListAsync(Stop)).Select(row => $"{row.PartitionKey} {row.RowKey} {row.ETag}")];

    private protected async Task<ChainVerdict> Verify(long count) =>
        EventChain.Verify(Id, (await Streams.ReadEvents(Id, 1, (int)count, Stop)).Select(stored => stored.ToEnvelope()));

    private protected static byte[] Json(object value) => JsonSerializer.SerializeToUtf8Bytes(value);
}
