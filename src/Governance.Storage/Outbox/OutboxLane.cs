using System.Collections.Concurrent;

namespace Governance.Storage.Outbox;

/// <summary>Brings deliveries of one kind to its handler: side by side, or gathered into batches while an earlier batch is under way.</summary>
internal sealed class OutboxLane(IOutboxHandler handler)
{
    private readonly ConcurrentQueue<Waiting> _waiting = new();
    private int _atWork;

    /// <summary>Completes once the handler has carried it out; faults with the handler's fault.</summary>
    internal async Task Deliver(OutboxDelivery delivery, CancellationToken cancellation)
    {
        if (handler.BatchSize <= 1)
        {
            await handler.Handle([delivery], cancellation).ConfigureAwait(false);
            return;
        }

        var waiting = new Waiting(delivery, new(TaskCreationOptions.RunContinuationsAsynchronously), cancellation);
        _waiting.Enqueue(waiting);

        // Whoever comes while nobody is at work begins it, and everybody goes on as soon as the own batch is done. Were they to take turns at working, those whose batch
        // is done would still stand in line, and each of them would carry out a batch of the one that came meanwhile.
        _ = Work();
        await waiting.Done.Task.ConfigureAwait(false);
    }

    // Whoever comes between the last look and the end saw somebody at work, so the end is followed by one more look.
    private async Task Work()
    {
        while (!_waiting.IsEmpty && Interlocked.Exchange(ref _atWork, 1) == 0)
        {
            while (Gather() is { Count: > 0 } batch)
            {
                await Handle(batch).ConfigureAwait(false);
            }

            Interlocked.Exchange(ref _atWork, 0);
        }
    }

    private List<Waiting> Gather()
    {
        var batch = new List<Waiting>(handler.BatchSize);
        while (batch.Count < handler.BatchSize && _waiting.TryDequeue(out var next))
        {
            batch.Add(next);
        }

        return batch;
    }

    private async Task Handle(List<Waiting> batch)
    {
        while (batch.RemoveAll(GivenUp) >= 0 && batch is [var first, ..])
        {
            try
            {
                await handler.Handle([.. batch.Select(each => each.Delivery)], first.Cancellation).ConfigureAwait(false);
                batch.ForEach(each => each.Done.TrySetResult());
                return;
            }
            catch (OperationCanceledException) when (first.Cancellation.IsCancellationRequested)
            {
                // One has given up; the others go on without it.
            }
            catch (Exception fault) // every delivery of the batch has its own waiter, who retries and reports
            {
                batch.ForEach(each => each.Done.TrySetException(fault));
                return;
            }
        }
    }

    private static bool GivenUp(Waiting waiting) => waiting.Cancellation.IsCancellationRequested && waiting.Done.TrySetCanceled(waiting.Cancellation);

    private sealed record Waiting(OutboxDelivery Delivery, TaskCompletionSource Done, CancellationToken Cancellation);
}
