using Governance.Durable.Hub;
using Governance.Durable.Protocol;
using Governance.Testing;
using Governance.Testing.Hub;

namespace Governance.Durable.Tests.Hub;

/// <summary>The queue of instances that are ready, and what an instance does to stand in it.</summary>
public sealed class WaitingForATurn : IAsyncLifetime
{
    private readonly FakeClock _clock = new();
    private OneShard _shard = null!;

    public async ValueTask InitializeAsync() => _shard = await OneShard.Take(new InMemoryTaskHubStore(_clock), _clock, "owner");

    public ValueTask DisposeAsync()
    {
        _shard.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Instances_come_out_in_the_order_in_which_they_became_ready()
    {
        var queue = new ReadyQueue(backlog: 10);
        var all = Enumerable.Range(0, 5).Select(n => _shard.Live($"i{n}")).ToList();
        all.ForEach(instance => Assert.True(queue.Add(instance)));

        foreach (var expected in all)
        {
            Assert.Same(expected, await queue.Take(CancellationToken.None));
        }

        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public async Task Callers_wait_at_the_backlog_and_go_on_below_it()
    {
        var queue = new ReadyQueue(backlog: 2);
        queue.Add(_shard.Live("one"));
        Assert.True(queue.Room(CancellationToken.None).IsCompletedSuccessfully);
        queue.Add(_shard.Live("two"));
        using var patience = new CancellationTokenSource();
        var (waiting, impatient) = (queue.Room(CancellationToken.None), queue.Room(patience.Token));
        Assert.False(waiting.IsCompleted);

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Assert.False(waiting.IsCompleted);
        await queue.Take(CancellationToken.None);

        await waiting.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_closed_queue_gives_out_what_it_has_and_takes_no_more()
    {
        var queue = new ReadyQueue(backlog: 2);
        var last = _shard.Live("last");
        queue.Add(last);

        queue.Close();

        Assert.False(queue.Add(_shard.Live("late")));
        Assert.Equal(1, queue.Count);
        Assert.Same(last, await queue.Take(CancellationToken.None));
        Assert.Null(await queue.Take(CancellationToken.None));
        Assert.True(queue.Room(CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public void An_instance_stands_in_the_queue_once_whatever_arrives_and_again_after_its_turn()
    {
        var instance = _shard.Live("busy");

        Assert.True(instance.Arrive(Event("first")));
        Assert.False(instance.Arrive(Event("second")));
        Assert.Single(instance.Begin(atMost: 1));
        Assert.False(instance.Arrive(Event("third")));
        instance.Took(1);
        Assert.True(instance.End());
        Assert.Equal(["second", "third"], instance.Begin(atMost: 5).Select(arrival => arrival.Event.EventRaised.Name));
        instance.Took(2);
        Assert.False(instance.End());
        Assert.True(instance.Arrive(null));
    }

    [Fact]
    public void What_arrives_during_a_turn_that_fails_stays()
    {
        var instance = _shard.Live("unlucky");
        instance.Arrive(Event("kept"));

        Assert.Single(instance.Begin(atMost: 64));
        instance.End();
        instance.Arrive(null);

        Assert.Equal("kept", Assert.Single(instance.Begin(atMost: 64)).Event.EventRaised.Name);
    }

    [Fact]
    public void An_instance_that_rests_or_has_ended_gets_no_turn()
    {
        var (resting, ended) = (_shard.Live("resting"), _shard.Live("ended"));
        (resting.Resting, ended.Ended) = (true, true);

        Assert.False(resting.Arrive(Event("lost in memory, kept in storage")));
        Assert.False(ended.Arrive(null));
    }

    [Fact]
    public void While_the_hub_stops_only_results_that_memory_alone_holds_get_a_turn()
    {
        var (raised, answered) = (_shard.Live("raised"), _shard.Live("answered"));
        raised.Arrive(Event("stored already"));
        answered.Arrive(new(HistoryEvents.Of(FakeClock.Noon, e => e.TaskCompleted = new() { TaskScheduledId = 0, Result = "1" }), "first", Row: null));

        Assert.True(raised.PassWithoutResults());
        Assert.False(answered.PassWithoutResults());
        Assert.True(raised.Arrive(null));
    }

    [Fact]
    public void An_ended_instance_gives_way_and_cannot_come_back_once_its_id_is_in_use()
    {
        var first = _shard.Shard.Add("id", "first", "first");
        first.Ended = true;
        Assert.True(_shard.Shard.IsEnding("id"));
        Assert.True(_shard.Shard.Reopen(first));
        Assert.Same(first, _shard.Shard.Find("id"));

        first.Ended = true;
        var second = _shard.Shard.Add("id", "second", "second");

        Assert.False(_shard.Shard.Reopen(first));
        _shard.Shard.Remove(first);
        Assert.Same(second, _shard.Shard.Find("id"));
        Assert.Equal(1, _shard.Shard.Count);
    }

    private static Arrival Event(string name) => new(HistoryEvents.Of(FakeClock.Noon, e => e.EventRaised = new EventRaisedEvent { Name = name }), "", $"row of {name}");
}
