using Governance.Durable.Client;
using Governance.Durable.Engine;
using Governance.Durable.Protocol;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Governance.Durable.Hub;

/// <summary>
/// A durable task hub inside this process: keeps instances in storage, drives their turns through the app's <see cref="TurnHandler"/>
/// with the messages that the durable extension would send, and is the client for them.
/// </summary>
/// <remarks>
/// One process at a time owns the hub, by a lease; calls of a client wait until this one does. Crash-safe: a turn is one
/// transaction, and every write carries the owner's epoch, so a former owner can write nothing. Activities run at least once, their
/// results are taken once. While storage fails the hub waits and asks again.
/// </remarks>
public sealed class EmbeddedTaskHub : DurableTaskClient, IHostedService
{
    private readonly DataConverter _converter;
    private readonly TimeProvider _clock;
    private readonly Func<Guid> _newId;
    private readonly HubDoor _door = new();
    private readonly HubLifetime _lifetime;

    /// <param name="name">The hub's name, for logs and status pages.</param>
    /// <param name="store">Where everything is kept. One hub a store.</param>
    /// <param name="turns">Runs orchestrators and activities.</param>
    /// <param name="converter">Writes inputs and events.</param>
    /// <param name="options">Their <see cref="TaskHubOptions.Problems"/> must be none.</param>
    /// <param name="clock">Drives all timers and waits.</param>
    /// <param name="log">For the hub's own log.</param>
    /// <param name="newId">Ids of instances and executions; null: random.</param>
    /// <exception cref="ArgumentException">The options are out of range; the message lists all of them.</exception>
    public EmbeddedTaskHub(
        string name,
        ITaskHubStore store,
        TurnHandler turns,
        DataConverter converter,
        TaskHubOptions options,
        TimeProvider clock,
        ILogger<EmbeddedTaskHub> log,
        Func<Guid>? newId = null)
        : this(name, store, new HubHandlers(turns.RunOrchestrator, turns.RunActivity), converter, options, clock, log, newId ?? Guid.NewGuid)
    {
    }

    internal EmbeddedTaskHub(
        string name,
        ITaskHubStore store,
        HubHandlers handlers,
        DataConverter converter,
        TaskHubOptions options,
        TimeProvider clock,
        ILogger log,
        Func<Guid> newId)
        : base(name)
    {
        if (options.Problems() is { Count: > 0 } problems)
        {
            throw new ArgumentException(string.Join(' ', problems), nameof(options));
        }

        (_converter, _clock, _newId) = (converter, clock, newId);
        _lifetime = new(_door, store, handlers, options, clock, newId, log, Metrics);
    }

    /// <summary>What this hub measures.</summary>
    internal HubMetrics Metrics { get; } = new();

    /// <summary>Begins to take the hub over, in the background.</summary>
    /// <returns>At once; <see cref="OwnedAsync"/> tells when the hub works.</returns>
    /// <exception cref="UnauthorizedAccessException">The lease file cannot be written.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _lifetime.Start();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Begins nothing new, lets activities under way end within <see cref="TaskHubOptions.StopTimeout"/> and stores their results, then gives the lease back.
    /// </summary>
    /// <param name="cancellationToken">Cuts the wait short; what is not done runs again at the next start.</param>
    public Task StopAsync(CancellationToken cancellationToken) => _lifetime.Stop(cancellationToken);

    /// <summary>Waits until this process owns the hub and has read what is under way.</summary>
    /// <exception cref="InvalidOperationException">The hub has stopped.</exception>
    public Task OwnedAsync(CancellationToken cancellation) => _door.Desk(cancellation);

    /// <inheritdoc/>
    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(orchestratorName.Name, nameof(orchestratorName));
        var instanceId = options?.InstanceId ?? _newId().ToString("N");
        if (HubKeys.ProblemWith(instanceId) is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        var started = ClientEvents.Started(
            orchestratorName,
            instanceId,
            _newId().ToString("N"),
            PayloadLimits.Write(_converter, input, $"The input of orchestration '{orchestratorName}'"),
            options,
            _clock.GetUtcNow());
        var again = false;
        var stored = await _door.Call(
            async (desk, token) =>
            {
                await desk.RoomForAnother(token).ConfigureAwait(false);
                var (repeat, _) = (again, again = true);
                return await desk.Start(started, repeat, token).ConfigureAwait(false);
            },
            cancellation).ConfigureAwait(false);
        return stored ? instanceId : throw new OrchestrationInstanceException(instanceId, InstanceProblem.AlreadyExists);
    }

    /// <inheritdoc/>
    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        var payload = PayloadLimits.Write(_converter, eventPayload, $"Event '{eventName}'");
        return Post(instanceId, e => e.EventRaised = new() { Name = eventName, Input = payload }, cancellation);
    }

    /// <inheritdoc/>
    public override Task TerminateInstanceAsync(string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        var output = options?.Output is string text ? PayloadLimits.Text(text, "The output") : PayloadLimits.Write(_converter, options?.Output, "The output");
        return Post(instanceId, e => e.ExecutionTerminated = new() { Input = output }, cancellation);
    }

    /// <inheritdoc/>
    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        Post(instanceId, e => e.ExecutionSuspended = new() { Input = PayloadLimits.Text(reason, "The reason") }, cancellation);

    /// <inheritdoc/>
    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        Post(instanceId, e => e.ExecutionResumed = new() { Input = PayloadLimits.Text(reason, "The reason") }, cancellation);

    /// <inheritdoc/>
    public override async Task<OrchestrationMetadata?> GetInstanceAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        var found = await _door.Call((desk, token) => desk.Find(instanceId, getInputsAndOutputs, token), cancellation).ConfigureAwait(false);
        return found is null ? null : ClientViews.Metadata(found, getInputsAndOutputs ? _converter : null);
    }

    /// <inheritdoc/>
    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitFor(instanceId, getInputsAndOutputs, seen => seen.RuntimeStatus is not OrchestrationRuntimeStatus.Pending, cancellation);

    /// <inheritdoc/>
    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitFor(instanceId, getInputsAndOutputs, seen => seen.IsCompleted, cancellation);

    /// <inheritdoc/>
    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        var query = new InstanceQuery(filter ?? new(), _converter);
        return new((after, cancellation) => _door.Call((desk, token) => query.Page(desk, after, token), cancellation));
    }

    /// <inheritdoc/>
    public override async Task<PurgeResult> PurgeInstanceAsync(string instanceId, CancellationToken cancellation = default) =>
        new(await _door.Call((desk, token) => desk.Purge(instanceId, token), cancellation).ConfigureAwait(false) ? 1 : 0);

    /// <inheritdoc/>
    public override async Task<PurgeResult> PurgeAllInstancesAsync(PurgeInstancesFilter filter, CancellationToken cancellation = default)
    {
        var purged = 0;
        var query = new OrchestrationQuery(filter.CreatedFrom, filter.CreatedTo, filter.Statuses, PageSize: 1000);
        await foreach (var instance in GetAllInstancesAsync(query).WithCancellation(cancellation).ConfigureAwait(false))
        {
            if (instance.IsCompleted)
            {
                purged += (await PurgeInstanceAsync(instance.InstanceId, cancellation).ConfigureAwait(false)).PurgedInstanceCount;
            }
        }

        return new(purged);
    }

    /// <summary>Stops the hub as <see cref="StopAsync"/> does. Safe to repeat.</summary>
    public override async ValueTask DisposeAsync()
    {
        await _lifetime.Stop(CancellationToken.None).ConfigureAwait(false);
        Metrics.Dispose();
    }

    /// <summary>Ends as a crash does: nothing is drained, flushed or given back.</summary>
    internal Task CrashAsync() => _lifetime.Crash();

    private async Task Post(string instanceId, Action<HistoryEvent> fill, CancellationToken cancellation)
    {
        var message = HistoryEvents.Of(_clock.GetUtcNow(), fill);
        var problem = await _door.Call(
            async (desk, token) =>
            {
                await desk.Room(token).ConfigureAwait(false);
                return await desk.Post(instanceId, message, token).ConfigureAwait(false);
            },
            cancellation).ConfigureAwait(false);
        if (problem is { } refused)
        {
            throw new OrchestrationInstanceException(instanceId, refused);
        }
    }

    private Task<OrchestrationMetadata> WaitFor(
        string instanceId, bool withInputs, Func<OrchestrationMetadata, bool> reached, CancellationToken cancellation) =>
        _door.Call(
            async (desk, token) =>
            {
                using var watching = desk.Watch.Enter(instanceId);
                while (true)
                {
                    var found = await desk.Find(instanceId, withInputs, token).ConfigureAwait(false)
                        ?? throw new OrchestrationInstanceException(instanceId, InstanceProblem.NotFound);
                    var seen = ClientViews.Metadata(found, withInputs ? _converter : null);
                    if (reached(seen))
                    {
                        return seen;
                    }

                    await watching.Change(token).ConfigureAwait(false);
                }
            },
            cancellation);
}
