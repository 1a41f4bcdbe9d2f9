using Governance.Durable.Hub.Rows;

namespace Governance.Durable.Hub;

/// <summary>One shard in the owner's memory: its live instances, its writer, and its messages on their way out.</summary>
internal sealed class HubShard(int number)
{
    private readonly Dictionary<string, LiveInstance> _live = new(StringComparer.Ordinal);
    private readonly Queue<Outgoing> _outgoing = new();
    private bool _delivering;

    public int Number { get; } = number;

    /// <summary>Guards decisions about who is live together with the place of their writes in the writer's queue.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Set once the shard is fenced.</summary>
    public required ShardWriter Writer { get; init; }

    /// <summary>Live instances of the shard.</summary>
    public int Count
    {
        get
        {
            lock (Gate)
            {
                return _live.Count;
            }
        }
    }

    /// <summary>Finds an instance that has not ended.</summary>
    public LiveInstance? Find(string instanceId)
    {
        lock (Gate)
        {
            return _live.TryGetValue(instanceId, out var found) && !found.Ended ? found : null;
        }
    }

    /// <summary>Whether an instance's last turn is on its way to storage.</summary>
    public bool IsEnding(string instanceId)
    {
        lock (Gate)
        {
            return _live.TryGetValue(instanceId, out var found) && found.Ended;
        }
    }

    /// <summary>Adds an instance; one with its id that is about to end gives way.</summary>
    public LiveInstance Add(string instanceId, string executionId, string firstExecutionId)
    {
        lock (Gate)
        {
            return _live[instanceId] = new(instanceId, this, executionId, firstExecutionId);
        }
    }

    /// <summary>The last turn of an instance could not be stored: it has not ended after all.</summary>
    /// <returns>False when its id is in use again; then nothing changes.</returns>
    public bool Reopen(LiveInstance ended)
    {
        lock (Gate)
        {
            if (_live.GetValueOrDefault(ended.Id) != ended)
            {
                return false;
            }

            ended.Ended = false;
            return true;
        }
    }

    /// <summary>Forgets an instance that has ended, unless its id is in use again.</summary>
    public void Remove(LiveInstance ended)
    {
        lock (Gate)
        {
            if (_live.TryGetValue(ended.Id, out var found) && found == ended)
            {
                _live.Remove(ended.Id);
            }
        }
    }

    /// <summary>Puts a stored outbox row on its way.</summary>
    /// <returns>True when the caller has to start the delivery.</returns>
    public bool Send(Outgoing row)
    {
        lock (Gate)
        {
            _outgoing.Enqueue(row);
            return !_delivering && (_delivering = true);
        }
    }

    /// <summary>All rows that wait for delivery, in order.</summary>
    /// <returns>Empty when the delivery is to end.</returns>
    public List<Outgoing> TakeOutgoing()
    {
        lock (Gate)
        {
            List<Outgoing> taken = [.. _outgoing];
            _outgoing.Clear();
            _delivering = taken.Count > 0;
            return taken;
        }
    }
}

/// <summary>A stored outbox row; deleted when all of its parcels have been taken.</summary>
internal sealed class Outgoing(string row, long firstNumber, IReadOnlyList<Parcel> parcels)
{
    private int _open = parcels.Count;

    public string Row { get; } = row;

    /// <summary>Number of its first parcel; the others follow.</summary>
    public long FirstNumber { get; } = firstNumber;

    public IReadOnlyList<Parcel> Parcels { get; } = parcels;

    /// <summary>Some of its parcels have been taken.</summary>
    /// <returns>True when these were the last.</returns>
    public bool Taken(int parcels) => Interlocked.Add(ref _open, -parcels) == 0;
}
