namespace Governance.Core.Rollout;

/// <summary>
/// A management plane that puts apps on devices. One implementation per plane; what it is told and what it answers
/// holds for any plane, so nothing above it knows Graph.
/// </summary>
/// <remarks>
/// What the plane says comes back as a value, with its error class; an exception is a fault of ours or a cancellation.
/// Every write looks first at what is there, so each call may be repeated after any kind of failure.
/// </remarks>
public interface IDevicePlane
{
    /// <summary>The plane's name on the wire, UPPER_SNAKE, such as <c>INTUNE</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Brings one deployment's app into the plane and gives it exactly the desired assignments. Reads what an earlier
    /// attempt left, goes on from there, and never makes a second app for the same correlation id.
    /// </summary>
    /// <param name="request">What is to be there in the end.</param>
    /// <param name="fence">Asked before the plane is written to again; whoever lost the claim stops.</param>
    /// <param name="cancellation">Ends the attempt between two calls; the next attempt resumes.</param>
    Task<PublishOutcome> Publish(PublishRequest request, IPublishFence fence, CancellationToken cancellation);

    /// <summary>Counts what the devices of one ring have reported about the app.</summary>
    Task<PlaneReading<RingDeviceResults>> ReadResults(RingResultsRequest request, CancellationToken cancellation);

    /// <summary>Reads what the plane holds now, for comparison with what was approved. An app that is gone is an answer, not a failure.</summary>
    Task<PlaneReading<PlaneActual>> ReadActual(PlaneApp app, CancellationToken cancellation);

    /// <summary>
    /// Takes the app away from every group but those of <paramref name="keep"/>. New installations stop; installed copies stay.
    /// An app that is gone counts as done.
    /// </summary>
    Task<PlaneChange> Unassign(PlaneApp app, AssignmentSet keep, IPublishFence fence, CancellationToken cancellation);

    /// <summary>
    /// Has devices of the groups in <paramref name="uninstall"/> remove the app; required assignments shrink to
    /// <paramref name="keep"/> in the same call, because required wins over uninstall.
    /// </summary>
    Task<PlaneChange> AssignUninstall(PlaneApp app, AssignmentSet keep, AssignmentSet uninstall, IPublishFence fence, CancellationToken cancellation);

    /// <summary>Deletes the app from the plane. It uninstalls nothing. Refused where the app does not carry our correlation id; gone already counts as done.</summary>
    Task<PlaneChange> Remove(PlaneApp app, IPublishFence fence, CancellationToken cancellation);

    /// <summary>Reads what became of a request that the tenant's own people were asked about.</summary>
    /// <returns>Unavailable also where the plane knows no such requests, or does not let us look.</returns>
    Task<PlaneReading<TenantApprovalStatus>> ReadApproval(TenantApproval approval, CancellationToken cancellation) =>
        Task.FromResult<PlaneReading<TenantApprovalStatus>>(new PlaneReading<TenantApprovalStatus>.Unavailable(
            new() { Class = ErrorClass.Permanent, Code = "NO_TENANT_APPROVALS", Message = "This plane has no requests of its own to approve." }));

    /// <summary>One cheap read that shows whether the plane answers; also what the circuit breaker thinks.</summary>
    Task<PlaneHealth> Health(CancellationToken cancellation);
}

/// <summary>The claim of one publisher on one ring, as the connector needs it.</summary>
public interface IPublishFence
{
    /// <summary>
    /// Stores the ids that the plane has given so far and extends the lease. Called after each creation, and as a sign of
    /// life during long uploads and waits.
    /// </summary>
    /// <returns>False when the claim is lost: the caller must not write to the plane again.</returns>
    Task<bool> Checkpoint(PlaneIds ids, CancellationToken cancellation);

    /// <summary>Marks that assignments are about to be written; from here on the publish can no longer be cancelled. Safe to repeat.</summary>
    /// <returns>False when the claim is lost: nothing may be assigned.</returns>
    Task<bool> EnterAssigning(CancellationToken cancellation);
}

/// <summary>A fence that lets everything pass, for callers whose own transaction already decided, such as taking a superseded ring away.</summary>
public sealed class OpenFence : IPublishFence
{
    /// <summary>The one instance; it holds nothing.</summary>
    public static OpenFence Instance { get; } = new();

    private OpenFence()
    {
    }

    /// <inheritdoc/>
    public Task<bool> Checkpoint(PlaneIds ids, CancellationToken cancellation) => Task.FromResult(true);

    /// <inheritdoc/>
    public Task<bool> EnterAssigning(CancellationToken cancellation) => Task.FromResult(true);
}
