using Google.Protobuf.WellKnownTypes;
using Governance.Durable.Protocol;
using Microsoft.Extensions.Logging;

namespace Governance.Durable.Hub;

/// <summary>What runs turns and activities: the app's <see cref="TurnHandler"/>, or a test's script.</summary>
/// <param name="RunTurn">One turn; synchronous.</param>
/// <param name="RunActivity">Name, input as JSON, instance id; gives the result as JSON.</param>
internal sealed record HubHandlers(
    Func<OrchestratorRequest, OrchestratorResponse> RunTurn,
    Func<string, string?, string, CancellationToken, Task<string>> RunActivity);

/// <summary>An activity in the queue.</summary>
/// <param name="Caller">Who takes the result; null where nobody does.</param>
/// <param name="Done">Called after the activity ran.</param>
internal sealed record QueuedActivity(ActivityCall Call, LiveInstance? Caller, Action? Done);

/// <summary>The memory of one ownership: shards, queues and timers. Everything in it can be had again from storage.</summary>
internal sealed class HubWorld : IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource<string> _deposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HubWorld(
        ITaskHubStore store, HubHandlers handlers, TaskHubOptions options, TimeProvider clock, Func<string> newId, ILogger log, HubMetrics metrics)
    {
        (Store, Handlers, Options, Clock, NewId, Log, Metrics) = (store, handlers, options, clock, newId, log, metrics);
        Owner = newId();
        Patience = new(options, clock, log, metrics);
        Storage = new(store, Patience, newId);
        Ready = new(options.Backlog);
        Activities = new(options.ActivityBacklog);
        Cache = new(options.HistoryCacheBytes);
        Timers = new(clock, Fire);
        Ended = _ended.Token;
    }

    public ITaskHubStore Store { get; }

    public HubHandlers Handlers { get; }

    public TaskHubOptions Options { get; }

    public TimeProvider Clock { get; }

    public Func<string> NewId { get; }

    public ILogger Log { get; }

    public HubMetrics Metrics { get; }

    /// <summary>This ownership's own id, in every shard's head.</summary>
    public string Owner { get; }

    public StorePatience Patience { get; }

    public InstanceStorage Storage { get; }

    public ReadyQueue Ready { get; }

    public FairQueue<string, QueuedActivity> Activities { get; }

    public HistoryCache Cache { get; }

    public TimerQueue<DueTimer> Timers { get; }

    public InstanceWatch Watch { get; } = new();

    /// <summary>All shards, by number, once they are taken over.</summary>
    public HubShard[] Shards { get; } = new HubShard[TaskHubLimits.Shards];

    /// <summary>Ends with the ownership; nothing is written after it.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Gives the reason when another process takes over, or memory and storage disagree.</summary>
    public Task<string> Deposed => _deposed.Task;

    /// <summary>True while a stop waits for what is under way: nothing new begins.</summary>
    public bool Draining { get; set; }

    /// <summary>Instances that have not ended, in the shards that are taken over.</summary>
    public int LiveInstances => Shards.Sum(shard => shard?.Count ?? 0);

    public HubShard ShardOf(string instanceId) => Shards[HubKeys.ShardOf(instanceId)];

    /// <summary>Something arrived for an instance; a turn will take it.</summary>
    public void Wake(LiveInstance instance, Arrival? arrival)
    {
        if (instance.Arrive(arrival))
        {
            Ready.Add(instance);
        }
    }

    /// <summary>Ends the ownership from within.</summary>
    public void Depose(string reason)
    {
        if (!_ended.IsCancellationRequested && _deposed.TrySetResult(reason))
        {
            Metrics.OwnershipLost();
        }

        End();
    }

    /// <summary>Ends the ownership.</summary>
    public void End() => _ = _ended.CancelAsync();

    /// <inheritdoc/>
    public void Dispose()
    {
        Timers.Dispose();
    }

    private void Fire(DueTimer timer) => Wake(timer.Instance, timer.Id == DueTimer.Start
        ? null
        : new(
            HistoryEvents.Of(Clock.GetUtcNow(), e => e.TimerFired = new() { TimerId = timer.Id, FireAt = Timestamp.FromDateTimeOffset(timer.FireAt) }),
            timer.ExecutionId,
            Row: null));
}
