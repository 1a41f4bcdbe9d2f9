using System.Diagnostics.CodeAnalysis;

namespace Governance.Durable.Hub;

/// <summary>A queue whose keys take turns: a key with a thousand items holds up nobody. Items of one key come out in their order.</summary>
/// <typeparam name="TKey">Whose item it is.</typeparam>
/// <typeparam name="TItem">An item.</typeparam>
/// <param name="limit">Items from which on <see cref="Room"/> waits; adding never does.</param>
internal sealed class FairQueue<TKey, TItem>(int limit = int.MaxValue)
    where TKey : notnull
{
    private readonly Dictionary<TKey, Queue<TItem>> _items = [];
    private readonly Queue<TKey> _turns = new();
    private readonly Queue<TaskCompletionSource> _takers = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource? _room;
    private int _count;

    /// <summary>Items that wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>Adds an item behind the others of its key.</summary>
    public void Add(TKey key, TItem item)
    {
        lock (_gate)
        {
            if (!_items.TryGetValue(key, out var own))
            {
                _items.Add(key, own = new());
                _turns.Enqueue(key);
            }

            own.Enqueue(item);
            _count++;
            WakeOne();
        }
    }

    /// <summary>Takes the next item of the key whose turn it is; waits while there is none.</summary>
    /// <exception cref="OperationCanceledException">Nobody wants it any more; nothing was taken.</exception>
    public async Task<TItem> Take(CancellationToken cancellation)
    {
        while (true)
        {
            if (cancellation.IsCancellationRequested)
            {
                // It may have been woken for an item before it gave up: somebody else has to take that.
                PassOn();
                cancellation.ThrowIfCancellationRequested();
            }

            var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                if (TryTake(out var item))
                {
                    return item;
                }

                _takers.Enqueue(signal);
            }

            await using (cancellation.UnsafeRegister(static waiting => ((TaskCompletionSource)waiting!).TrySetCanceled(), signal).ConfigureAwait(false))
            {
                await signal.Task.ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits until there are fewer items than the limit.</summary>
    public async Task Room(CancellationToken cancellation)
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                if (_count < limit)
                {
                    return;
                }

                room = (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await room.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private void PassOn()
    {
        lock (_gate)
        {
            if (_count > 0)
            {
                WakeOne();
            }
        }
    }

    private void WakeOne()
    {
        while (_takers.TryDequeue(out var taker) && !taker.TrySetResult())
        {
            // That one has given up; the next may be waiting still.
        }
    }

    private bool TryTake([MaybeNullWhen(false)] out TItem item)
    {
        if (!_turns.TryDequeue(out var key))
        {
            item = default;
            return false;
        }

        var own = _items[key];
        item = own.Dequeue();
        if (--_count < limit)
        {
            _room?.TrySetResult();
            _room = null;
        }

        if (own.Count > 0)
        {
            _turns.Enqueue(key);
        }
        else
        {
            _items.Remove(key);
        }

        return true;
    }
}
