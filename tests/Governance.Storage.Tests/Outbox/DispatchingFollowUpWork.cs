using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Governance.Core.Events;
using Governance.Storage.Outbox;
using Governance.Storage.Streams;
using Governance.Storage.Tests.Streams;
using Governance.Storage.Tests.Tables;
using Governance.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;

namespace Governance.Storage.Tests.Outbox;

public sealed class DispatchingFollowUpWork(AzuriteFixture azurite) : StreamFixture(azurite)
{
    private readonly Recorder _tell = new("tell");
    private readonly Recorder _views = new("views", batchSize: 100);

    [Fact]
    public async Task Work_is_done_in_order_right_after_the_commit_and_its_row_goes()
    {
        await using var dispatcher = Dispatcher();
        dispatcher.Start();
        var streams = new EventStreams<Tally, Step>(Table, new CountingCodec(), Clock, [dispatcher]);
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();

        await streams.Create(Id, Alice, [new Step(1), new Step(2)], Stop);

        await Eventually.Holds(() => dispatcher.Statistics.Delivered == 1);
        Assert.Equal(["1", "2"], _tell.Payloads);
        Assert.Equal(["""{"sum":3}"""], _views.Payloads);
        Assert.All(_tell.Deliveries, delivery => Assert.Equal((Id, 2L, activity.Id), (delivery.Id, delivery.Sequence, delivery.TraceParent)));
        await DeletedAfter(TimeSpan.FromSeconds(5), dispatcher);
        Assert.Equal(new OutboxStatistics(0, TimeSpan.Zero, 1, 0), dispatcher.Statistics);
    }

    [Fact]
    public async Task Work_is_done_in_the_trace_of_the_change_that_it_follows()
    {
        await using var dispatcher = Dispatcher();
        dispatcher.Start();
        var streams = new EventStreams<Tally, Step>(Table, new CountingCodec(), Clock, [dispatcher]);
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        var trace = activity.TraceId;

        await streams.Create(Id, Alice, [new Step(1)], Stop);
        activity.Stop();

        await Eventually.Holds(() => dispatcher.Statistics.Delivered == 1);
        Assert.Equal([((string?)"outbox tell", (ActivityTraceId?)trace)], _tell.Spans);
        Assert.Equal([((string?)"outbox views", (ActivityTraceId?)trace)], _views.Spans);
    }

    [Fact]
    public async Task Rows_of_many_changes_in_a_shard_go_in_one_transaction_when_the_dispatcher_ends()
    {
        var dispatcher = Dispatcher();
        dispatcher.Start();
        var streams = new EventStreams<Tally, Step>(Table, new CountingCodec(), Clock, [dispatcher]);
        await streams.Create(Id, Alice, [new Step(1)], Stop);
        for (var n = 0; n < 5; n++)
        {
            await streams.Change(Id, Alice, (_, _) => Outcome(1), Stop);
        }

        await Eventually.Holds(() => dispatcher.Statistics.Delivered == 6);
        Assert.Equal(6, await OutboxRowCount());
        await dispatcher.DisposeAsync();

        Assert.Equal(0, await OutboxRowCount());
    }

    [Fact]
    public async Task How_much_of_a_kind_waits_is_known_until_its_dispatch_begins()
    {
        await using var dispatcher = Dispatcher();
        var streams = new EventStreams<Tally, Step>(Table, new CountingCodec(), Clock, [dispatcher]);
        await streams.Create(Id, Alice, [new Step(1), new Step(2)], Stop);
        await streams.Change(Id, Alice, (_, _) => Outcome(1), Stop);
        var tells = 3; // One for each step.
        Assert.Equal((tells, 2), (dispatcher.Waiting("tell"), dispatcher.Waiting("views")));

        dispatcher.Start();

        await Eventually.Holds(() => dispatcher.Statistics.Delivered == 2);
        Assert.Equal((0, 0), (dispatcher.Waiting("tell"), dispatcher.Waiting("views")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_crash_left_behind_is_found_by_the_sweep_and_done_with_its_trace(bool atOnce)
    {
        using (var activity = new Activity("before the crash").SetIdFormat(ActivityIdFormat.W3C).Start())
        {
            await Begin();
            await Add(2);
        }

        await using var dispatcher = Dispatcher();
        dispatcher.Start();
        var sweep = Sweep(dispatcher, atOnce);

        Assert.Equal(2, await sweep.All(Stop));

        await Eventually.Holds(() => dispatcher.Statistics.Delivered == 2);
        Assert.Equal(["1", "2"], _tell.Payloads.Order());
        Assert.All(_tell.Deliveries, delivery => Assert.StartsWith("00-", delivery.TraceParent, StringComparison.Ordinal));
        Assert.Equal(0, await sweep.All(Stop));
        await DeletedAfter(TimeSpan.FromSeconds(5), dispatcher);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Work_of_a_change_that_was_never_answered_or_whose_sender_hung_up_is_done_without_a_sweep(bool hangsUp)
    {
        await using var dispatcher = Dispatcher();
        dispatcher.Start();
        var streams = new EventStreams<Tally, Step>(Table, new CountingCodec(), Clock, [dispatcher]);
        await streams.Create(Id, Alice, [new Step(1)], Stop);
        using var sender = new CancellationTokenSource();
        Faulty.BeforeLoss = () => hangsUp ? sender.CancelAsync() : Task.CompletedTask;
        Faulty.LoseReplies(4);

        var fault = await Record.ExceptionAsync(() => streams.Change(Id, Alice, (_, _) => Outcome(1), sender.Token));

        Assert.True(hangsUp ? fault is OperationCanceledException : fault is Azure.RequestFailedException, fault?.ToString());
        await Eventually.Holds(() => dispatcher.Statistics.Delivered == 1);
        Clock.Advance(TimeSpan.FromSeconds(5));
        await Eventually.Holds(() => dispatcher.Statistics.Delivered == 2);
        await DeletedAfter(TimeSpan.FromSeconds(5), dispatcher);
        Assert.Equal([1L, 2L], _views.Deliveries.Select(delivery => delivery.Sequence));
    }

    [Fact]
    public async Task An_unclear_change_whose_row_another_try_has_made_is_done_as_it_is_stored()
    {
        await using var dispatcher = Dispatcher();
        dispatcher.Start();
        var kept = new Mock<ICommitListener>();
        await new EventStreams<Tally, Step>(Table, new CountingCodec(), Clock, [kept.Object]).Create(Id, Alice, [new Step(1)], Stop);
        var stored = (CommittedChange)kept.Invocations.Single(call => call.Method.Name == nameof(ICommitListener.Committed)).Arguments[0];

        dispatcher.Unclear(stored with { Messages = [new("views", """{"sum":99}"""u8.ToArray())] });
        Clock.Advance(TimeSpan.FromSeconds(5));

        await Eventually.Holds(() => dispatcher.Statistics.Delivered == 1);
        Assert.Equal(["""{"sum":1}"""], _views.Payloads);
    }

    [Fact]
    public async Task Steps_of_the_sweep_go_round_all_shards()
    {
        using var service = new ScriptedAnswers([.. Enumerable.Repeat(ScriptedAnswers.Answer(HttpStatusCode.OK, """{"value":[]}"""), 257)]);
        await using var dispatcher = new OutboxDispatcher([service.Table()], [_tell], new OutboxOptions(), Clock, NullLogger<OutboxDispatcher>.Instance);
        var sweep = Sweep(dispatcher, atOnce: true);

        for (var step = 0; step < 64; step++)
        {
            Assert.Equal(new OutboxLeftovers(0, 0, TimeSpan.Zero), await sweep.Sweep(step * 4, 4, Stop));
        }

        var filters = service.Requests.Select(request => Uri.UnescapeDataString(request.Uri.Query)).ToArray();
        Assert.Equal(256, filters.Distinct().Count());
        await sweep.Sweep(sweep.Shards, 1, Stop);
        Assert.Equal(filters[0], Uri.UnescapeDataString(service.Requests[256].Uri.Query));
    }

    [Fact]
    public async Task A_failing_handler_is_asked_again_with_growing_pauses_and_what_was_done_before_it_is_not_repeated()
    {
        await using var dispatcher = Dispatcher();
        dispatcher.Start();
        _views.FailNext(2);
        await Begin(dispatcher);

        await Eventually.Holds(() => _views.Calls == 1 && Clock.PendingTimers == 2);
        Clock.Advance(TimeSpan.FromMilliseconds(200));
        await Eventually.Holds(() => _views.Calls == 2 && Clock.PendingTimers == 2);
        Clock.Advance(TimeSpan.FromMilliseconds(399));
        Assert.Equal(2, _views.Calls);
        Clock.Advance(TimeSpan.FromMilliseconds(1));

        await Eventually.Holds(() => dispatcher.Statistics.Delivered == 1);
        Assert.Equal(["1"], _tell.Payloads);
        Assert.Single(_views.Payloads);
    }

    [Fact]
    public async Task Work_that_fails_again_and_again_stays_visible_in_its_row_until_a_sweep_tries_anew()
    {
        await using var dispatcher = Dispatcher(new OutboxOptions { Attempts = 2 });
        dispatcher.Start();
        _tell.FailNext(2);
        await Begin(dispatcher);
        await Eventually.Holds(() => _tell.Calls == 1 && Clock.PendingTimers == 2);
        Clock.Advance(TimeSpan.FromMilliseconds(200));

        await Eventually.Holds(() => dispatcher.Statistics.Left == 1);
        Assert.Equal(1, await OutboxRowCount());
        Assert.Equal(0, dispatcher.Statistics.Pending);
        var poisoned = Assert.Single(dispatcher.Failing);
        Assert.Equal((Id, 1L, "tell", "Not now."), (poisoned.Id, poisoned.Sequence, poisoned.Kind, poisoned.Reason));

        Assert.Equal(1, await dispatcher.Sweep(Table.Name, StreamRows.Shard(Id), Stop));
        await Eventually.Holds(() => dispatcher.Statistics.Delivered == 1);
        Assert.Empty(dispatcher.Failing);
    }

    [Fact]
    public async Task A_poisoned_message_does_not_hold_back_those_behind_it_and_is_tried_again_without_being_looked_for()
    {
        await using var dispatcher = Dispatcher(new OutboxOptions { Attempts = 1 });
        dispatcher.Start();
        _tell.FailNext(2);
        await Begin(dispatcher);
        await Eventually.Holds(() => dispatcher.Statistics.Left == 1);
        Assert.Equal(["""{"sum":1}"""], _views.Payloads);

        Assert.Equal(1, await dispatcher.RetryFailing(Stop));
        await Eventually.Holds(() => dispatcher.Statistics.Left == 2);
        Assert.Equal("tell", Assert.Single(dispatcher.Failing).Kind);
        Assert.Equal(1, (await Sweep(dispatcher, atOnce: true).Sweep(1, 0, Stop)).Found);

        await Eventually.Holds(() => dispatcher.Statistics.Delivered == 1);
        Assert.Empty(dispatcher.Failing);
        Assert.Equal(0, await dispatcher.RetryFailing(Stop));
    }

    [Fact]
    public async Task What_was_taken_away_by_hand_is_not_tried_again()
    {
        await using var dispatcher = Dispatcher(new OutboxOptions { Attempts = 1 });
        dispatcher.Start();
        _tell.FailNext(1);
        await Begin(dispatcher);
        await Eventually.Holds(() => dispatcher.Statistics.Left == 1);
        await Table.DeleteEntityAsync(StreamRows.Shard(Id), StreamRows.OutboxKey(Id, 1), cancellationToken: Stop);

        Assert.Equal(0, await dispatcher.RetryFailing(Stop));

        Assert.Empty(dispatcher.Failing);
    }

    [Fact]
    public async Task Work_of_a_kind_that_nobody_takes_stays_in_its_row()
    {
        await using var dispatcher = new OutboxDispatcher([Table], [_tell], new OutboxOptions { Attempts = 1 }, Clock, NullLogger<OutboxDispatcher>.Instance);
        dispatcher.Start();

        await Begin(dispatcher);

        await Eventually.Holds(() => dispatcher.Statistics.Left == 1);
        Assert.Equal(1, await OutboxRowCount());
        Assert.Equal("views", Assert.Single(dispatcher.Failing).Kind);
    }

    [Fact]
    public async Task A_batching_handler_gets_what_gathered_while_it_worked_and_is_never_called_twice_at_once()
    {
        await using var dispatcher = Dispatcher();
        dispatcher.Start();
        var hold = _views.Hold();
        await Begin(dispatcher);
        await Eventually.Holds(() => _views.Calls == 1);
        var streams = new EventStreams<Tally, Step>(Table, new CountingCodec(), Clock, [dispatcher]);
        for (var n = 0; n < 10; n++)
        {
            await streams.Create(Seeded.NextCorrelationId(), Alice, [new Step(n)], Stop);
        }

        await Eventually.Holds(() => _tell.Calls == 11);
        hold.SetResult();

        await Eventually.Holds(() => dispatcher.Statistics.Delivered == 11);
        Assert.Equal(1, _views.MostAtOnce);
        Assert.True(_views.Calls < 11, $"{_views.Calls} calls for 11 deliveries");
        Assert.Equal(11, _views.Payloads.Count);
    }

    [Fact]
    public async Task A_full_queue_never_holds_a_commit_up_and_what_did_not_fit_is_read_again_when_there_is_room()
    {
        await using var dispatcher = Dispatcher(new OutboxOptions { Capacity = 2, Parallelism = 1 });
        var streams = new EventStreams<Tally, Step>(Table, new CountingCodec(), Clock, [dispatcher]);
        for (var n = 0; n < 6; n++)
        {
            await streams.Create(Seeded.NextCorrelationId(), Alice, [new Step(n)], Stop);
        }

        Assert.Equal((6, 0), (dispatcher.Statistics.Pending, dispatcher.Statistics.Delivered));
        dispatcher.Start();

        await Eventually.Holds(() => dispatcher.Statistics.Delivered == 6);
        Assert.Equal(6, _tell.Deliveries.Select(delivery => delivery.Id).Distinct().Count());
        Assert.Equal(0, await Sweep(dispatcher, atOnce: true).All(Stop));
    }

    [Fact]
    public async Task Lag_is_the_age_of_the_oldest_work_that_is_not_done()
    {
        await using var dispatcher = Dispatcher();
        Assert.Equal(TimeSpan.Zero, dispatcher.Statistics.OldestAge);
        await Begin(dispatcher);

        Clock.Advance(TimeSpan.FromSeconds(7));

        Assert.Equal((1, TimeSpan.FromSeconds(7)), (dispatcher.Statistics.Pending, dispatcher.Statistics.OldestAge));
    }

    [Fact]
    public async Task A_row_that_another_dispatcher_deleted_does_not_keep_the_others()
    {
        var dispatcher = Dispatcher();
        dispatcher.Start();
        await Begin(dispatcher);
        await new EventStreams<Tally, Step>(Table, new CountingCodec(), Clock, [dispatcher]).Change(Id, Alice, (_, _) => Outcome(1), Stop);
        await Eventually.Holds(() => dispatcher.Statistics.Delivered == 2);
        await Table.DeleteEntityAsync(StreamRows.Shard(Id), StreamRows.OutboxKey(Id, 1), cancellationToken: Stop);

        await dispatcher.DisposeAsync();

        Assert.Equal(0, await OutboxRowCount());
    }

    [Fact]
    public async Task Rows_that_storage_did_not_delete_are_deleted_once_it_answers_again()
    {
        await using var dispatcher = Dispatcher();
        dispatcher.Start();
        await Begin(dispatcher);
        await Eventually.Holds(() => dispatcher.Statistics.Delivered == 1);
        var (refused, tries) = (0, 4);
        Faulty.OnWrite = () =>
        {
            if (Interlocked.Increment(ref refused) <= tries)
            {
                throw new HttpRequestException("Refused.");
            }
        };

        Clock.Advance(TimeSpan.FromSeconds(5));
        await Eventually.Holds(() => Volatile.Read(ref refused) == tries);
        Assert.Equal((1, 1), (dispatcher.Statistics.Pending, await OutboxRowCount()));

        await Eventually.Holds(() =>
        {
            Clock.Advance(TimeSpan.FromSeconds(5));
            return dispatcher.Statistics.Pending == 0;
        });
        Assert.Equal((0, 1L), (await OutboxRowCount(), dispatcher.Statistics.Delivered));
    }

    [Fact]
    public async Task What_a_sweep_found_and_could_not_queue_in_time_is_found_by_the_next()
    {
        await Begin();
        await Add(1);
        await using var dispatcher = Dispatcher(new OutboxOptions { Capacity = 1, Parallelism = 1 });
        using var ends = new CancellationTokenSource();
        var sweep = Sweep(dispatcher, atOnce: true).All(ends.Token);
        await Eventually.Holds(() => dispatcher.Statistics.Pending == 2); // One has its place, the other waits for one: nobody dispatches yet.

        await ends.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sweep);
        Assert.Equal((1, 1), (dispatcher.Statistics.Pending, dispatcher.Waiting("views")));
        dispatcher.Start();
        Assert.Equal(1, await Sweep(dispatcher, atOnce: true).All(Stop));
        await Eventually.Holds(() => dispatcher.Statistics.Delivered == 2);
    }

    private OutboxSweep Sweep(OutboxDispatcher dispatcher, bool atOnce) =>
        new(dispatcher, new OutboxOptions(), atOnce, Clock, NullLogger<OutboxSweep>.Instance);

    private static Governance.Core.Outcome<Step> Outcome(long by) => CountingCodec.Add(by);

    [Fact]
    public async Task Who_is_told_of_every_change_is_told_also_where_the_work_fails()
    {
        var every = new Recorder(IOutboxHandler.EveryChange, batchSize: 100);
        _tell.FailNext(100);
        await using var dispatcher = new OutboxDispatcher([Table], [_tell, _views, every], new OutboxOptions { Attempts = 1 }, Clock, NullLogger<OutboxDispatcher>.Instance);
        dispatcher.Start();

        await Begin(dispatcher);

        await Eventually.Holds(() => dispatcher.Statistics.Left == 1 && every.Deliveries.Count == 1);
        Assert.Equal((Id, 1L, Table.Name, 0), (every.Deliveries[0].Id, every.Deliveries[0].Sequence, every.Deliveries[0].Table, every.Deliveries[0].Message.Payload.Length));
        Assert.Equal(1, await OutboxRowCount());
    }

    [Fact]
    public async Task A_change_is_not_done_before_who_is_told_of_every_change_was_told()
    {
        var every = new Recorder(IOutboxHandler.EveryChange);
        every.FailNext(100);
        await using var dispatcher = new OutboxDispatcher([Table], [_tell, _views, every], new OutboxOptions { Attempts = 1 }, Clock, NullLogger<OutboxDispatcher>.Instance);
        dispatcher.Start();

        await Begin(dispatcher);

        await Eventually.Holds(() => dispatcher.Statistics.Left == 1 && _views.Deliveries.Count == 1);
        Assert.Equal((0L, 1), (dispatcher.Statistics.Delivered, await OutboxRowCount()));
        Assert.Equal(IOutboxHandler.EveryChange, Assert.Single(dispatcher.Failing).Kind);
    }

    private OutboxDispatcher Dispatcher(OutboxOptions? options = null) =>
        new([Table], [_tell, _views], options ?? new OutboxOptions(), Clock, NullLogger<OutboxDispatcher>.Instance);

    private async Task Begin(OutboxDispatcher dispatcher) =>
        await new EventStreams<Tally, Step>(Table, new CountingCodec(), Clock, [dispatcher]).Create(Id, Alice, [new Step(1)], Stop);

    private async Task<int> OutboxRowCount() => (await Rows()).Count(row => row.Contains(" !outbox~", StringComparison.Ordinal));

    private async Task DeletedAfter(TimeSpan wait, OutboxDispatcher dispatcher)
    {
        Clock.Advance(wait);
        await Eventually.Holds(() => dispatcher.Statistics.Pending == 0);
        Assert.Equal(0, await OutboxRowCount());
    }

    private sealed class Recorder(string kind, int batchSize = 1) : IOutboxHandler
    {
        private readonly ConcurrentQueue<OutboxDelivery> _deliveries = new();
        private TaskCompletionSource? _hold;
        private int _fail;
        private int _calls;
        private int _now;

        public string Kind => kind;

        public int BatchSize => batchSize;

        public int Calls => Volatile.Read(ref _calls);

        public int MostAtOnce { get; private set; }

        public IReadOnlyList<OutboxDelivery> Deliveries => [.. _deliveries];

        public IReadOnlyList<string> Payloads => [.. _deliveries.Select(delivery => Encoding.UTF8.GetString(delivery.Message.Payload.Span))];

        /// <summary>The span and the trace of each call.</summary>
        public ConcurrentQueue<(string? Name, ActivityTraceId? Trace)> Spans { get; } = new();

        public void FailNext(int calls) => _fail = calls;

        public TaskCompletionSource Hold() => _hold = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task Handle(IReadOnlyList<OutboxDelivery> batch, CancellationToken cancellation)
        {
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _now));
            Spans.Enqueue((Activity.Current?.OperationName, Activity.Current?.TraceId));
            try
            {
                var fails = Interlocked.Decrement(ref _fail) >= 0;
                Interlocked.Increment(ref _calls);
                if (Interlocked.Exchange(ref _hold, null) is { } hold)
                {
                    await hold.Task;
                }

                if (fails)
                {
                    throw new TimeoutException("Not now.");
                }

                foreach (var delivery in batch)
                {
                    _deliveries.Enqueue(delivery);
                }
            }
            finally
            {
                Interlocked.Decrement(ref _now);
            }
        }
    }
}
