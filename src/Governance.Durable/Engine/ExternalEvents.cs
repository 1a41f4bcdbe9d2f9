using Governance.Durable.Protocol;

namespace Governance.Durable.Engine;

/// <summary>Raised events and who waits for them, by name, ignoring case.</summary>
/// <remarks>
/// One event goes to one waiter: to the newest, so that a wait given up without cancelling can't take what a later one
/// waits for. Events nobody waits for are kept, and a later wait takes the oldest.
/// </remarks>
internal sealed class ExternalEvents(OrchestrationThread thread)
{
    private readonly Dictionary<string, LinkedList<TaskCompletionSource<string?>>> _waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Queue<(int Arrival, HistoryEvent Raised)>> _kept = new(StringComparer.OrdinalIgnoreCase);
    private int _arrivals;

    /// <summary>Kept events of all names, in the order they came.</summary>
    public IEnumerable<HistoryEvent> Kept => _kept.Values.SelectMany(queue => queue).OrderBy(kept => kept.Arrival).Select(kept => kept.Raised);

    public void Raise(HistoryEvent raised)
    {
        var name = raised.EventRaised.Name;
        if (_waiters.TryGetValue(name, out var waiters) && waiters.Last is { } newest)
        {
            waiters.RemoveLast();
            OrchestrationThread.Complete(() => newest.Value.TrySetResult(raised.EventRaised.Input));
        }
        else
        {
            Keep(raised);
        }
    }

    /// <summary>Keeps an event for a later wait, or for the next run.</summary>
    public void Keep(HistoryEvent raised)
    {
        var name = raised.EventRaised.Name;
        if (!_kept.TryGetValue(name, out var queue))
        {
            _kept[name] = queue = new();
        }

        queue.Enqueue((_arrivals++, raised));
    }

    /// <returns>The event's payload as JSON text.</returns>
    public Task<string?> Wait(string name, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled<string?>(cancellation);
        }

        if (_kept.TryGetValue(name, out var queue) && queue.TryDequeue(out var kept))
        {
            return Task.FromResult(kept.Raised.EventRaised.Input)!;
        }

        if (!_waiters.TryGetValue(name, out var waiters))
        {
            _waiters[name] = waiters = new();
        }

        var waiter = waiters.AddLast(new TaskCompletionSource<string?>());
        thread.OnCancelled(
            () =>
            {
                if (waiter.List is { } list)
                {
                    list.Remove(waiter);
                    waiter.Value.TrySetCanceled(cancellation);
                }
            },
            cancellation);
        return waiter.Value.Task;
    }
}
