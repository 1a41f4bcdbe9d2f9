using Google.Protobuf;
using Governance.Durable.Client;
using Governance.Durable.Hub.Rows;
using Governance.Durable.Protocol;

namespace Governance.Durable.Hub;

/// <summary>An instance as it is stored.</summary>
internal sealed record StoredInstance(InstanceRow Row, string? Input);

/// <summary>Carries out clients' calls for the owner.</summary>
internal sealed class HubDesk(HubWorld world) : IDisposable
{
    private readonly SemaphoreSlim _purging = new(1, 1);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends once callers are sent to another desk.</summary>
    public Task Left => _left.Task;

    /// <summary>See <see cref="InstanceWatch"/>.</summary>
    public InstanceWatch Watch => world.Watch;

    /// <summary>Ends with the ownership.</summary>
    public CancellationToken Ended => world.Ended;

    /// <summary>Callers are sent to another desk from now on.</summary>
    public void Leave() => _left.TrySetResult();

    /// <summary>Waits while too many instances wait for their turn.</summary>
    public Task Room(CancellationToken cancellation) => world.Ready.Room(cancellation);

    /// <summary>Waits while too much work of any kind is waiting for another instance to be begun.</summary>
    public async Task RoomForAnother(CancellationToken cancellation)
    {
        // Activities that wait here for room would be waiting for themselves.
        if (!ActivityWorkers.InActivity)
        {
            await world.Activities.Room(cancellation).ConfigureAwait(false);
        }

        await Room(cancellation).ConfigureAwait(false);
    }

    /// <summary>Stores a new instance. One write.</summary>
    /// <param name="started">Its executionStarted event.</param>
    /// <param name="again">An earlier owner may have stored it already.</param>
    /// <returns>False when an instance with its id has not ended, unless it began with this very execution.</returns>
    public async Task<bool> Start(HistoryEvent started, bool again, CancellationToken cancellation)
    {
        var created = InstanceSnapshot.Created(started, world.Clock.GetUtcNow());
        var shard = world.ShardOf(created.InstanceId);
        var (stored, rows) = await world.Storage.Write(created, cancellation).ConfigureAwait(false);
        if (again && await HasEnded(shard, created, cancellation).ConfigureAwait(false))
        {
            return true;
        }

        LiveInstance instance;
        Task written;
        lock (shard.Gate)
        {
            if (shard.Find(created.InstanceId) is { } live)
            {
                return live.FirstExecutionId == created.ExecutionId;
            }

            instance = shard.Add(created.InstanceId, created.ExecutionId, created.ExecutionId);
            instance.StartAt = created.StartAt;
            written = shard.Writer.Commit(new(rows, (_, _) => Started(instance, stored)));
        }

        try
        {
            await written.ConfigureAwait(false);
            return true;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            shard.Remove(instance);
            throw;
        }
    }

    /// <summary>Stores a message for an instance. One write.</summary>
    /// <returns>Null when it was stored.</returns>
    public async Task<InstanceProblem?> Post(string instanceId, HistoryEvent message, CancellationToken cancellation)
    {
        var shard = world.ShardOf(instanceId);

        // Looked at first, or a long message to nobody would leave a blob that no purge finds.
        if (shard.Find(instanceId) is not null && await Send(shard, instanceId, message, cancellation).ConfigureAwait(false))
        {
            return null;
        }

        return shard.IsEnding(instanceId) || await world.Storage.Find(shard.Number, HubKeys.DoneRow(instanceId), cancellation).ConfigureAwait(false) is not null
            ? InstanceProblem.NotRunning
            : InstanceProblem.NotFound;
    }

    /// <summary>Looks at an instance: in memory while it is hot, else one or two reads.</summary>
    /// <returns>Null when there is none.</returns>
    public async Task<StoredInstance?> Find(string instanceId, bool withInput, CancellationToken cancellation)
    {
        var shard = world.ShardOf(instanceId);
        if (shard.Find(instanceId)?.Snapshot is { } hot)
        {
            var started = hot.Opening.Concat(hot.Past).FirstOrDefault(e => e.ExecutionStarted is not null);
            return new(new() { State = hot.State }, started?.ExecutionStarted.Input);
        }

        var row = await world.Storage.Find(shard.Number, HubKeys.RunningRow(instanceId), cancellation).ConfigureAwait(false)
            ?? await world.Storage.Find(shard.Number, HubKeys.DoneRow(instanceId), cancellation).ConfigureAwait(false);
        return row is null ? null : await WithInput(shard.Number, row, withInput, cancellation).ConfigureAwait(false);
    }

    /// <summary>Reads a page of stored instances: first the live ones of a shard, then the ended ones, shard after shard.</summary>
    /// <param name="at">Where to go on.</param>
    /// <param name="scan">Rows to read at most, 1 to 1,000.</param>
    public async Task<(IReadOnlyList<InstanceRow> Rows, QueryPosition? Next)> Scan(QueryPosition at, int scan, CancellationToken cancellation)
    {
        var range = at.Ended ? HubKeys.Done(at.After, scan) : HubKeys.Live(at.After, scan, hintsOnly: false);
        var rows = await world.Patience.Ask(token => world.Store.ReadAsync(at.Shard, range, token), cancellation).ConfigureAwait(false);
        var instances = new List<InstanceRow>();
        foreach (var row in rows)
        {
            var instance = await world.Storage.Read(InstanceRow.Parser, row, cancellation).ConfigureAwait(false);

            // An ended instance whose id is in use again is not shown beside its successor.
            if (!at.Ended || world.Shards[at.Shard].Find(instance.State.InstanceId) is null)
            {
                instances.Add(instance);
            }
        }

        return (instances, rows.Count == scan ? at with { After = rows[^1].Key } : at.NextRange());
    }

    /// <summary>Adds an instance's input where it is asked for.</summary>
    public async Task<StoredInstance> WithInput(int shard, InstanceRow row, bool withInput, CancellationToken cancellation) =>
        new(row, withInput ? await world.Storage.Input(shard, row, cancellation).ConfigureAwait(false) : null);

    /// <summary>Deletes an ended instance and everything stored of it.</summary>
    /// <returns>False when there is none, or it has not ended.</returns>
    public async Task<bool> Purge(string instanceId, CancellationToken cancellation)
    {
        var shard = world.ShardOf(instanceId);
        await _purging.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (await world.Storage.Find(shard.Number, HubKeys.DoneRow(instanceId), cancellation).ConfigureAwait(false) is null)
            {
                return false;
            }

            // Rows that wait to be swept must be gone before the others are listed: a row can be deleted only once.
            await shard.Writer.Flush().ConfigureAwait(false);
            IReadOnlyList<TaskHubRow> history;
            do
            {
                const int Page = 90;
                history = await world.Patience.Ask(
                    token => world.Store.ReadAsync(shard.Number, HubKeys.HistoryOf(instanceId, null, Page), token), cancellation).ConfigureAwait(false);
                var keys = history.Select(row => row.Key).Append(history.Count < Page ? HubKeys.DoneRow(instanceId) : null).OfType<string>();
                if (!await Delete(shard, instanceId, [.. keys]).ConfigureAwait(false))
                {
                    return false;
                }
            }
            while (history.Count == 90);
        }
        finally
        {
            _purging.Release();
        }

        await world.Patience.Ask(token => world.Store.DeleteBlobsAsync($"{HubKeys.Name(instanceId)}/", token), cancellation).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _purging.Dispose();

    private async Task<bool> Send(HubShard shard, string instanceId, HistoryEvent message, CancellationToken cancellation)
    {
        var body = await world.Storage.Body(instanceId, new Parcel { InstanceId = instanceId, Event = message }, cancellation).ConfigureAwait(false);
        Task written;
        lock (shard.Gate)
        {
            if (shard.Find(instanceId) is not { } instance)
            {
                return false;
            }

            var row = HubKeys.InboxRow(instanceId, shard.Writer.NextNumber());
            written = shard.Writer.Commit(new(
                [new TaskHubWrite.Put(row, default, body.Bytes)], (_, _) => world.Wake(instance, new(message, ExecutionId: "", row))));
        }

        await written.ConfigureAwait(false);
        return true;
    }

    private static async Task<bool> Delete(HubShard shard, string instanceId, IReadOnlyList<string> keys)
    {
        Task written;
        lock (shard.Gate)
        {
            if (shard.Find(instanceId) is not null)
            {
                return false;
            }

            written = shard.Writer.Commit(new([.. keys.Select(key => new TaskHubWrite.Delete(key))], (_, _) => { }));
        }

        await written.ConfigureAwait(false);
        return true;
    }

    private async Task<bool> HasEnded(HubShard shard, InstanceSnapshot created, CancellationToken cancellation) =>
        await world.Storage.Find(shard.Number, HubKeys.DoneRow(created.InstanceId), cancellation).ConfigureAwait(false) is { } ended
        && created.ExecutionId == (ended.FirstExecutionId is { Length: > 0 } first ? first : ended.State.ExecutionId);

    private void Started(LiveInstance instance, InstanceSnapshot stored)
    {
        instance.Snapshot = stored;
        world.Cache.Touch(instance, stored.Bytes);
        instance.SetTimers([], instance.StartAt, world.Timers);
        if (instance.StartAt is null || instance.StartAt <= world.Clock.GetUtcNow())
        {
            world.Wake(instance, null);
        }
    }
}

/// <summary>Where a query stands.</summary>
/// <param name="Shard">0 to 63.</param>
/// <param name="Ended">False while it reads the live instances of the shard.</param>
/// <param name="After">Key of the last row read; null at the beginning of a range.</param>
internal sealed record QueryPosition(int Shard, bool Ended, string? After)
{
    /// <summary>Where every query begins.</summary>
    public static QueryPosition First { get; } = new(0, false, null);

    /// <summary>The beginning of the next range; null at the end.</summary>
    public QueryPosition? NextRange() => this switch
    {
        { Ended: false } => new(Shard, true, null),
        { Shard: < TaskHubLimits.Shards - 1 } => new(Shard + 1, false, null),
        _ => null,
    };
}
