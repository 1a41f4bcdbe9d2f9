using Google.Protobuf;
using Governance.Durable.Hub.Rows;

namespace Governance.Durable.Hub;

/// <summary>Takes the shards over: fences off whoever wrote them before, then reads what is under way. The only time that storage is searched for work.</summary>
internal sealed class HubTakeover(HubWorld world, ParcelDelivery delivery)
{
    private const int ShardsAtOnce = 8;
    private const int PageSize = 1000;

    /// <summary>Takes all shards over and sets everything in them going.</summary>
    /// <returns>How many live instances and undelivered messages there are.</returns>
    public async Task<(int Instances, int Messages)> Run(CancellationToken cancellation)
    {
        var found = new Found[TaskHubLimits.Shards];
        var limits = new ParallelOptions { MaxDegreeOfParallelism = ShardsAtOnce, CancellationToken = cancellation };
        await Parallel.ForAsync(0, found.Length, limits, async (number, token) => found[number] = await Take(number, token).ConfigureAwait(false))
            .ConfigureAwait(false);

        // Nothing begins before every shard is fenced: a message may go to any of them.
        for (var number = 0; number < found.Length; number++)
        {
            world.Shards[number] = found[number].Shard;
        }

        foreach (var shard in found)
        {
            Remember(shard);
        }

        // And nothing is delivered before all instances are known: a message to one that is not would be dropped.
        foreach (var (shard, _, _, outbox) in found)
        {
            foreach (var (key, row) in outbox)
            {
                delivery.Send(shard, new(key, HubKeys.NumberOf(key), row.Parcels));
            }
        }

        return (found.Sum(shard => shard.Live.Count), found.Sum(shard => shard.Inbox.Count + shard.Outbox.Count));
    }

    private async Task<Found> Take(int number, CancellationToken cancellation)
    {
        while (true)
        {
            // Every commit writes the head: if it is still the same when it is replaced, what was read beside it is complete.
            var arrears = await ReadAll(after => HubKeys.Arrears(after ?? "!", PageSize), number, cancellation).ConfigureAwait(false);
            var row = arrears.Find(found => found.Key == TaskHubLimits.HeadKey);
            var head = row is null ? new() : ShardHead.Parser.ParseFrom(row.Body.Span);
            if (await Fence(number, head, row?.ETag, cancellation).ConfigureAwait(false) is not { } etag)
            {
                continue;
            }

            var writer = new ShardWriter(number, head, etag, world.Store, world.Patience, world.Depose, world.Ended);
            var live = await ReadAll(after => HubKeys.Live(after, PageSize, hintsOnly: true), number, cancellation).ConfigureAwait(false);
            return new(
                new(number) { Writer = writer },
                [.. live.Select(instance => LiveHint.Parser.ParseFrom(instance.Hint.Span))],
                await ReadRows(arrears.Where(found => HubKeys.IsInbox(found.Key)), Parcel.Parser, cancellation).ConfigureAwait(false),
                await ReadRows(arrears.Where(found => HubKeys.IsOutbox(found.Key)), OutboxRow.Parser, cancellation).ConfigureAwait(false));
        }
    }

    // Changes the head that was read into this owner's.
    private async Task<string?> Fence(int number, ShardHead head, string? etag, CancellationToken cancellation)
    {
        if (head.Owner == world.Owner && etag is not null)
        {
            // An earlier attempt without an answer.
            return etag;
        }

        head.Epoch++;
        head.Commit++;
        head.Owner = world.Owner;
        while (head.Received.Count < TaskHubLimits.Shards)
        {
            head.Received.Add(0);
        }

        try
        {
            return (await world.Store.CommitAsync(number, new(head.ToByteArray(), etag, []), cancellation).ConfigureAwait(false)).HeadETag;
        }
        catch (TaskHubStoreException unclear)
        {
            await world.Patience.Wait(0, unclear, cancellation).ConfigureAwait(false);
            return null;
        }
    }

    private async Task<List<TaskHubRow>> ReadAll(Func<string?, TaskHubRange> range, int number, CancellationToken cancellation)
    {
        var all = new List<TaskHubRow>();
        IReadOnlyList<TaskHubRow> page;
        do
        {
            var next = range(all.Count > 0 ? all[^1].Key : null);
            page = await world.Patience.Ask(token => world.Store.ReadAsync(number, next, token), cancellation).ConfigureAwait(false);
            all.AddRange(page);
        }
        while (page.Count == PageSize);
        return all;
    }

    private async Task<List<(string Key, T Content)>> ReadRows<T>(IEnumerable<TaskHubRow> rows, MessageParser<T> parser, CancellationToken cancellation)
        where T : IMessage<T>
    {
        var read = new List<(string, T)>();
        foreach (var row in rows)
        {
            read.Add((row.Key, await world.Storage.Read(parser, row, cancellation).ConfigureAwait(false)));
        }

        return read;
    }

    private void Remember(Found found)
    {
        var shard = found.Shard;
        var now = world.Clock.GetUtcNow();
        foreach (var hint in found.Live)
        {
            var instance = shard.Add(hint.InstanceId, hint.ExecutionId, hint.FirstExecutionId is { Length: > 0 } first ? first : hint.ExecutionId);
            instance.Resuming = hint.Work;
            instance.StartAt = hint.StartAt?.ToDateTimeOffset();
            instance.SetTimers(hint.Timers.Select(timer => KeyValuePair.Create(timer.Id, timer.FireAt.ToDateTimeOffset())), instance.StartAt, world.Timers);
            if (hint.Work && (instance.StartAt is not { } start || start <= now))
            {
                world.Wake(instance, null);
            }
        }

        foreach (var (key, parcel) in found.Inbox.OrderBy(message => HubKeys.NumberOf(message.Key)))
        {
            if (shard.Find(parcel.InstanceId) is { } instance)
            {
                world.Wake(instance, new(parcel.Event, parcel.ExecutionId, key));
            }
            else
            {
                world.Log.Dropped(parcel.Event.EventTypeCase.ToString(), parcel.InstanceId, "the instance has ended.");
                shard.Writer.Sweep([key]);
            }
        }
    }

    private sealed record Found(
        HubShard Shard, IReadOnlyList<LiveHint> Live, IReadOnlyList<(string Key, Parcel Content)> Inbox, IReadOnlyList<(string Key, OutboxRow Content)> Outbox);
}
