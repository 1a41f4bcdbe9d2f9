using Governance.Core;
using Governance.Core.Rollout;
using Governance.Intune.Graph;
using Governance.Intune.Publishing;
using Governance.Intune.Results;
using Microsoft.Extensions.Logging;
using Microsoft.Graph.Models;

namespace Governance.Intune;

/// <summary>Intune through Microsoft Graph v1.0. Made by <see cref="IntunePlaneFactory"/>; one for the whole process, because it holds the call budget and the circuit.</summary>
internal sealed class IntunePlane(
    AppCalls apps,
    ContentCalls content,
    BlockUpload upload,
    ReportCalls reports,
    GroupCalls groups,
    ApprovalCalls approvals,
    GraphCaller caller,
    IntuneOptions options,
    SemaphoreSlim publishes,
    ILogger log) : IDevicePlane
{
    public string Name => IntunePlaneFactory.PlaneName;

    public async Task<PublishOutcome> Publish(PublishRequest request, IPublishFence fence, CancellationToken cancellation)
    {
        await publishes.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var run = new PublishRun(request, fence, apps, content, upload, caller, options, log);
            await using (run.ConfigureAwait(false))
            {
                return await run.Run(cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            publishes.Release();
        }
    }

    public async Task<PlaneReading<RingDeviceResults>> ReadResults(RingResultsRequest request, CancellationToken cancellation)
    {
        var whose = new CallFor(request.App.CorrelationId);
        var app = request.App.Ids.AppId;
        if (app is null)
        {
            var located = await Locate(request.App, cancellation).ConfigureAwait(false);
            if (located.Stop is Stop.Failed unread)
            {
                return new PlaneReading<RingDeviceResults>.Unavailable(unread.Failure);
            }

            app = located.Value?.Id;
        }

        return app is null
            ? new PlaneReading<RingDeviceResults>.Unavailable(
                new() { Class = ErrorClass.Permanent, Code = "APP_GONE", Message = "No app carries the mark of this deployment." })
            : await new ResultsRun(reports, groups, caller, options.Results, whose, log).Run(app, request, cancellation).ConfigureAwait(false);
    }

    public async Task<PlaneReading<PlaneActual>> ReadActual(PlaneApp app, CancellationToken cancellation)
    {
        var located = await Locate(app, cancellation).ConfigureAwait(false);
        if (located.Stop is Stop.Failed unread)
        {
            return new PlaneReading<PlaneActual>.Unavailable(unread.Failure);
        }

        if (located.Value is not { } found)
        {
            return new PlaneReading<PlaneActual>.Read(new() { AppPresent = false });
        }

        var assignments = await apps.Assignments(new(app.CorrelationId), found.Id!, cancellation).ConfigureAwait(false);
        if (assignments.Fault is { } fault)
        {
            return new PlaneReading<PlaneActual>.Unavailable(fault.ToFailure());
        }

        var marker = NotesMarker.Find(found.Notes);
        return new PlaneReading<PlaneActual>.Read(new()
        {
            AppPresent = true,
            ExternalId = found.Id,
            Published = found.PublishingState == MobileAppPublishingState.Published,
            ContentVersion = string.IsNullOrEmpty(found.CommittedContentVersion) ? null : found.CommittedContentVersion,
            Version = marker?.Version,
            ArtifactSha256 = marker?.Artifact,
            Assignments = AssignmentBody.Read(assignments.Value!),
        });
    }

    public Task<PlaneChange> Unassign(PlaneApp app, AssignmentSet keep, IPublishFence fence, CancellationToken cancellation) =>
        Assign(app, keep, AssignmentSet.Empty, fence, cancellation);

    public Task<PlaneChange> AssignUninstall(
        PlaneApp app, AssignmentSet keep, AssignmentSet uninstall, IPublishFence fence, CancellationToken cancellation) =>
        Assign(app, keep, uninstall, fence, cancellation);

    public async Task<PlaneChange> Remove(PlaneApp app, IPublishFence fence, CancellationToken cancellation)
    {
        var located = await Locate(app, cancellation).ConfigureAwait(false);
        if (located.Stop is { } stop)
        {
            return Change(stop);
        }

        if (located.Value is not { } found)
        {
            return new PlaneChange.Done(false);
        }

        if (NotesMarker.Find(found.Notes)?.CorrelationId != app.CorrelationId)
        {
            return Change(Stop.Permanent("APP_FOREIGN", $"App {found.Id} does not carry the mark of this deployment any more; it is not deleted."));
        }

        if (!await fence.EnterAssigning(cancellation).ConfigureAwait(false))
        {
            return new PlaneChange.ClaimLost();
        }

        var deleted = await apps.Delete(new(app.CorrelationId, app.Approval, app.Justification), found.Id!, cancellation).ConfigureAwait(false);
        if (!deleted.IsMissing && deleted.Stop() is { } refused)
        {
            return Change(refused);
        }

        log.AppDeleted(found.Id!, app.CorrelationId);
        return new PlaneChange.Done(true);
    }

    public async Task<PlaneReading<TenantApprovalStatus>> ReadApproval(TenantApproval approval, CancellationToken cancellation)
    {
        var read = await approvals.Status(approval.Code, cancellation).ConfigureAwait(false);
        return read.Fault is { } fault
            ? new PlaneReading<TenantApprovalStatus>.Unavailable(fault.ToFailure())
            : new PlaneReading<TenantApprovalStatus>.Read(read.Value);
    }

    public async Task<PlaneHealth> Health(CancellationToken cancellation)
    {
        var probe = await apps.Probe(cancellation).ConfigureAwait(false);
        var circuit = caller.Circuit;
        var now = caller.Clock.GetUtcNow();
        return probe.Fault is not { } fault ? new(circuit == CircuitState.Closed ? PlaneStatus.Healthy : PlaneStatus.Degraded, circuit, "Graph answers.", now)
            : fault.Status == 429 ? new(PlaneStatus.Degraded, circuit, "Graph answers and asks us to slow down.", now, fault.ToFailure())
            : new(PlaneStatus.Unavailable, circuit, fault.Message, now, fault.ToFailure());
    }

    private async Task<PlaneChange> Assign(
        PlaneApp app, AssignmentSet required, AssignmentSet uninstall, IPublishFence fence, CancellationToken cancellation)
    {
        if (required.Include.Intersect(uninstall.Include).Any())
        {
            return Change(Stop.Permanent("ASSIGNMENT_CONFLICT", "A group can't both install and remove an app."));
        }

        var located = await Locate(app, cancellation).ConfigureAwait(false);
        if (located.Stop is { } stop)
        {
            return Change(stop);
        }

        if (located.Value is not { Id: { } id })
        {
            return required.IsEmpty
                ? new PlaneChange.Done(false)
                : Change(Stop.Permanent("APP_GONE", "The app is gone, so no group can keep it."));
        }

        var claim = new ClaimHold(fence, app.Ids, app.CorrelationId, caller, log);
        var whose = new CallFor(app.CorrelationId, app.Approval, app.Justification) { StillHeld = claim.StillHeld };
        var wrote = await new AssignmentRun(apps, claim, whose, log).Run(id, required, uninstall, cancellation).ConfigureAwait(false);
        return wrote.Stop is { } refused ? Change(refused) : new PlaneChange.Done(wrote.Value!.Changed);
    }

    private Task<Step<Win32LobApp>> Locate(PlaneApp app, CancellationToken cancellation) =>
        // Without waiting: the app is not new, so a missing one is gone.
        new AppLocator(apps, caller, new(app.CorrelationId), app.CorrelationId).Locate(app.Ids.AppId, string.Empty, patient: false, cancellation);

    private static PlaneChange Change(Stop stop) => stop switch
    {
        Stop.Failed failed => new PlaneChange.Failed(failed.Failure),
        Stop.Held held => new PlaneChange.WaitingForTenantApproval(held.Approval),
        Stop.ClaimLost => new PlaneChange.ClaimLost(),
        _ => throw new InvalidOperationException($"A change does not end with {stop.GetType().Name}."),
    };
}
