using System.Collections.Concurrent;
using Governance.Core;
using Governance.Core.Rollout;
using Governance.Local.Stack;

namespace Governance.IntegrationTests.Rollout;

/// <summary>A device plane in this process: five rings of devices that behave as their ring says, and a journal of what was asked and done.</summary>
internal sealed class Fleet(TimeProvider clock) : IDevicePlane
{
    internal const string PlaneName = "FLEET";

    private readonly ConcurrentDictionary<(CorrelationId App, Ring Ring), DateTimeOffset> _assigned = new();
    private readonly ConcurrentDictionary<CorrelationId, AssignmentSet> _uninstalling = new();

    public string Name => PlaneName;

    /// <summary>The devices; a test puts others in place of them.</summary>
    internal ConcurrentDictionary<Ring, FleetRing> Rings { get; } = new(Core.Rings.All.Select(ring => KeyValuePair.Create(ring, new FleetRing(20))));

    /// <summary>Results were asked for, in order.</summary>
    internal ConcurrentQueue<(DateTimeOffset At, CorrelationId App, Ring Ring)> Reads { get; } = new();

    /// <summary>A group was assigned that was not before, in order.</summary>
    internal ConcurrentQueue<(DateTimeOffset At, CorrelationId App, Ring Ring)> Assignments { get; } = new();

    /// <summary>Whether results can't be had.</summary>
    internal bool Silent { get; set; }

    /// <summary>How publishes and uninstallations end while it is set.</summary>
    internal PlaneFailure? Refusing { get; set; }

    /// <summary>Called at each point of a publish; may wait, or throw.</summary>
    internal Func<PublishPoint, PublishRequest, Task> At { get; set; } = (_, _) => Task.CompletedTask;

    public async Task<PublishOutcome> Publish(PublishRequest request, IPublishFence fence, CancellationToken cancellation)
    {
        await At(PublishPoint.Begun, request);
        var ids = new PlaneIds($"app-{request.CorrelationId}", "1", "1");
        if (Refusing is { } failure)
        {
            return new PublishOutcome.Failed(failure, request.Known);
        }

        if (!await fence.Checkpoint(ids, cancellation))
        {
            return new PublishOutcome.ClaimLost();
        }

        await At(PublishPoint.Uploaded, request);
        if (!request.SubjectHolds(request.Artifact.Sha256, request.Assignments))
        {
            return new PublishOutcome.SubjectChanged("Other bytes or groups than were approved.");
        }

        if (!await fence.EnterAssigning(cancellation))
        {
            return new PublishOutcome.ClaimLost();
        }

        await At(PublishPoint.Assigning, request);
        foreach (var ring in Reached(request.Assignments).Where(ring => _assigned.TryAdd((request.CorrelationId, ring), clock.GetUtcNow())))
        {
            Assignments.Enqueue((clock.GetUtcNow(), request.CorrelationId, ring));
        }

        await At(PublishPoint.Assigned, request);
        return new PublishOutcome.Published(ids.AppId!, ids);
    }

    public Task<PlaneReading<RingDeviceResults>> ReadResults(RingResultsRequest request, CancellationToken cancellation)
    {
        var (app, now) = (request.App.CorrelationId, clock.GetUtcNow());
        var ring = Assert.Single(Reached(request.Groups));
        Reads.Enqueue((now, app, ring));
        if (Silent)
        {
            var failure = new PlaneFailure { Class = ErrorClass.Transient, Code = "SILENT", Message = "The fleet does not answer" };
            return Task.FromResult<PlaneReading<RingDeviceResults>>(new PlaneReading<RingDeviceResults>.Unavailable(failure));
        }

        var all = Rings[ring];
        var since = _assigned.TryGetValue((app, ring), out var assigned) ? now - assigned : TimeSpan.MinValue;
        long succeeded = 0, failed = 0, pending = 0, notApplicable = 0;
        foreach (var device in all.All.Where(device => device.Fate != DeviceFate.Silent && since >= device.ChecksInAfter))
        {
            _ = device switch
            {
                _ when request.Uninstall => succeeded++,
                { Fate: DeviceFate.NotApplicable } => notApplicable++,
                _ when since < device.ChecksInAfter + all.Install => pending++,
                { Fate: DeviceFate.Fails } => failed++,
                _ => succeeded++,
            };
        }

        var results = new RingDeviceResults(
            all.Devices, succeeded, failed, pending, notApplicable, all.Devices - succeeded - failed - pending - notApplicable, now);
        return Task.FromResult<PlaneReading<RingDeviceResults>>(new PlaneReading<RingDeviceResults>.Read(results));
    }

    public Task<PlaneReading<PlaneActual>> ReadActual(PlaneApp app, CancellationToken cancellation)
    {
        var rings = _assigned.Keys.Where(key => key.App == app.CorrelationId).Select(key => key.Ring).Order().ToArray();
        var there = rings.Length > 0 || _uninstalling.ContainsKey(app.CorrelationId);
        return Task.FromResult<PlaneReading<PlaneActual>>(new PlaneReading<PlaneActual>.Read(new()
        {
            AppPresent = there,
            ExternalId = there ? $"app-{app.CorrelationId}" : null,
            Published = there,
            ContentVersion = there ? "1" : null,
            Assignments = [.. rings.Select(ring => new PlaneAssignment(AssignmentTarget.Group, LocalStack.GroupOf(ring), AssignmentIntent.Required))],
        }));
    }

    public Task<PlaneChange> Unassign(PlaneApp app, AssignmentSet keep, IPublishFence fence, CancellationToken cancellation)
    {
        var kept = Reached(keep).ToHashSet();
        var gone = _assigned.Keys.Where(key => key.App == app.CorrelationId && !kept.Contains(key.Ring)).Count(key => _assigned.TryRemove(key, out _));
        return Task.FromResult<PlaneChange>(new PlaneChange.Done(gone > 0));
    }

    public async Task<PlaneChange> AssignUninstall(PlaneApp app, AssignmentSet keep, AssignmentSet uninstall, IPublishFence fence, CancellationToken cancellation)
    {
        if (Refusing is { } failure)
        {
            return new PlaneChange.Failed(failure);
        }

        _uninstalling[app.CorrelationId] = uninstall;
        return await Unassign(app, keep, fence, cancellation);
    }

    public Task<PlaneChange> Remove(PlaneApp app, IPublishFence fence, CancellationToken cancellation)
    {
        _uninstalling.TryRemove(app.CorrelationId, out _);
        return Unassign(app, AssignmentSet.Empty, fence, cancellation);
    }

    public Task<PlaneHealth> Health(CancellationToken cancellation) =>
        Task.FromResult(new PlaneHealth(PlaneStatus.Healthy, CircuitState.Closed, "The fleet is in this process.", clock.GetUtcNow()));

    private static IEnumerable<Ring> Reached(AssignmentSet groups) => Core.Rings.All.Where(ring => groups.Include.Contains(LocalStack.GroupOf(ring)));
}

/// <summary>How far a publish has come.</summary>
public enum PublishPoint
{
    Begun,
    Uploaded,
    Assigning,
    Assigned,
}
