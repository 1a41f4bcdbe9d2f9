using Governance.Core;
using Governance.Core.Events;
using Governance.Storage.Outbox;

namespace Governance.Storage.Tests.Outbox;

public sealed class GatheringDeliveries
{
    private readonly Held _handler = new();

    [Fact]
    public async Task What_comes_while_a_batch_is_under_way_goes_out_together_and_nobody_stands_in_line_for_a_batch_of_one()
    {
        var lane = new OutboxLane(_handler);
        var first = Deliver(lane, 1);
        Task[] others = [.. Enumerable.Range(2, 10).Select(number => Deliver(lane, number))];
        Assert.Equal([1], _handler.Sizes);

        var second = _handler.Release();
        await first;
        Task[] later = [.. Enumerable.Range(20, 3).Select(number => Deliver(lane, number))];
        await second;
        Assert.Equal([1, 10], _handler.Sizes);
        Assert.All(others, other => Assert.False(other.IsCompleted));

        var third = _handler.Release();
        await Task.WhenAll(others);
        await third;
        _ = _handler.Release();
        await Task.WhenAll(later);
        Assert.Equal([1, 10, 3], _handler.Sizes);
    }

    [Fact]
    public async Task A_fault_reaches_everybody_of_its_batch_and_nobody_else()
    {
        var lane = new OutboxLane(_handler);
        var first = Deliver(lane, 1);
        Task[] others = [Deliver(lane, 2), Deliver(lane, 3)];
        var second = _handler.Release();
        await first;
        await second;

        _ = _handler.Release(new InvalidOperationException("Not these."));
        foreach (var other in others)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => other);
        }

        var called = _handler.Next;
        var next = Deliver(lane, 4);
        await called;
        _ = _handler.Release();
        await next;
    }

    [Fact]
    public async Task Who_gives_up_does_not_take_the_others_of_its_batch_along()
    {
        using var stop = new CancellationTokenSource();
        var lane = new OutboxLane(_handler);
        var first = Deliver(lane, 1);
        var (leaving, staying) = (Deliver(lane, 2, stop.Token), Deliver(lane, 3));
        var second = _handler.Release();
        await first;
        await second;

        var again = _handler.Next;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        await again;
        _ = _handler.Release();
        await staying;
        Assert.Equal([1, 2, 1], _handler.Sizes);
    }

    private static Task Deliver(OutboxLane lane, int number, CancellationToken cancellation = default) =>
        lane.Deliver(new(new CorrelationId(Guid.AllBitsSet), number, new OutboxMessage("views", default), null, "Streams"), cancellation);

    /// <summary>Each call waits until the test lets it go.</summary>
    private sealed class Held : IOutboxHandler
    {
        private TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Kind => "views";

        public int BatchSize => 100;

        public List<int> Sizes { get; } = [];

        /// <summary>Completes with the next call.</summary>
        public Task Next => _called.Task;

        public async Task Handle(IReadOnlyList<OutboxDelivery> batch, CancellationToken cancellation)
        {
            Sizes.Add(batch.Count);
            var go = _go;
            Interlocked.Exchange(ref _called, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            await go.Task.WaitAsync(cancellation);
        }

        /// <summary>Ends the call that waits; gives the next one.</summary>
        public Task Release(Exception? fault = null)
        {
            var (next, go) = (Next, Interlocked.Exchange(ref _go, new(TaskCreationOptions.RunContinuationsAsynchronously)));
            if (fault is null)
            {
                go.SetResult();
            }
            else
            {
                go.SetException(fault);
            }

            return next;
        }
    }
}
