using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Governance.Durable.Hub;

/// <summary>
/// Instances that are ready for a turn, in the order in which they became so; each stands here at most once, so all get their turn.
/// Callers from outside wait here while there are too many.
/// </summary>
internal sealed class ReadyQueue(int backlog)
{
    private readonly Channel<LiveInstance> _channel = Channel.CreateUnbounded<LiveInstance>();
    private readonly Lock _gate = new();
    private TaskCompletionSource? _room;
    private int _count;

    /// <summary>Instances that wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds an instance.</summary>
    /// <returns>False once the queue is closed: storage remembers what there is to do.</returns>
    public bool Add(LiveInstance ready)
    {
        // Counted first: whoever takes it may be faster than this line's successor.
        Interlocked.Increment(ref _count);
        if (_channel.Writer.TryWrite(ready))
        {
            return true;
        }

        Interlocked.Decrement(ref _count);
        return false;
    }

    /// <summary>The next instance; waits while there is none.</summary>
    /// <returns>Null once the queue is closed and empty.</returns>
    public async Task<LiveInstance?> Take(CancellationToken cancellation)
    {
        while (await _channel.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false))
        {
            if (TryTake(out var next))
            {
                return next;
            }
        }

        return null;
    }

    /// <summary>Waits until there is room for more work from outside.</summary>
    public async Task Room(CancellationToken cancellation)
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                if (Count < backlog)
                {
                    return;
                }

                room = (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await room.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Takes no more; what is in the queue still comes out.</summary>
    public void Close() => _channel.Writer.TryComplete();

    private bool TryTake([NotNullWhen(true)] out LiveInstance? next)
    {
        if (!_channel.Reader.TryRead(out next))
        {
            return false;
        }

        lock (_gate)
        {
            if (Interlocked.Decrement(ref _count) < backlog)
            {
                _room?.TrySetResult();
                _room = null;
            }
        }

        return true;
    }
}
