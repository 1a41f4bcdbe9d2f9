using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Governance.Core.Cab;
using Governance.Core.Events;
using Governance.Core.Policy;
using Governance.Core.Remediation;
using Governance.Core.Rollout;

namespace Governance.Core.Deployments;

/// <summary>What must happen outside because of a change. Pure, so that it commits with the change.</summary>
public static class DeploymentConsequences
{
    /// <summary>Starts the deployment's orchestration.</summary>
    public const string StartOrchestration = "start_orchestration";

    /// <summary>Tells the waiting orchestration to look again.</summary>
    public const string Signal = "signal";

    /// <summary>Starts the orchestration of a remediation; the payload is a <see cref="RemediationRequest"/>.</summary>
    public const string StartRemediation = "start_remediation";

    /// <summary>Starts a wait of the CAB's own beside the deployment's orchestration; the payload is a <see cref="CabWatchRequest"/>.</summary>
    public const string StartCabWatch = "start_cab_watch";

    /// <summary>Wakes the rollouts that wait for a ring of this one; the payload is a <see cref="RingsFreed"/>.</summary>
    public const string RingsFreed = "rings_freed";

    /// <summary>Brings the views up to date; the payload is a <see cref="DeploymentSummary"/>.</summary>
    public const string Views = "views";

    /// <summary>Sends or updates approval cards.</summary>
    public const string Card = "card";

    // Made by the orchestration itself, which knows of them already.
    private static readonly HashSet<string> OwnSteps =
    [
        PolicyCheckCompleted.Name, PolicyBlocked.Name, CabSubmissionPrepared.Name, CabEscalated.Name, CabExpired.Name, PromotionGateFailed.Name,
        DeploymentPublished.Name, RingPromoted.Name, DeploymentPublishFailed.Name, DeploymentFailed.Name, TenantApprovalRequested.Name,
        DeploymentCompleted.Name, RemediationSucceeded.Name, RemediationFailed.Name, DeploymentRolledBack.Name, RollbackFailed.Name,
    ];

    private static readonly HashSet<string> ChangesCard =
    [
        CabSubmissionPrepared.Name, CabVoteRecorded.Name, CabApproved.Name, CabRejected.Name, CabEscalated.Name, CabExpired.Name, EmergencyApproved.Name,
        EvidenceLinked.Name, RecheckRequested.Name, DeploymentCancelled.Name, DeploymentFailed.Name, DeploymentRolledBack.Name,
    ];

    /// <returns>In the order in which they are dispatched: views after signals, so that who is woken finds the log and not a list; cards last, since a channel outside may be slow.</returns>
    public static IReadOnlyList<OutboxMessage> Of(
        CorrelationId id, DeploymentState? before, DeploymentState after, IReadOnlyList<Recorded<DeploymentEvent>> happened)
    {
        var messages = new List<OutboxMessage>(3);
        if (before is null)
        {
            messages.Add(Message(StartOrchestration, new SignalRequest(id, WaitingOrchestration.Deployment, after.Revision), DeploymentJson.Default.SignalRequest));
        }
        else if (!happened.All(IsOwnStep))
        {
            messages.AddRange(Waiting(before, after).Select(waiting =>
                Message(Signal, new SignalRequest(id, waiting, before.Revision), DeploymentJson.Default.SignalRequest)));
        }

        messages.AddRange(happened.Select(each => each.Event).OfType<RemediationStarted>()
            .Where(started => started is { Cause: not RemediationCause.PublishFailed, Attempt: 1 })
            .Select(started => Message(
                StartRemediation, new RemediationRequest(id, started.RemediationId, started.Action), DeploymentJson.Default.RemediationRequest)));

        messages.AddRange(happened.SelectMany(each => Watches(after, each.Event))
            .Select(kind => Message(StartCabWatch, new CabWatchRequest(id, kind, after.Revision), DeploymentJson.Default.CabWatchRequest)));

        if (before is not null && HoldsRings(before) && !HoldsRings(after))
        {
            messages.Add(Message(RingsFreed, new RingsFreed(id, after.Request.AppName, after.Request.Connector), DeploymentJson.Default.RingsFreed));
        }

        var last = happened[^1];
        var summary = DeploymentSummary.Of(before, after, last.Sequence, last.At, last.Actor, [.. happened.Select(each => each.Event.EventType)]);
        messages.Add(Message(Views, summary, DeploymentJson.Default.DeploymentSummary));

        if ((before?.Cab is not null || after.Cab is not null) && happened.Any(each => ChangesCard.Contains(each.Event.EventType)))
        {
            messages.Add(Message(Card, new CardRequest(id, before?.Cab?.Revision, after.Cab?.Revision), DeploymentJson.Default.CardRequest));
        }

        return messages;
    }

    // While it may publish, is watched, or is taken back, no other rollout of the app gets its rings.
    private static bool HoldsRings(DeploymentState state) =>
        state.Status is DeploymentStatus.Approved or DeploymentStatus.Active || (state.Status == DeploymentStatus.Completed && state.IsHeldFor(WaitReason.Rollback));

    private static bool IsOwnStep(Recorded<DeploymentEvent> happened) => happened.Actor.Kind == ActorKind.System && happened.Event switch
    {
        RemediationStarted started => started.Cause == RemediationCause.PublishFailed || started.Attempt > 1,
        _ => OwnSteps.Contains(happened.Event.EventType),
    };

    // A rollout that waits for a new approval waits for both: a vote concerns the one, a rollback or an exception the other.
    private static IEnumerable<WaitingOrchestration> Waiting(DeploymentState before, DeploymentState after) => before switch
    {
        // What has ended has no orchestration, and needs none unless it is taken back.
        { OpenCab: null } when before.Status.HasEnded() && after.Status == before.Status && !before.IsHeldFor(WaitReason.Rollback) && !after.IsHeldFor(WaitReason.Rollback) => [],
        { OpenCab: not null, Status: DeploymentStatus.AwaitingCab } => [WaitingOrchestration.CabApproval],
        { OpenCab: not null } => [WaitingOrchestration.CabApproval, WaitingOrchestration.RingRollout],
        { Status: DeploymentStatus.Approved or DeploymentStatus.Active or DeploymentStatus.Completed } => [WaitingOrchestration.RingRollout],
        _ => [WaitingOrchestration.Deployment],
    };

    // While the deployment awaits the CAB, its own orchestration keeps the deadlines; a rollout that is asked about anew goes on waiting for other things too.
    private static IEnumerable<CabWatchKind> Watches(DeploymentState after, DeploymentEvent happened) => happened switch
    {
        CabSubmissionPrepared when after.IsHeldFor(WaitReason.Approval) => [CabWatchKind.Decision],
        EmergencyApproved => [CabWatchKind.Review],
        _ => [],
    };

    private static OutboxMessage Message<T>(string kind, T payload, JsonTypeInfo<T> type) =>
        new(kind, JsonSerializer.SerializeToUtf8Bytes(payload, type));
}

/// <summary>Which orchestration to start or wake.</summary>
/// <param name="CorrelationId">Of which deployment.</param>
/// <param name="Waiting">Which of its orchestrations was waiting when the change was made.</param>
/// <param name="Revision">The revision it was waiting in.</param>
public sealed record SignalRequest(CorrelationId CorrelationId, WaitingOrchestration Waiting, int Revision);

/// <summary>Whose rings other rollouts may take now.</summary>
/// <param name="CorrelationId">The deployment whose rollout has ended.</param>
/// <param name="AppName">Its app.</param>
/// <param name="Plane">Its plane.</param>
public sealed record RingsFreed(CorrelationId CorrelationId, string AppName, string Plane);

/// <summary>Which remediation to start.</summary>
/// <param name="CorrelationId">Of which deployment.</param>
/// <param name="RemediationId">Its id.</param>
/// <param name="Action">What is done.</param>
public sealed record RemediationRequest(CorrelationId CorrelationId, Guid RemediationId, RemediationAction Action);

/// <summary>The orchestrations that wait for changes from outside.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WaitingOrchestration>))]
public enum WaitingOrchestration
{
    /// <summary>The deployment's own.</summary>
    [JsonStringEnumMemberName("deployment")]
    Deployment,

    /// <summary>The CAB's.</summary>
    [JsonStringEnumMemberName("cab_approval")]
    CabApproval,

    /// <summary>The rings'.</summary>
    [JsonStringEnumMemberName("ring_rollout")]
    RingRollout,
}

/// <summary>Which cards to send or bring up to date.</summary>
/// <param name="CorrelationId">Of which deployment.</param>
/// <param name="RevisionBefore">The revision whose card may be out already; null where none is.</param>
/// <param name="Revision">The revision that is decided on now; null where nothing is.</param>
public sealed record CardRequest(CorrelationId CorrelationId, int? RevisionBefore, int? Revision);

/// <summary>Which wait of the CAB to start.</summary>
/// <param name="CorrelationId">Of which deployment.</param>
/// <param name="Kind">What is waited for.</param>
/// <param name="Revision">Of which revision.</param>
public sealed record CabWatchRequest(CorrelationId CorrelationId, CabWatchKind Kind, int Revision);

/// <summary>What the CAB is waited for beside a deployment's orchestration.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CabWatchKind>))]
public enum CabWatchKind
{
    /// <summary>A new decision on what is on devices.</summary>
    [JsonStringEnumMemberName("decision")]
    Decision,

    /// <summary>The review of an emergency approval.</summary>
    [JsonStringEnumMemberName("review")]
    Review,
}
