using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Functions.Cab;
using Governance.Functions.Deployments;
using Governance.Functions.Hosting;
using Governance.Functions.Orchestration;
using Governance.Functions.Sweeps;
using Governance.Storage.Streams;
using Governance.Storage.Sweeps;
using Governance.Storage.Views;
using Governance.Testing;
using Governance.Testing.Cab;
using Governance.Testing.Deployments;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.IntegrationTests;

/// <summary>Sweeps over streams that were written as stories tell them, by a clock that the test moves; the app around them is the real one.</summary>
public sealed class SweepingIntegrationTests(World world) : IClassFixture<World>
{
    private readonly FakeClock _clock = new(DateTimeOffset.UtcNow);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IServiceProvider Services => world.Stack.Services;

    private EventStreams<DeploymentState, DeploymentEvent> Deployments => Services.GetRequiredService<EventStreams<DeploymentState, DeploymentEvent>>();

    private EventStreams<ExceptionState, ExceptionEvent> Exceptions => Services.GetRequiredService<EventStreams<ExceptionState, ExceptionEvent>>();

    private DeploymentInstances Instances => Services.GetRequiredService<DeploymentInstances>();

    [Fact]
    public async Task An_intent_that_its_pack_did_not_look_for_is_linked_to_it()
    {
        var (app, pack) = (world.NextApp(), world.NextId());
        var created = (await world.Publisher.Post("deployments/", new JsonObject
        {
            ["app_name"] = app.App,
            ["version"] = app.Version,
            ["target_ring"] = "LAB",
            ["evidence_pack_id"] = pack.ToString(),
        })).Ok();
        var id = new CorrelationId(new Guid(World.Text(created["correlation_id"])));
        var waiting = Services.GetRequiredService<WaitingIntents>();
        await Eventually.Holds(async () => (await waiting.For(new(pack), Stop)).Contains(id) && (await Live()).Contains(id));

        // As if the request that stored the pack had ended before it came to this.
        await waiting.Remove(new(pack), id, Stop);
        await world.Store(app, packId: pack);
        Assert.Null((await Deployments.Read(id, Stop))!.State.Evidence);
        await Sweep();

        await Eventually.Holds(async () => await Status(id) is not DeploymentStatus.Pending);
        Assert.Empty(await waiting.For(new(pack), Stop));
        Assert.Single(await world.EventTypes(id.ToString()), type => type == "EVIDENCE_LINKED");
    }

    [Fact]
    public async Task What_nobody_attends_to_ends_by_its_time_and_not_before()
    {
        var waiting = await Write(DeploymentStories.Pending(awaitsEvidence: true));
        var blocked = await Write(DeploymentStories.Blocked());
        var asked = await Write(DeploymentStories.AwaitingCab());
        var exception = new CorrelationId(world.NextId());
        var request = ExceptionStories.Asked().Log[0];
        var start = DateTimeOffset.UtcNow;
        var term = ((ExceptionRequested)request.Event).Request with { ExpiresAt = start.AddDays(20) };
        await Exceptions.Create(exception, request.Actor, [((ExceptionRequested)request.Event) with { Id = exception.Value, Request = term }], Stop);
        await Eventually.Holds(async () => (await Live()).IsSupersetOf([waiting, blocked, asked]) && (await PendingExceptions()).Contains(exception.Value));

        _clock.Set(start.AddDays(19));
        var early = await Sweep();
        _clock.Set(start.AddDays(31));
        var late = await Sweep();

        // The request for the CAB has its deadlines from the story's own day, long before.
        Assert.Equal((DeploymentStatus.Cancelled, DeploymentStatus.Cancelled), (await Status(waiting), await Status(blocked)));
        Assert.Equal(ExceptionStatus.Expired, (await Exceptions.Read(exception, Stop))!.State.Status);
        Assert.Equal(DeploymentStatus.Expired, await Status(asked));
        Assert.Equal(0, early.Failed + late.Failed);
        Assert.True(late.Acted >= 3, $"{late}");
        Assert.True(late.Lag > TimeSpan.FromDays(10), $"{late}");
        var again = await Sweep();
        Assert.Equal(0, again.Acted);
        var cancelled = (await Deployments.ReadEvents(waiting, (await Deployments.Read(waiting, Stop))!.Sequence, 1, Stop))[0];
        Assert.Equal((DeploymentCancelled.Name, Actor.System), (cancelled.EventType, cancelled.Actor));
    }

    [Fact]
    public async Task An_approved_exception_whose_watch_is_gone_is_watched_again()
    {
        var exception = new CorrelationId(world.NextId());
        var request = ExceptionStories.Asked().Log[0];
        var term = ((ExceptionRequested)request.Event).Request with { ExpiresAt = DateTimeOffset.UtcNow.AddDays(60) };
        await Exceptions.Create(exception, request.Actor, [((ExceptionRequested)request.Event) with { Id = exception.Value, Request = term }], Stop);
        await Exceptions.Change(exception, People.Sam.Acts(), (_, _) => Outcome<ExceptionEvent>.Accept(new ExceptionApproved("Yes.")), Stop);
        var watch = InstanceIds.ExceptionTerm(exception.Value);
        await Eventually.Holds(async () => await Instances.IsAlive(watch, Stop));
        await Eventually.Holds(async () => (await Services.GetRequiredService<ExceptionViews>().Approved(200, null, Stop)).Items.Any(each => each.Id == exception.Value));
        await Services.GetRequiredService<Governance.Durable.Client.DurableTaskClient>().TerminateInstanceAsync(watch, Stop);
        await Eventually.Holds(async () => !await Instances.IsAlive(watch, Stop));
        _clock.Set(DateTimeOffset.UtcNow);

        await Sweep();

        await Eventually.Holds(async () => await Instances.IsAlive(watch, Stop));
    }

    [Fact]
    public async Task A_run_that_was_cut_off_goes_on_where_it_stopped_once_its_lease_is_over()
    {
        var ledger = new SweepLedger(Services.GetRequiredService<Governance.Storage.Hosting.StorageLayout>().Sweeps, _clock);
        var runs = new SweepRuns(ledger, _clock);
        var pages = new Pages(cutAt: 7);

        await Assert.ThrowsAsync<InvalidOperationException>(() => runs.Run("Pages", pages, Run()));
        var killed = await ledger.Take("Pages", "killed", Stop);
        Assert.Equal("Another process is at it.", await runs.Run("Pages", pages, Run()));
        _clock.Advance(SweepLedger.LeaseTime);
        var said = await runs.Run("Pages", pages, Run());

        Assert.NotNull(killed);
        Assert.Equal("5 looked at, 5 acted on, 0 failed; the round is complete.", said);
        Assert.Equal(Enumerable.Range(0, 12), pages.Seen);
        Assert.Equal(12, (await ledger.Find("Pages", Stop))!.LastRound!.Looked);
    }

    [Fact]
    public async Task A_run_ends_with_its_budget_and_the_next_one_goes_on()
    {
        var runs = new SweepRuns(new SweepLedger(Services.GetRequiredService<Governance.Storage.Hosting.StorageLayout>().Sweeps, _clock), _clock);
        var pages = new Pages(cutAt: null) { EachTakes = () => _clock.Advance(TimeSpan.FromSeconds(2)) };

        var first = await runs.Run("Budgeted", pages, Run());

        Assert.Equal("5 looked at, 5 acted on, 0 failed; to be continued.", first);
        await runs.Run("Budgeted", pages, Run());
        Assert.Equal("2 looked at, 2 acted on, 0 failed; the round is complete.", await runs.Run("Budgeted", pages, Run()));
        Assert.Equal(Enumerable.Range(0, 12), pages.Seen);
    }

    [Fact]
    public async Task One_item_that_fails_keeps_the_others_from_nothing_and_storage_that_does_not_answer_ends_the_step()
    {
        var step = await SweepItems.Each(
            [1, 2, 3, 4], "next", 2, each => $"item {each}", (each, _) => each == 2 ? throw new InvalidOperationException("broken") : Task.FromResult(new SweepOutcome(each > 2, TimeSpan.FromSeconds(each))),
            NullLogger.Instance, Stop);

        Assert.Equal(new SweepStep("next", 4, 2, 1, TimeSpan.FromSeconds(4)), step);
        await Assert.ThrowsAsync<AggregateException>(() => SweepItems.Each<int>(
            [1, 2], null, 2, each => $"item {each}", (_, _) => throw new Azure.RequestFailedException(503, "gone"), NullLogger.Instance, Stop));
    }

    private TimerRun Run() => new(Services, _clock.GetUtcNow(), Stop);

    private async Task<CorrelationId> Write(Story<DeploymentState, DeploymentEvent> story)
    {
        // Written around the app's own streams, so that no orchestration is started for it.
        var streams = new EventStreams<DeploymentState, DeploymentEvent>(
            Services.GetRequiredService<Governance.Storage.Hosting.StorageLayout>().Deployments, new DeploymentCodec(), TimeProvider.System, []);
        var id = new CorrelationId(world.NextId());
        await streams.Create(id, story.Log[0].Actor, [((DeploymentCreated)story.Log[0].Event) with { Id = id }], Stop);
        foreach (var recorded in story.Log.Skip(1))
        {
            await streams.Change(id, recorded.Actor, (_, _) => Outcome<DeploymentEvent>.Accept(recorded.Event), Stop);
        }

        var head = (await streams.Read(id, Stop))!;
        await Services.GetRequiredService<DeploymentViews>().Apply([DeploymentSummary.Of(null, head.State, head.Sequence, head.At, Actor.System, [])], Stop);
        return id;
    }

    private async Task<HashSet<CorrelationId>> Live() =>
        [.. (await Services.GetRequiredService<DeploymentViews>().Live(200, null, Stop)).Items.Select(each => each.CorrelationId)];

    private async Task<List<Guid>> PendingExceptions() => [.. (await Services.GetRequiredService<ExceptionViews>().Pending(200, null, Stop)).Items.Select(each => each.Id)];

    private async Task<DeploymentStatus> Status(CorrelationId id) => (await Deployments.Read(id, Stop))!.State.Status;

    private async Task<SweepStep> Sweep()
    {
        var sweep = new SweepExpirations(
            Services.GetRequiredService<DeploymentViews>(),
            Services.GetRequiredService<ExceptionViews>(),
            new(Services.GetRequiredService<Governance.Storage.Hosting.StorageLayout>().Deployments, new DeploymentCodec(), _clock, Services.GetServices<ICommitListener>()),
            new(Services.GetRequiredService<Governance.Storage.Hosting.StorageLayout>().Exceptions, new ExceptionCodec(), _clock, Services.GetServices<ICommitListener>()),
            Instances,
            Services.GetRequiredService<ArrivedEvidence>(),
            _clock,
            NullLogger<SweepExpirations>.Instance);
        var (total, cursor) = (new SweepStep(null, 0, 0, 0), (string?)null);
        do
        {
            var step = await sweep.Step(cursor, Stop);
            total = new(null, total.Looked + step.Looked, total.Acted + step.Acted, total.Failed + step.Failed, step.Lag > total.Lag ? step.Lag : total.Lag);
            cursor = step.Next;
        }
        while (cursor is not null);

        return total;
    }

    private sealed class Pages(int? cutAt) : ISweep
    {
        private int? _cutAt = cutAt;

        public List<int> Seen { get; } = [];

        public Action EachTakes { get; init; } = () => { };

        public TimeSpan Budget => TimeSpan.FromSeconds(10);

        public Task<SweepStep> Step(string? cursor, CancellationToken cancellation)
        {
            var at = cursor is null ? 0 : int.Parse(cursor, null);
            if (at == _cutAt)
            {
                _cutAt = null;
                throw new InvalidOperationException("cut off");
            }

            Seen.Add(at);
            EachTakes();
            return Task.FromResult(new SweepStep(at == 11 ? null : $"{at + 1}", 1, 1, 0));
        }
    }
}
