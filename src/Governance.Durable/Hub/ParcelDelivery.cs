using System.Diagnostics;
using Google.Protobuf;
using Governance.Durable.Client;
using Governance.Durable.Hub.Rows;
using Governance.Durable.Protocol;

namespace Governance.Durable.Hub;

/// <summary>
/// Carries messages from one shard to another with a second write. The receiving shard's head remembers in the same transaction how far it
/// has come with each sender, so that a message that comes again after a crash is dropped: each takes effect once.
/// </summary>
internal sealed class ParcelDelivery(HubWorld world)
{
    // One parcel may need two rows: an instance and an answer that it exists already.
    private const int ParcelsPerCommit = 40;
    private const int BytesPerCommit = 1_600_000;

    /// <summary>Takes a stored outbox row on its way.</summary>
    public void Send(HubShard source, Outgoing row)
    {
        if (source.Send(row))
        {
            _ = Task.Run(() => Deliver(source));
        }
    }

    // One delivery at a time for each sender: its parcels reach a receiver in the order of their numbers, which the receiver's mark depends on.
    private async Task Deliver(HubShard source)
    {
        // Messages of many traces travel together.
        Activity.Current = null;
        try
        {
            while (source.TakeOutgoing() is { Count: > 0 } rows)
            {
                foreach (var row in rows)
                {
                    StartActivities(source, row);
                }

                var byReceiver = rows
                    .SelectMany(row => row.Parcels.Select((parcel, index) => new Numbered(row.FirstNumber + index, parcel, row)))
                    .Where(numbered => numbered.Parcel.Event.TaskScheduled is null)
                    .GroupBy(numbered => HubKeys.ShardOf(numbered.Parcel.InstanceId));
                await Task.WhenAll(byReceiver.Select(group => DeliverTo(source, world.Shards[group.Key], [.. group]))).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (world.Ended.IsCancellationRequested)
        {
            // The outbox row is still there; the next owner delivers it.
        }
        catch (Exception fault)
        {
            // Without this sender's messages the hub would stand still unnoticed: taking it over again starts from storage.
            world.Depose($"messages of shard {source.Number} could not be delivered: {fault.Message}");
        }
    }

    private void StartActivities(HubShard source, Outgoing row)
    {
        foreach (var parcel in row.Parcels.Where(parcel => parcel.Event.TaskScheduled is not null))
        {
            var call = new ActivityCall(parcel.InstanceId, parcel.ExecutionId, -1, parcel.Event.TaskScheduled, parcel.Event.TaskScheduled.Input);
            world.Activities.Add(parcel.InstanceId, new(call, Caller: null, Done: () => Taken(source, row, 1)));
        }
    }

    private async Task DeliverTo(HubShard source, HubShard receiver, IReadOnlyList<Numbered> parcels)
    {
        foreach (var part in Parts(parcels))
        {
            var prepared = new List<Prepared>(part.Count);
            foreach (var numbered in part.Where(numbered => numbered.Number > receiver.Writer.ReceivedFrom(source.Number)))
            {
                prepared.Add(await Prepare(numbered).ConfigureAwait(false));
            }

            if (prepared.Count > 0)
            {
                await Commit(source, receiver, prepared).ConfigureAwait(false);
            }

            foreach (var row in part.GroupBy(numbered => numbered.Row))
            {
                Taken(source, row.Key, row.Count());
            }
        }
    }

    private static IEnumerable<IReadOnlyList<Numbered>> Parts(IReadOnlyList<Numbered> parcels)
    {
        var (part, bytes) = (new List<Numbered>(), 0);
        foreach (var numbered in parcels)
        {
            var size = Math.Min(numbered.Parcel.CalculateSize(), TaskHubLimits.BodyBytes);
            if (part.Count == ParcelsPerCommit || (part.Count > 0 && bytes + size > BytesPerCommit))
            {
                yield return part;
                (part, bytes) = ([], 0);
            }

            part.Add(numbered);
            bytes += size;
        }

        yield return part;
    }

    // What goes to a blob is written before the transaction, whose rows must be decided under the receiver's gate.
    private async Task<Prepared> Prepare(Numbered numbered)
    {
        var parcel = numbered.Parcel;
        if (parcel.Event.ExecutionStarted is null)
        {
            var message = await world.Storage.Body(parcel.InstanceId, parcel, world.Ended).ConfigureAwait(false);
            return new(numbered.Number, parcel, null, message.Bytes, default);
        }

        var created = InstanceSnapshot.Created(parcel.Event, world.Clock.GetUtcNow());
        var (stored, rows) = await world.Storage.Write(created, world.Ended).ConfigureAwait(false);
        var row = rows.OfType<TaskHubWrite.Put>().Single();
        return new(numbered.Number, parcel, stored, row.Body, row.Hint);
    }

    private Task Commit(HubShard source, HubShard receiver, List<Prepared> parcels)
    {
        lock (receiver.Gate)
        {
            var rows = new List<TaskHubWrite>();
            var answers = new OutboxRow();
            var applied = new List<Action>();
            foreach (var parcel in parcels)
            {
                if (parcel.Created is { } created)
                {
                    Start(receiver, parcel, created, rows, answers, applied);
                }
                else
                {
                    Post(receiver, parcel, rows, applied);
                }
            }

            return receiver.Writer.Commit(new(rows, (row, first) =>
            {
                applied.ForEach(apply => apply());
                if (answers.Parcels.Count > 0)
                {
                    Send(receiver, new(row, first, answers.Parcels));
                }
            })
            {
                Received = (source.Number, parcels[^1].Number),
                Outbox = answers.Parcels.Count > 0 ? (new StoredBody { Inline = answers.ToByteString() }.ToByteArray(), answers.Parcels.Count) : null,
            });
        }
    }

    private void Start(HubShard receiver, Prepared parcel, InstanceSnapshot created, List<TaskHubWrite> rows, OutboxRow answers, List<Action> applied)
    {
        var id = created.InstanceId;
        var problem = HubKeys.ProblemWith(id) ?? (receiver.Find(id) is null ? null : $"Instance {id} exists and has not ended.");
        if (problem is not null)
        {
            // The durable extension drops the start here and lets the parent wait for ever.
            world.Log.Dropped("start", id, problem);
            answers.Parcels.Add(Refusal(created.Parent, problem));
            return;
        }

        var instance = receiver.Add(id, created.ExecutionId, created.ExecutionId);
        rows.Add(new TaskHubWrite.Put(HubKeys.RunningRow(id), parcel.Hint, parcel.Body));
        applied.Add(() =>
        {
            instance.Snapshot = created;
            world.Cache.Touch(instance, created.Bytes);
            world.Wake(instance, null);
        });
    }

    private void Post(HubShard receiver, Prepared prepared, List<TaskHubWrite> rows, List<Action> applied)
    {
        var parcel = prepared.Parcel;
        if (receiver.Find(parcel.InstanceId) is not { } instance)
        {
            world.Log.Dropped(parcel.Event.EventTypeCase.ToString(), parcel.InstanceId, "there is no such instance, or it has ended.");
            return;
        }

        var row = HubKeys.InboxRow(parcel.InstanceId, receiver.Writer.NextNumber());
        rows.Add(new TaskHubWrite.Put(row, default, prepared.Body));
        applied.Add(() => world.Wake(instance, new(parcel.Event, parcel.ExecutionId, row)));
    }

    private Parcel Refusal(ParentInstanceInfo? parent, string problem) => new()
    {
        InstanceId = parent?.OrchestrationInstance?.InstanceId ?? "",
        ExecutionId = parent?.OrchestrationInstance?.ExecutionId ?? "",
        Event = HistoryEvents.Of(world.Clock.GetUtcNow(), e => e.SubOrchestrationInstanceFailed = new()
        {
            TaskScheduledId = parent?.TaskScheduledId ?? -1,
            FailureDetails = new() { ErrorType = typeof(OrchestrationInstanceException).FullName!, ErrorMessage = problem },
        }),
    };

    private static void Taken(HubShard source, Outgoing row, int parcels)
    {
        if (row.Taken(parcels))
        {
            source.Writer.Sweep([row.Row]);
        }
    }

    private sealed record Numbered(long Number, Parcel Parcel, Outgoing Row);

    private sealed record Prepared(long Number, Parcel Parcel, InstanceSnapshot? Created, ReadOnlyMemory<byte> Body, ReadOnlyMemory<byte> Hint);
}
