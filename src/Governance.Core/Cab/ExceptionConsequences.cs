using System.Text.Json;
using Governance.Core.Deployments;
using Governance.Core.Events;

namespace Governance.Core.Cab;

/// <summary>What must happen outside because an exception changed. Pure, so that it commits with the change.</summary>
public static class ExceptionConsequences
{
    /// <summary>Brings the views up to date; the payload is an <see cref="ExceptionSummary"/>.</summary>
    public const string Views = "exception_views";

    /// <summary>Tells the deployments that it applies to that it holds or has ended; the payload is an <see cref="ExceptionChange"/>.</summary>
    public const string TellDeployments = "tell_deployments";

    /// <summary>Starts the wait for the exception's warning and end; the payload is an <see cref="ExceptionWatchRequest"/>.</summary>
    public const string StartWatch = "start_exception_watch";

    /// <summary>Starts the remediation that the CAB has approved; the payload is an <see cref="ExceptionChange"/>.</summary>
    public const string RemediateDrift = "remediate_drift";

    /// <returns>In the order in which they are dispatched: views first, because a check reads there which exceptions hold.</returns>
    public static IReadOnlyList<OutboxMessage> Of(ExceptionState after, IReadOnlyList<Recorded<ExceptionEvent>> happened)
    {
        var last = happened[^1];
        var summary = ExceptionSummary.Of(after, last.Sequence, last.At);
        var views = new OutboxMessage(Views, JsonSerializer.SerializeToUtf8Bytes(summary, ExceptionJson.Default.ExceptionSummary));
        return last.Event switch
        {
            ExceptionApproved or ExceptionDenied or ExceptionExpired when after.Request is { Kind: ExceptionKind.GateOverride, DeploymentId: { } deployment } =>
                [views, Wake(deployment, after.Revision ?? 1)],
            ExceptionApproved when after.Request.Kind == ExceptionKind.DriftRemediation => [views, Tell(after, ended: false) with { Kind = RemediateDrift }],
            ExceptionApproved => [views, Tell(after, ended: false), Watch(after)],
            ExceptionExpired { WasApproved: true } when after.Request.Kind != ExceptionKind.DriftRemediation => [views, Tell(after, ended: true)],
            _ => [views],
        };
    }

    // The rollout looks at its gate again, with or without the override.
    private static OutboxMessage Wake(CorrelationId deployment, int revision) => new(
        DeploymentConsequences.Signal,
        JsonSerializer.SerializeToUtf8Bytes(
            new SignalRequest(deployment, WaitingOrchestration.RingRollout, revision), DeploymentJson.Default.SignalRequest));

    private static OutboxMessage Watch(ExceptionState state) => new(
        StartWatch, JsonSerializer.SerializeToUtf8Bytes(new ExceptionWatchRequest(state.Id), ExceptionJson.Default.ExceptionWatchRequest));

    private static OutboxMessage Tell(ExceptionState state, bool ended) => new(
        TellDeployments,
        JsonSerializer.SerializeToUtf8Bytes(
            new ExceptionChange(state.Id, ended, state.Request.AppName, state.Request.Version, state.Request.DeploymentId),
            ExceptionJson.Default.ExceptionChange));
}

/// <summary>An exception for findings or a rule holds from now on, or has ended.</summary>
/// <param name="ExceptionId">Which one.</param>
/// <param name="Ended">False where it was just approved.</param>
/// <param name="AppName">The app whose deployments are concerned.</param>
/// <param name="Version">The only version concerned; null for all.</param>
/// <param name="DeploymentId">The only deployment concerned; null for all.</param>
public sealed record ExceptionChange(Guid ExceptionId, bool Ended, string AppName, string? Version, CorrelationId? DeploymentId);

/// <summary>Which exception's term to watch.</summary>
public sealed record ExceptionWatchRequest(Guid ExceptionId);
