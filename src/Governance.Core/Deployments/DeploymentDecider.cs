using Governance.Core.Events;
using Governance.Core.Rollout;
using static Governance.Core.Outcome<Governance.Core.Deployments.DeploymentEvent>;

namespace Governance.Core.Deployments;

/// <summary>Who asks for a change, with what the token says of them.</summary>
/// <param name="Actor">Who.</param>
/// <param name="IsAdmin">Whether they hold the role PlatformAdmin.</param>
public sealed record Requester(Actor Actor, bool IsAdmin)
{
    /// <summary>Whether they may act on this deployment as its submitter or as an administrator: cancel, hold, remediate.</summary>
    public bool MayManage(DeploymentState state) => MayOversee || Actor == state.Request.Submitter;

    /// <summary>Whether they may do what is not left to submitters: resume, promote, roll back, ask for a new check.</summary>
    public bool MayOversee => IsAdmin || Actor.Kind == ActorKind.System;
}

/// <summary>The rules of an intent's life outside policy, CAB and rollout. Pure: the same state and command always give the same answer.</summary>
public static class DeploymentDecider
{
    /// <summary>How long an intent may stay without evidence, or blocked, before the sweep cancels it.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromDays(30);

    /// <summary>A new intent. Whether the id is free is decided by <see cref="IntentConflict"/>.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="evidence">The pack it names, where it is stored already; anybody may have stored it.</param>
    /// <param name="about">What that pack is about; null only without a pack.</param>
    /// <returns><see cref="EvidenceMismatch"/> where the pack is about another app or version.</returns>
    public static Outcome<DeploymentEvent> Create(
        CorrelationId id, DeploymentRequest request, EvidenceLink? evidence, (string AppName, string Version)? about = null) =>
        about is { } subject && subject != (request.AppName, request.Version)
            ? new EvidenceMismatch(request.AppName, request.Version)
            : Accept(new DeploymentCreated(id, request, evidence));

    /// <summary>Links the awaited pack, or another one.</summary>
    /// <param name="state">As it stands.</param>
    /// <param name="link">The stored pack.</param>
    /// <param name="about">What the pack is about.</param>
    /// <param name="requester">Who links it: the submitter; or the system, for the awaited pack that the submitter stored.</param>
    /// <param name="stage">How far a publish of the first ring has come.</param>
    /// <returns>No event where it is linked already; or <see cref="OnlyTheSubmitter"/>, <see cref="EvidenceMismatch"/>, <see cref="PublishInProgress"/>, <see cref="AlreadyPublished"/>, <see cref="NotInThisStatus"/>.</returns>
    public static Outcome<DeploymentEvent> LinkEvidence(
        DeploymentState state, EvidenceLink link, (string AppName, string Version) about, Requester requester, PublishStage stage) => state switch
        {
            _ when !MayLink(state, link, requester) => new OnlyTheSubmitter(),
            _ when about != (state.Request.AppName, state.Request.Version) => new EvidenceMismatch(state.Request.AppName, state.Request.Version),
            _ when state.Evidence is { } linked && linked.PackId == link.PackId => Accept(),
            { Status: DeploymentStatus.Pending, Evidence: null } when link.PackId == state.Request.EvidencePackId => Accept(new EvidenceLinked(link, state.Revision)),
            { Status: DeploymentStatus.Approved } when stage == PublishStage.Assigning => new PublishInProgress(),
            { Status: DeploymentStatus.Blocked or DeploymentStatus.AwaitingCab or DeploymentStatus.Approved } => Accept(new EvidenceLinked(link, state.Revision + 1)),
            { Status: DeploymentStatus.Active or DeploymentStatus.Completed } => new AlreadyPublished(),
            _ => new NotInThisStatus("Linking evidence", state.Status),
        };

    /// <summary>Asks for a new policy check.</summary>
    /// <returns>No event while a check is pending; or <see cref="AdminRequired"/>, <see cref="PublishInProgress"/>, <see cref="NotInThisStatus"/>.</returns>
    public static Outcome<DeploymentEvent> Recheck(DeploymentState state, string cause, string reason, Requester requester, PublishStage stage) => state switch
    {
        _ when !requester.MayOversee => new AdminRequired(),
        { Status: DeploymentStatus.Pending } => Accept(),
        { Status: DeploymentStatus.Approved } when stage == PublishStage.Assigning => new PublishInProgress(),
        { Status: DeploymentStatus.Blocked or DeploymentStatus.AwaitingCab or DeploymentStatus.Approved } =>
            Accept(new RecheckRequested(cause, reason, state.Revision + 1)),
        _ => new NotInThisStatus("A new check", state.Status),
    };

    /// <summary>Withdraws it before anything is published.</summary>
    /// <returns>No event where it is cancelled already; or <see cref="NotYours"/>, <see cref="AlreadyPublished"/>, <see cref="PublishInProgress"/>, <see cref="NotInThisStatus"/>.</returns>
    public static Outcome<DeploymentEvent> Cancel(DeploymentState state, string reason, Requester requester, PublishStage stage) => state switch
    {
        _ when !requester.MayManage(state) => new NotYours(),
        { Status: DeploymentStatus.Cancelled } => Accept(),
        { Status: DeploymentStatus.Active or DeploymentStatus.Completed } => new AlreadyPublished(),
        { Status: DeploymentStatus.Approved } when stage == PublishStage.Assigning => new PublishInProgress(),
        _ when state.Status.IsBeforePublish() => Accept(new DeploymentCancelled(reason)),
        _ => new NotInThisStatus("Cancelling", state.Status),
    };

    /// <summary>The sweep's cancel of what nobody attends to: without evidence or blocked for <see cref="StaleAfter"/>.</summary>
    /// <returns>No event where it is attended to.</returns>
    public static Outcome<DeploymentEvent> CancelStale(DeploymentState state, DateTimeOffset at) => state switch
    {
        { Status: DeploymentStatus.Pending, Evidence: null } when at - state.StatusSince >= StaleAfter =>
            Accept(new DeploymentCancelled("No evidence arrived within 30 days.")),
        { Status: DeploymentStatus.Blocked } when at - state.StatusSince >= StaleAfter =>
            Accept(new DeploymentCancelled("Blocked for 30 days without other evidence.")),
        _ => Accept(),
    };

    /// <summary>Takes note of trouble, in every status.</summary>
    public static Outcome<DeploymentEvent> ReportIncident(Guid incidentId, IncidentSeverity severity, string summary, bool security) =>
        Accept(new IncidentReported(incidentId, severity, summary, security));

    // Nothing links by itself but the awaited pack that the submitter stored.
    private static bool MayLink(DeploymentState state, EvidenceLink link, Requester requester) =>
        requester.Actor == state.Request.Submitter
        || (requester.Actor.Kind == ActorKind.System && link.PackId == state.Request.EvidencePackId && link.StoredBy == state.Request.Submitter.Id);
}
