using System.Collections.Immutable;
using System.Diagnostics;
using Governance.Durable.Engine;
using Governance.Durable.Hub.Rows;
using Governance.Durable.Protocol;

namespace Governance.Durable.Hub;

/// <summary>Runs turns: takes what arrived, asks the orchestrator, stores everything that follows in one transaction, then acts on it.</summary>
internal sealed class TurnWorkers(HubWorld world, ParcelDelivery delivery)
{
    // An orchestration that continues as new over and over gives way to the others after so many executions.
    private const int ExecutionsPerTurn = 8;

    /// <summary>Runs turns until the queue of ready instances is closed and empty, or the ownership ends.</summary>
    public Task Run() => Task.WhenAll(Enumerable.Range(0, world.Options.ConcurrentTurns).Select(_ => Task.Run(Work)));

    private async Task Work()
    {
        try
        {
            while (await world.Ready.Take(world.Ended).ConfigureAwait(false) is { } instance)
            {
                await Turns(instance).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (world.Ended.IsCancellationRequested)
        {
            // The next owner reads from storage how things stand.
        }
        catch (Exception fault)
        {
            // With a worker less, and an instance whose turn never ends, the hub would be half dead: everything is read again instead.
            world.Depose($"a worker has failed: {fault}");
        }
    }

    // While the hub stops, only results that would be lost get a turn; storage remembers the rest.
    private async Task Turns(LiveInstance instance)
    {
        while (!world.Draining || !instance.PassWithoutResults())
        {
            await Turn(instance).ConfigureAwait(false);
            if (!instance.End() || world.Ready.Add(instance))
            {
                return;
            }
        }
    }

    private async Task Turn(LiveInstance instance)
    {
        var began = world.Clock.GetTimestamp();
        var arrivals = instance.Begin(world.Options.MessagesPerTurn);
        try
        {
            var before = instance.Snapshot is { } hot && !instance.Resuming ? hot : await Load(instance).ConfigureAwait(false);
            if (instance.StartAt > world.Clock.GetUtcNow() && !arrivals.Any(arrival => arrival.Event.ExecutionTerminated is not null))
            {
                return;
            }

            var now = Later(world.Clock.GetUtcNow(), before.State.LastUpdatedTimestamp.ToDateTimeOffset());
            var events = TurnIntake.NewEvents(before, arrivals, now);
            if (events.IsEmpty)
            {
                instance.Shard.Writer.Sweep(arrivals.Select(arrival => arrival.Row).OfType<string>());
                instance.Took(arrivals.Count);
                return;
            }

            using var span = HubTraces.Turn(before);
            var after = await Settle(instance, before, events, arrivals, new(now, world.NewId(), HubTraces.Of(span))).ConfigureAwait(false);
            Measure(after, events, now, began, span);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Nothing of it is lost: it stands in storage as it was, for the next start of the hub or a person.
            world.Log.InstanceRests(instance.Id, fault);
            instance.Resting = true;
        }
    }

    private void Measure(InstanceSnapshot after, ImmutableArray<HistoryEvent> events, DateTimeOffset now, long began, Activity? span)
    {
        span?.SetTag("result", HubMetrics.Result(after));
        if (after.State.OrchestrationStatus is OrchestrationStatus.Failed)
        {
            span?.SetStatus(ActivityStatusCode.Error);
        }

        world.Metrics.Turned(after, world.Clock.GetElapsedTime(began));
        foreach (var timer in events.Select(e => e.TimerFired).OfType<TimerFiredEvent>())
        {
            world.Metrics.Late(now - timer.FireAt.ToDateTimeOffset());
        }
    }

    private async Task<InstanceSnapshot> Settle(
        LiveInstance instance, InstanceSnapshot before, ImmutableArray<HistoryEvent> events, IReadOnlyList<Arrival> arrivals, TurnStamp stamp)
    {
        try
        {
            return await Store(instance, Decide(before, events, stamp), arrivals).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // As a host does when a turn goes wrong in a way that the orchestrator did not see.
            world.Log.TurnFailed(instance.Id, fault);
            var failed = TurnDecider.Fail(before, events, fault.GetType().FullName ?? "", fault.Message, stamp with { Id = world.NewId() });
            return await Store(instance, failed, arrivals).ConfigureAwait(false);
        }
    }

    private TurnOutcome Decide(InstanceSnapshot before, ImmutableArray<HistoryEvent> events, TurnStamp stamp)
    {
        var outcome = DecideOnce(before, events, stamp);
        for (var executions = 1; !outcome.After.Opening.IsEmpty && executions < ExecutionsPerTurn; executions++)
        {
            outcome = outcome.Then(DecideOnce(outcome.After, TurnIntake.NewEvents(outcome.After, [], stamp.Now), stamp with { Id = world.NewId() }));
        }

        return outcome;
    }

    private TurnOutcome DecideOnce(InstanceSnapshot before, ImmutableArray<HistoryEvent> events, TurnStamp stamp)
    {
        var request = new OrchestratorRequest { InstanceId = before.InstanceId };
        request.PastEvents.AddRange(before.Past);
        request.NewEvents.AddRange(events);
        return TurnDecider.Settle(before, events, world.Handlers.RunTurn(request), stamp);
    }

    private async Task<InstanceSnapshot> Store(LiveInstance instance, TurnOutcome outcome, IReadOnlyList<Arrival> arrivals)
    {
        var (stored, rows) = await world.Storage.Write(outcome.After, world.Ended).ConfigureAwait(false);
        rows.AddRange(arrivals.Select(arrival => arrival.Row).OfType<string>().Select(row => new TaskHubWrite.Delete(row)));
        (ReadOnlyMemory<byte> Body, int Parcels)? outbox = null;
        if (!outcome.Parcels.IsEmpty)
        {
            var row = new OutboxRow();
            row.Parcels.AddRange(outcome.Parcels);
            var body = await world.Storage.Body(instance.Id, row, world.Ended).ConfigureAwait(false);
            outbox = (body.Bytes, outcome.Parcels.Length);
        }

        Task written;
        lock (instance.Shard.Gate)
        {
            // From here on the instance's id is free for another; the order of the writes keeps the two apart.
            instance.Ended = stored.HasEnded;
            if (stored.HasEnded)
            {
                rows.Add(new TaskHubWrite.Delete(HubKeys.RunningRow(instance.Id)));
            }

            written = instance.Shard.Writer.Commit(
                new(rows, (row, first) => Applied(instance, stored, outcome, arrivals, row, first)) { Outbox = outbox });
        }

        try
        {
            await written.ConfigureAwait(false);
            return stored;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            if (!instance.Shard.Reopen(instance))
            {
                // Two instances would write one row.
                world.Depose($"the last turn of instance {instance.Id} could not be stored, and its id is in use again: {fault.Message}");
                world.Ended.ThrowIfCancellationRequested();
            }

            throw;
        }
    }

    private void Applied(
        LiveInstance instance, InstanceSnapshot stored, TurnOutcome outcome, IReadOnlyList<Arrival> arrivals, string outboxRow, long firstNumber)
    {
        var began = instance.Snapshot is not { Past.IsEmpty: false };
        instance.Store(stored);
        instance.Took(arrivals.Count);
        instance.SetTimers(stored.OpenTimers, instance.StartAt, world.Timers);
        instance.Shard.Writer.Sweep(outcome.Discarded);
        foreach (var call in outcome.Activities)
        {
            world.Activities.Add(instance.Id, new(call, instance, Done: null));
        }

        if (!outcome.Parcels.IsEmpty)
        {
            delivery.Send(instance.Shard, new(outboxRow, firstNumber, outcome.Parcels));
        }

        if (stored.HasEnded)
        {
            instance.Shard.Remove(instance);
            instance.Shard.Writer.Sweep(instance.Orphans());
            world.Cache.Forget(instance);
        }
        else
        {
            world.Cache.Touch(instance, stored.Bytes);
        }

        if (began || stored.HasEnded)
        {
            world.Watch.Changed(instance.Id);
        }
    }

    private async Task<InstanceSnapshot> Load(LiveInstance instance)
    {
        var loaded = await world.Storage.Load(instance.Shard.Number, HubKeys.RunningRow(instance.Id), world.Ended).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"The row of live instance '{instance.Id}' in shard {instance.Shard.Number} is gone.");
        if (instance.Resuming)
        {
            foreach (var id in loaded.Snapshot.OpenActivities)
            {
                var scheduled = loaded.Snapshot.Past.Last(e => e.EventId == id && e.TaskScheduled is not null).TaskScheduled;
                var call = new ActivityCall(instance.Id, instance.ExecutionId, id, scheduled, loaded.Inputs.GetValueOrDefault(id));
                world.Activities.Add(instance.Id, new(call, instance, Done: null));
            }

            instance.Resuming = false;
        }

        instance.Snapshot = loaded.Snapshot;
        world.Cache.Touch(instance, loaded.Snapshot.Bytes);
        return loaded.Snapshot;
    }

    // A clock that was set back must not take an orchestration back in time.
    private static DateTimeOffset Later(DateTimeOffset now, DateTimeOffset last) => now > last ? now : last;
}
