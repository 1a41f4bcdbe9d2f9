using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Governance.Core;
using Governance.Core.Audit;
using Governance.Core.Events;
using Governance.Storage.Audit;
using Governance.Storage.Outbox;
using Governance.Storage.Streams;
using Governance.Storage.Tables;
using Governance.Storage.Tests.Streams;
using Governance.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.Storage.Tests.Audit;

public sealed class MakingAnchors : StreamFixture
{
    private readonly BlobContainerClient _container;
    private readonly TableClient _table;
    private readonly TableClient _others;
    private readonly EventStreams<Tally, Step> _exceptions;

    public MakingAnchors(AzuriteFixture azurite)
        : base(azurite)
    {
        var through = new BlobClientOptions { Transport = new HttpClientTransport(new HttpClient(Faulty, disposeHandler: false)) };
        _container = new BlobServiceClient(azurite.ConnectionString, through).GetBlobContainerClient(azurite.NextPrefix() + "audit");
        _table = Service.GetTableClient(azurite.NextPrefix() + "Anchors");
        _others = Service.GetTableClient(azurite.NextPrefix() + "Others");
        _exceptions = new(_others, new CountingCodec(), Clock, []);
        Log = new(_container, _table);
        Notes = new(_table, new Dictionary<string, char> { [Table.Name] = AnchorNotes.Deployment, [_others.Name] = AnchorNotes.Exception }, Clock);
    }

    private AnchorLog Log { get; }

    private AnchorNotes Notes { get; }

    private AnchorMaker Maker => new(Log, Notes, Streams, _exceptions, Clock, NullLogger<AnchorMaker>.Instance);

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Service.CreateTableIfNotExistsAsync(_table.Name, Stop);
        await Service.CreateTableIfNotExistsAsync(_others.Name, Stop);
        await _container.CreateIfNotExistsAsync(cancellationToken: Stop);
    }

    [Fact]
    public async Task Streams_that_moved_stand_in_the_next_anchor_and_in_no_other()
    {
        var (one, other) = (await Grow(Streams, 3), await Grow(Streams, 1));
        await Noted(one, other);
        Assert.Equal(new AnchorStep(2, 0, More: false), await Maker.Step(Stop));
        Assert.Equal(new AnchorStep(0, 0, More: false), await Maker.Step(Stop));

        await Grow(Streams, 2, one.Id);
        await Noted(one);
        Assert.Equal(new AnchorStep(1, 0, More: false), await Maker.Step(Stop));

        var (first, sha256) = (await Log.Read(1, Stop))!.Value;
        var (second, _) = (await Log.Read(2, Stop))!.Value;
        Assert.Equal(new[] { one.Id, other.Id }.OrderBy(id => id.ToString(), StringComparer.Ordinal), first.Created);
        Assert.Equal((2, 0, 2), (first.CreatedTotal, second.Created.Count, second.CreatedTotal));
        Assert.Equal([(one.Id, 5L)], second.Leaves!.Value.Select(leaf => (leaf.CorrelationId, leaf.Sequence)));
        Assert.Null(AnchorRules.FlawOf(first, first.Leaves!.Value));
        Assert.Null(AnchorRules.LinkFlawOf(second, (first, sha256)));
        Assert.Equal([new(1, 3), new(2, 5)], (await Log.PointsOf(one, Stop))!.Points);
        Assert.Null(await Log.Read(3, Stop));
        Assert.Empty(await Notes.Read(10, Stop));
    }

    [Fact]
    public async Task Exceptions_are_anchored_beside_deployments()
    {
        var deployment = await Grow(Streams, 1);
        var exception = await Grow(_exceptions, 2);
        await Noted(deployment, exception);

        await Maker.Step(Stop);

        Assert.Equal(2, (await Log.Read(1, Stop))!.Value.Anchor.TreeSize);
        Assert.Equal([new(1, 2)], (await Log.PointsOf(exception, Stop))!.Points);
    }

    [Fact]
    public async Task An_anchor_that_was_written_and_not_noted_is_finished_by_the_next_run()
    {
        var (one, exception) = (await Grow(Streams, 2), await Grow(_exceptions, 1));
        await Noted(one, exception);
        var heads = new List<AnchorLeaf>();
        foreach (var (streams, stream) in new (IAuditedStreams, MovedStream)[] { (Streams, one), (_exceptions, exception) })
        {
            var place = (await streams.ReadPlace(stream.Id, Stop))!;
            heads.Add(new(stream.Id, place.Sequence, place.Hash));
        }

        // What a process leaves that ends right after the blob was written.
        await _container.GetBlobClient(AnchorLog.NameOf(1)).UploadAsync(
            new BinaryData(AnchorRules.Next(null, heads, heads.Select(leaf => leaf.CorrelationId), Clock.GetUtcNow()).Anchor.Write()), Stop);

        Assert.Equal(new AnchorStep(0, 0, More: false), await Maker.Step(Stop));

        Assert.Null(await Log.Read(2, Stop));
        Assert.Equal([new(1, 2)], (await Log.PointsOf(one, Stop))!.Points);
        Assert.Equal([new(1, 1)], (await Log.PointsOf(exception, Stop))!.Points);
        Assert.Equal(1, await Log.LastSettled(Stop));
        Assert.Empty(await Notes.Read(10, Stop));
    }

    [Fact]
    public async Task A_run_that_was_cut_at_any_write_is_finished_by_the_next_and_nothing_is_anchored_twice()
    {
        // Each round cuts one write later, until a run gets through; the streams keep moving.
        var streams = new List<MovedStream> { await Grow(Streams, 1), await Grow(Streams, 2) };
        var cuts = 0;
        for (var allowed = 0; ; allowed++)
        {
            await Grow(Streams, 1, streams[0].Id);
            await Noted([.. streams]);
            using var cut = new CancellationTokenSource();
            var writes = 0;
            Faulty.OnWrite = () =>
            {
                if (writes++ == allowed)
                {
                    cut.Cancel();
                }
            };
            try
            {
                await Maker.Step(cut.Token);
            }
            catch (OperationCanceledException)
            {
                cuts++;
            }

            Faulty.OnWrite = null;
            while ((await Maker.Step(Stop)).More)
            {
            }

            Assert.Empty(await Notes.Read(10, Stop));
            if (writes <= allowed)
            {
                break;
            }
        }

        Assert.True(cuts > 2, $"{cuts} runs were cut");
        await EveryAnchorHolds(expectedStreams: 2);
    }

    [Fact]
    public async Task Two_runs_at_once_make_one_chain()
    {
        for (var round = 0; round < 5; round++)
        {
            await Noted(await Grow(Streams, 1), await Grow(Streams, 2));
            await Task.WhenAll(Maker.Step(Stop), Maker.Step(Stop), Maker.Step(Stop));
            while ((await Maker.Step(Stop)).More)
            {
            }
        }

        Assert.Empty(await Notes.Read(10, Stop));
        await EveryAnchorHolds(expectedStreams: 10);
    }

    [Fact]
    public async Task A_stream_that_went_back_is_told_and_not_anchored()
    {
        var stream = await Grow(Streams, 3);
        await Noted(stream);
        await Maker.Step(Stop);
        await Table.DeleteEntityAsync(StreamRows.Shard(stream.Id), StreamRows.HeadKey(stream.Id), cancellationToken: Stop);
        await Noted(stream);

        Assert.Equal(new AnchorStep(0, 1, More: false), await Maker.Step(Stop));
        Assert.Null(await Log.Read(2, Stop));
    }

    [Fact]
    public async Task Nothing_is_built_on_an_anchor_that_is_missing_or_was_overwritten()
    {
        var stream = await Grow(Streams, 1);
        await Noted(stream);
        await Maker.Step(Stop);
        await _container.GetBlobClient(AnchorLog.NameOf(1)).UploadAsync(BinaryData.FromString("{}"), overwrite: true, Stop);
        await Assert.ThrowsAsync<InvalidDataException>(() => Maker.Step(Stop));

        await _container.DeleteBlobAsync(AnchorLog.NameOf(1), cancellationToken: Stop);
        await Assert.ThrowsAsync<InvalidDataException>(() => Maker.Step(Stop));
    }

    private async Task EveryAnchorHolds(int expectedStreams)
    {
        (Anchor Anchor, Digest Sha256)? before = null;
        var last = new Dictionary<CorrelationId, long>();
        for (var number = 1L; await Log.Read(number, Stop) is { } next; number++)
        {
            Assert.Null(AnchorRules.FlawOf(next.Anchor, next.Anchor.Leaves!.Value));
            Assert.Null(AnchorRules.LinkFlawOf(next.Anchor, before));
            foreach (var leaf in next.Anchor.Leaves!.Value)
            {
                Assert.True(leaf.Sequence > last.GetValueOrDefault(leaf.CorrelationId), $"{leaf} stands in an earlier anchor");
                Assert.Equal(!last.ContainsKey(leaf.CorrelationId), next.Anchor.Created.Contains(leaf.CorrelationId));
                last[leaf.CorrelationId] = leaf.Sequence;
            }

            before = next;
        }

        Assert.Equal((expectedStreams, expectedStreams), (last.Count, before!.Value.Anchor.CreatedTotal));
        Assert.Equal(before.Value.Anchor.Number, await Log.LastSettled(Stop));
    }

    private async Task<MovedStream> Grow(EventStreams<Tally, Step> streams, int events, CorrelationId? id = null)
    {
        var stream = id ?? Seeded.NextCorrelationId();
        for (var step = 0; step < events; step++)
        {
            if (id is null && step == 0)
            {
                await streams.Create(stream, Alice, [new Step(1)], Stop);
            }
            else
            {
                await streams.Change(stream, Alice, (state, _) => CountingCodec.Add(1, long.MaxValue, state.Sum), Stop);
            }
        }

        return new(streams == _exceptions ? AnchorNotes.Exception : AnchorNotes.Deployment, stream);
    }

    private Task Noted(params IReadOnlyList<MovedStream> streams) => Notes.Handle(
        [.. streams.Select(stream => new OutboxDelivery(
            stream.Id, 1, new OutboxMessage(IOutboxHandler.EveryChange, default), null, stream.Kind == AnchorNotes.Exception ? _others.Name : Table.Name))],
        Stop);
}
