using System.Threading.Channels;

namespace Governance.Storage.Outbox;

/// <summary>Brings deliveries of one kind to its handler: side by side, or gathered into batches while an earlier batch is under way.</summary>
internal sealed class OutboxLane(IOutboxHandler handler) : IDisposable
{
    private readonly Channel<Waiting> _waiting = Channel.CreateUnbounded<Waiting>(new() { SingleReader = true });
    private readonly SemaphoreSlim _oneReader = new(1, 1);

    /// <summary>Completes once the handler has carried it out; faults with the handler's fault.</summary>
    internal async Task Deliver(OutboxDelivery delivery, CancellationToken cancellation)
    {
        if (handler.BatchSize <= 1)
        {
            await handler.Handle([delivery], cancellation).ConfigureAwait(false);
            return;
        }

        var waiting = new Waiting(delivery, new(TaskCreationOptions.RunContinuationsAsynchronously));
        _waiting.Writer.TryWrite(waiting);
        await _oneReader.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await HandleGathered(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _oneReader.Release();
        }

        await waiting.Done.Task.ConfigureAwait(false);
    }

    public void Dispose() => _oneReader.Dispose();

    private async Task HandleGathered(CancellationToken cancellation)
    {
        var batch = new List<Waiting>(handler.BatchSize);
        while (batch.Count < handler.BatchSize && _waiting.Reader.TryRead(out var next))
        {
            batch.Add(next);
        }

        if (batch.Count == 0)
        {
            return;
        }

        try
        {
            await handler.Handle([.. batch.Select(each => each.Delivery)], cancellation).ConfigureAwait(false);
            batch.ForEach(each => each.Done.TrySetResult());
        }
        catch (Exception fault) // every delivery of the batch has its own waiter, who retries and reports
        {
            batch.ForEach(each => each.Done.TrySetException(fault));
        }
    }

    private sealed record Waiting(OutboxDelivery Delivery, TaskCompletionSource Done);
}
