using System.Collections.Immutable;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Functions.Deployments;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.Orchestration;
using Governance.Functions.Rollout;
using Governance.Storage.Streams;
using Governance.Storage.Vault;

namespace Governance.Functions.Connectors;

/// <summary>What a publisher asks of a plane.</summary>
internal sealed record PublishWish(CorrelationId Deployment, string Plane, TimeSpan Wait)
{
    internal static PublishWish Parse(Input input) =>
        new(input.Body.Id<CorrelationId>("deployment_id"), input.Body.Text("target_plane", 40), input.Wait());
}

/// <summary>What is to be mended.</summary>
internal sealed record RemediationWish(CorrelationId Deployment, string Reason, RemediationAction Action)
{
    private static readonly ImmutableSortedDictionary<string, RemediationAction> Actions = new[]
    {
        KeyValuePair.Create("REINSTALL", RemediationAction.Reinstall),
        KeyValuePair.Create("RESYNC", RemediationAction.Resync),
        KeyValuePair.Create("REMOVE", RemediationAction.Remove),
        KeyValuePair.Create("ROLLBACK", RemediationAction.Rollback),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    internal static RemediationWish Parse(Input input) => new(
        input.Body.Id<CorrelationId>("deployment_id"), input.Body.Prose("reason", 4000), input.Body.Choice("action", Actions));
}

/// <summary>The connectors over HTTP: they wake orchestrations and report; they never publish past a gate, a freeze or a claim.</summary>
internal static class ConnectorCalls
{
    /// <summary>POST /connectors/publish/.</summary>
    internal static async Task<IResult> Publish(ApiRequest request, PublishWish wish)
    {
        var planes = request.Service<DevicePlanes>();
        if (planes.Find(wish.Plane) is null)
        {
            return Problems.Invalid("target_plane", $"is none of the known planes: {string.Join(", ", planes.Names)}");
        }

        var streams = request.Service<EventStreams<DeploymentState, DeploymentEvent>>();
        var head = await streams.Read(wish.Deployment, request.Cancellation);
        if (head is null)
        {
            return Problems.From(new DeploymentUnknown());
        }

        if (head.State.Request.Connector != wish.Plane)
        {
            return Problems.Of(StatusCodes.Status409Conflict, "OTHER_PLANE", $"This deployment was approved for {head.State.Request.Connector}.");
        }

        var state = head.State;
        var verified = state.Evidence?.Artifact is { } artifact
            && await request.Service<ArtifactStore>().IsVerified(artifact.Sha256, request.Cancellation);
        var gate = state.Status == DeploymentStatus.Approved && verified ? await request.Service<RingGate>().Judge(state, request.Cancellation) : null;
        if (RolloutDecider.AskToPublish(state, verified, gate) is Outcome<DeploymentEvent>.Refused refused)
        {
            return Problems.From(refused.Reason);
        }

        if (state.Status == DeploymentStatus.Approved)
        {
            await request.Service<IDeploymentSignals>().Signal(new(head.Id, WaitingOrchestration.RingRollout, state.Revision), request.Cancellation);
            if (request.StepOut())
            {
                head = await request.Service<DeploymentWatch>().Until(
                    head, now => now.Status != DeploymentStatus.Approved || now.PublishFailure is not null, wish.Wait, request.Cancellation);
            }
        }

        return Results.Ok(PublishView.Of(head));
    }

    /// <summary>GET /connectors/status/{id}/.</summary>
    internal static async Task<IResult> Status(ApiRequest request)
    {
        var head = await request.Service<EventStreams<DeploymentState, DeploymentEvent>>().Read(request.Id<CorrelationId>(), request.Cancellation);
        if (head is null)
        {
            return Problems.From(new DeploymentUnknown());
        }

        var state = head.State;
        var devices = state.CurrentRing is { } ring
            ? await request.Service<Governance.Storage.Views.DeploymentViews>().DevicesOf(state.Request.AppName, state.Request.Version, ring, state.Id, request.Cancellation)
            : null;
        return Results.Ok(ConnectorView.Of(head, devices));
    }

    /// <summary>POST /connectors/remediate/.</summary>
    internal static async Task<IResult> Remediate(ApiRequest request, RemediationWish wish)
    {
        var result = await request.Service<EventStreams<DeploymentState, DeploymentEvent>>().ChangeNumbered(
            wish.Deployment,
            request.Caller.Actor,
            (state, sequence, at) => RemediationDecider.Start(
                state, DeploymentIds.Remediation(wish.Deployment, sequence + 1), RemediationCause.Requested, wish.Action, wish.Reason, ManageDeployment.Who(request), at),
            request.Cancellation);
        return result switch
        {
            ChangeResult<DeploymentState>.Refused refused => Problems.From(refused.Reason),
            ChangeResult<DeploymentState>.Missing => Problems.From(new DeploymentUnknown()),
            { Settled.State: { RunningRemediation: { } running } state } => Results.Ok(new RemediationView(wish.Deployment, running.Id, running.Action, running.Attempt, running.DueAt)),
            _ => Problems.Unavailable(TimeSpan.FromSeconds(1)),
        };
    }

    /// <summary>GET /connectors/.</summary>
    internal static Task<IResult> List(ApiRequest request) =>
        Task.FromResult(Results.Ok(new PlanesView([.. request.Service<DevicePlanes>().Names.Select(name => new PlaneRow(name))])));

    /// <summary>GET /connectors/{plane}/health.</summary>
    internal static async Task<IResult> Health(ApiRequest request) =>
        request.Service<DevicePlanes>().Find(request.Route("plane")) is { } plane
            ? Results.Ok(await plane.Health(request.Cancellation))
            : Problems.NotFound("A plane of this name");
}

/// <summary>How a publish stands.</summary>
internal sealed record PublishView(CorrelationId CorrelationId, string TargetPlane, string Status, string? ExternalId, DeploymentStatus DeploymentStatus, ErrorClass? ErrorClass, string? Error)
{
    internal static PublishView Of(StreamHead<DeploymentState> head)
    {
        var connector = ConnectorStatusView.Of(head.State);
        return new(head.Id, connector.TargetPlane, connector.Status, connector.ExternalId, head.State.Status, connector.ErrorClass, connector.Error);
    }
}

/// <summary>How a deployment stands in its plane.</summary>
/// <param name="SuccessRate">Succeeded of those that count, in hundredths of a percent; null without any.</param>
internal sealed record ConnectorView(
    CorrelationId CorrelationId, string TargetPlane, string Status, string? ExternalId, Ring? Ring, DevicesView? Devices, int? SuccessRate, DateTimeOffset? LastSyncedAt)
{
    internal static ConnectorView Of(StreamHead<DeploymentState> head, RingDeviceResults? devices)
    {
        var connector = ConnectorStatusView.Of(head.State);
        var counted = devices is null ? 0 : devices.Succeeded + devices.Failed;
        return new(
            head.Id, connector.TargetPlane, connector.Status, connector.ExternalId, head.State.CurrentRing, DevicesView.Of(devices),
            counted == 0 ? null : (int)(devices!.Succeeded * 10_000 / counted), devices?.LastSyncedAt);
    }
}

/// <summary>Devices of a ring by state.</summary>
internal sealed record DevicesView(long Targeted, long Succeeded, long Failed, long Pending, long NotApplicable, long Unreported)
{
    internal static DevicesView? Of(RingDeviceResults? devices) =>
        devices is null ? null : new(devices.Targeted, devices.Succeeded, devices.Failed, devices.Pending, devices.NotApplicable, devices.Unreported);
}

/// <summary>A running remediation.</summary>
internal sealed record RemediationView(CorrelationId CorrelationId, Guid RemediationId, RemediationAction Action, int Attempt, DateTimeOffset DueAt);

/// <summary>The known planes.</summary>
internal sealed record PlanesView(IReadOnlyList<PlaneRow> Connectors);

/// <summary>One plane.</summary>
internal sealed record PlaneRow(string TargetPlane);
