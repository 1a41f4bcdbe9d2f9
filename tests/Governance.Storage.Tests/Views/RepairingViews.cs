using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Rollout;
using Governance.Storage.Streams;
using Governance.Storage.Sweeps;
using Governance.Storage.Views;
using Governance.Testing;
using Governance.Testing.Cab;
using Governance.Testing.Deployments;

namespace Governance.Storage.Tests.Views;

public sealed class RepairingViews : ViewFixture
{
    private readonly EventStreams<DeploymentState, DeploymentEvent> _deployments;
    private readonly EventStreams<ExceptionState, ExceptionEvent> _exceptions;
    private readonly WaitingIntents _waiting;
    private readonly ViewRepair _repair;

    public RepairingViews(AzuriteFixture azurite)
        : base(azurite)
    {
        _deployments = new(Layout.Deployments, new DeploymentCodec(), Clock, []);
        _exceptions = new(Layout.Exceptions, new ExceptionCodec(), Clock, []);
        _waiting = new(Layout.Waiting);
        _repair = new(new(_deployments, Layout.Deployments, _exceptions, Layout.Exceptions, Layout.Views, Views, Exceptions, _waiting));
    }

    [Fact]
    public async Task From_nothing_but_the_logs_all_views_come_back_and_what_stands_in_no_log_stays()
    {
        var awaiting = await Write(0, DeploymentStories.AwaitingCab());
        var completed = await Write(1, DeploymentStories.Completed());
        var blocked = await Write(2, DeploymentStories.Blocked());
        var asked = ExceptionStories.Asked();
        await _exceptions.Create(new CorrelationId(ExceptionStories.Id), asked.Log[0].Actor, [asked.Log[0].Event], Stop);
        await Views.Apply([Created(77)], Stop);
        await Views.SaveRingResults(
            "7-Zip",
            "24.09",
            Ring.Lab,
            IdOf(0),
            new RingMeasurement(FakeClock.Noon, Connectivity.Online, null),
            new RingDeviceResults(1, 1, 0, 0, 0, 0, FakeClock.Noon),
            Stop);

        Assert.Equal((4, 0), await _repair.Rebuild(null, Stop));

        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([blocked, completed, awaiting], Ids(await Recent()));
        Assert.Equal([awaiting, completed, blocked], Ids(await Live()));
        Assert.Equal([awaiting], Ids(await Pending()));
        Assert.Equal(1, (await Views.History("7-Zip", FakeClock.Noon, Stop)).Completed);
        Assert.Single((await Exceptions.Pending(10, null, Stop)).Items);
        Assert.NotNull(await Views.RingResults("7-Zip", "24.09", Ring.Lab, Stop));
        var events = await ReadAll((count, cursor) => Views.Events(FakeClock.Noon, _ => true, count, cursor, Stop));
        Assert.Equal(
            DeploymentStories.AwaitingCab().Log.Length + DeploymentStories.Completed().Log.Length + DeploymentStories.Blocked().Log.Length, events.Count);
    }

    [Fact]
    public async Task What_the_messages_of_the_outbox_show_is_what_a_rebuild_shows()
    {
        var told = new List<CommittedChange>();
        var streams = new EventStreams<DeploymentState, DeploymentEvent>(Layout.Deployments, new DeploymentCodec(), Clock, [new Listener(told.Add)]);
        foreach (var (n, story) in new[] { DeploymentStories.AwaitingCab(), DeploymentStories.Completed(), DeploymentStories.Blocked() }.Index())
        {
            await Write(n, story, streams);
        }

        await Views.Apply(
            [
                .. told.SelectMany(change => change.Messages).Where(message => message.Kind == DeploymentConsequences.Views)
                    .Select(message => System.Text.Json.JsonSerializer.Deserialize(message.Payload.Span, DeploymentJson.Default.DeploymentSummary)!),
            ],
            Stop);
        var shown = await ShownViews.Of(Views, FakeClock.Noon.AddHours(1), Stop);

        await _repair.Rebuild(null, Stop);

        Clock.Advance(TimeSpan.FromSeconds(1));
        (await ShownViews.Of(Views, FakeClock.Noon.AddHours(1), Stop)).ShowWhat(shown);
    }

    [Fact]
    public async Task Repairing_what_is_right_writes_nothing()
    {
        await Write(0, DeploymentStories.AwaitingCab());
        await _repair.Rebuild(null, Stop);
        using var trips = Governance.Storage.Hosting.RoundTrips.Count();

        var (looked, mended, _) = await RepairAll();

        Assert.Equal((2, 0), (looked, mended));
        Assert.Equal(0, trips.Writes);
    }

    [Fact]
    public async Task A_repair_brings_in_what_a_lost_message_left_out_and_takes_out_what_stands_open_no_more()
    {
        var awaiting = await Write(0, DeploymentStories.AwaitingCab());
        var head = (await _deployments.Read(awaiting, Stop))!;
        var shown = DeploymentSummary.Of(null, head.State, head.Sequence, head.At, People.Alice.Acts(), []);
        var earlier = shown with { Sequence = shown.Sequence - 1, Cab = shown.Cab! with { RequestedAt = FakeClock.Noon, DueAt = FakeClock.Noon.AddHours(1) } };
        await Views.Apply([earlier], Stop);
        Assert.Equal(earlier.Cab, Assert.Single(await Pending()).Cab);
        await Write(1, DeploymentStories.Blocked());

        var (_, mended, _) = await RepairAll();

        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, mended);
        Assert.Equal(shown.Cab, Assert.Single(await Pending()).Cab);
        Assert.Equal(2, (await Recent()).Count);
        Assert.Equal(0, (await RepairAll()).Mended);
    }

    [Fact]
    public async Task A_stream_that_somebody_broke_keeps_its_place_and_holds_up_no_other()
    {
        var broken = await Write(0, DeploymentStories.AwaitingCab());
        await _repair.Rebuild(null, Stop);
        var head = (await _deployments.Read(broken, Stop))!;
        await Layout.Deployments.DeleteEntityAsync(StreamRows.Shard(broken), StreamRows.EventKey(broken, head.Sequence), Azure.ETag.All, Stop);
        var whole = await Write(1, DeploymentStories.Blocked());

        var (_, _, failed) = await RepairAll();

        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, failed);
        Assert.Equal([whole, broken], Ids(await Recent()));
        Assert.Equal([broken], Ids(await Pending()));
        Assert.Equal((2, 1), await _repair.Rebuild(null, Stop));
    }

    [Fact]
    public async Task Intents_without_their_pack_are_found_by_it_again()
    {
        var story = Story<DeploymentState, DeploymentEvent>.Begin(new DeploymentCodec(), FakeClock.Noon);
        var created = (DeploymentCreated)DeploymentStories.Pending().Log[0].Event;
        var waiting = await Write(0, story.Happened(DeploymentStories.Pending().Log[0].Actor, created with { Evidence = null }));

        await RepairAll();

        Assert.Equal([waiting], await _waiting.For(created.Request.EvidencePackId, Stop));
    }

    [Fact]
    public async Task A_shard_with_many_streams_is_gone_through_a_page_at_a_time_and_each_stream_once()
    {
        var created = (DeploymentCreated)DeploymentStories.Pending().Log[0].Event;
        var ids = Enumerable.Range(0, 60_000).Select(IdOf).Where(id => StreamRows.Shard(id) == "00").Take(230).ToList();
        foreach (var id in ids)
        {
            await _deployments.Create(id, DeploymentStories.Pending().Log[0].Actor, [created with { Id = id }], Stop);
        }

        var (cursor, pages) = ((string?)null, new List<int>());
        do
        {
            var step = await _repair.Step(cursor, DateTimeOffset.MinValue, Stop);
            pages.Add(step.Looked);
            cursor = step.Next;
        }
        while (cursor != "Deployments/1/");

        Assert.Equal([100, 100, 30], pages);
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ids.Select(id => id.ToString()).Order(), (await Recent()).Select(each => each.CorrelationId.ToString()).Order());
    }

    private async Task<(int Looked, int Mended, int Failed)> RepairAll()
    {
        var (looked, mended, failed, cursor) = (0, 0, 0, (string?)null);
        do
        {
            var step = await _repair.Step(cursor, DateTimeOffset.MinValue, Stop);
            (looked, mended, failed, cursor) = (looked + step.Looked, mended + step.Acted, failed + step.Failed, step.Next);
        }
        while (cursor is not null);

        return (looked, mended, failed);
    }

    // The story under an id of its own, its events one after the other.
    private async Task<CorrelationId> Write(int n, Story<DeploymentState, DeploymentEvent> story, EventStreams<DeploymentState, DeploymentEvent>? streams = null)
    {
        Clock.Advance(TimeSpan.FromMinutes(1));
        var id = IdOf(n);
        await (streams ?? _deployments).Create(id, story.Log[0].Actor, [((DeploymentCreated)story.Log[0].Event) with { Id = id }], Stop);
        foreach (var recorded in story.Log.Skip(1))
        {
            Assert.IsType<ChangeResult<DeploymentState>.Changed>(
                await (streams ?? _deployments).Change(id, recorded.Actor, (_, _) => Outcome<DeploymentEvent>.Accept(recorded.Event), Stop));
        }

        return id;
    }

    private sealed class Listener(Action<CommittedChange> told) : ICommitListener
    {
        public void Committed(CommittedChange change) => told(change);
    }
}
