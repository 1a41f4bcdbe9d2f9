namespace Governance.Durable.Hub;

/// <summary>Keeps the histories of the instances that had a turn last, up to a number of bytes. A forgotten one is read again when it is needed.</summary>
internal sealed class HistoryCache(long capacity)
{
    private readonly Dictionary<LiveInstance, LinkedListNode<(LiveInstance Instance, long Bytes)>> _nodes = [];
    private readonly LinkedList<(LiveInstance Instance, long Bytes)> _byUse = new();
    private readonly Lock _gate = new();

    /// <summary>Bytes kept.</summary>
    public long Bytes { get; private set; }

    /// <summary>An instance was used and its history has this size now.</summary>
    public void Touch(LiveInstance used, long bytes)
    {
        lock (_gate)
        {
            Remove(used);
            _nodes.Add(used, _byUse.AddFirst((used, bytes)));
            Bytes += bytes;
            while (Bytes > capacity && _byUse.Last is { } oldest)
            {
                oldest.Value.Instance.Snapshot = null;
                Remove(oldest.Value.Instance);
            }
        }
    }

    /// <summary>An instance has ended.</summary>
    public void Forget(LiveInstance ended)
    {
        lock (_gate)
        {
            ended.Snapshot = null;
            Remove(ended);
        }
    }

    private void Remove(LiveInstance instance)
    {
        if (_nodes.Remove(instance, out var node))
        {
            _byUse.Remove(node);
            Bytes -= node.Value.Bytes;
        }
    }
}
