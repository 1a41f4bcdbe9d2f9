namespace Governance.Durable.Hub;

/// <summary>Wakes those who wait for an instance to start or to end. They look for themselves.</summary>
internal sealed class InstanceWatch
{
    private readonly Dictionary<string, List<Watcher>> _watchers = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>Instances that somebody watches.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _watchers.Count;
            }
        }
    }

    /// <summary>Begins to watch. To be done before looking, or a change in between is missed.</summary>
    public Watcher Enter(string instanceId)
    {
        var watcher = new Watcher(this, instanceId);
        lock (_gate)
        {
            if (!_watchers.TryGetValue(instanceId, out var others))
            {
                _watchers.Add(instanceId, others = []);
            }

            others.Add(watcher);
        }

        return watcher;
    }

    /// <summary>An instance has started or ended.</summary>
    public void Changed(string instanceId)
    {
        lock (_gate)
        {
            foreach (var watcher in _watchers.GetValueOrDefault(instanceId) ?? [])
            {
                watcher.Signal();
            }
        }
    }

    private void Leave(Watcher watcher)
    {
        lock (_gate)
        {
            if (_watchers.TryGetValue(watcher.InstanceId, out var others) && others.Remove(watcher) && others.Count == 0)
            {
                _watchers.Remove(watcher.InstanceId);
            }
        }
    }

    /// <summary>One who waits for changes of an instance.</summary>
    internal sealed class Watcher(InstanceWatch watch, string instanceId) : IDisposable
    {
        private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string InstanceId { get; } = instanceId;

        /// <summary>Waits for a change since the last call, or since the watch began.</summary>
        public async Task Change(CancellationToken cancellation)
        {
            await _change.Task.WaitAsync(cancellation).ConfigureAwait(false);
            _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        public void Signal() => _change.TrySetResult();

        public void Dispose() => watch.Leave(this);
    }
}
