using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Governance.Core.Cab;
using Governance.Core.Events;
using Governance.Core.Policy;
using Governance.Core.Remediation;
using Governance.Core.Rollout;

namespace Governance.Core.Deployments;

/// <summary>How deployment streams are written, read and folded.</summary>
public sealed class DeploymentCodec : IStreamCodec<DeploymentState, DeploymentEvent>
{
    private static readonly DeploymentJson Json = DeploymentJson.Default;

    private static readonly FrozenDictionary<string, JsonTypeInfo> Types = new Dictionary<string, JsonTypeInfo>
    {
        [DeploymentCreated.Name] = Json.DeploymentCreated,
        [EvidenceLinked.Name] = Json.EvidenceLinked,
        [RecheckRequested.Name] = Json.RecheckRequested,
        [DeploymentCancelled.Name] = Json.DeploymentCancelled,
        [IncidentReported.Name] = Json.IncidentReported,
        [PolicyCheckCompleted.Name] = Json.PolicyCheckCompleted,
        [PolicyBlocked.Name] = Json.PolicyBlocked,
        [CabSubmissionPrepared.Name] = Json.CabSubmissionPrepared,
        [CabVoteRecorded.Name] = Json.CabVoteRecorded,
        [CabApproved.Name] = Json.CabApproved,
        [CabRejected.Name] = Json.CabRejected,
        [CabEscalated.Name] = Json.CabEscalated,
        [CabExpired.Name] = Json.CabExpired,
        [EmergencyApproved.Name] = Json.EmergencyApproved,
        [EmergencyReviewed.Name] = Json.EmergencyReviewed,
        [ApprovalRevoked.Name] = Json.ApprovalRevoked,
        [PromotionGateFailed.Name] = Json.PromotionGateFailed,
        [DeploymentPublished.Name] = Json.DeploymentPublished,
        [RingPromoted.Name] = Json.RingPromoted,
        [DeploymentPublishFailed.Name] = Json.DeploymentPublishFailed,
        [DeploymentFailed.Name] = Json.DeploymentFailed,
        [TenantApprovalRequested.Name] = Json.TenantApprovalRequested,
        [RelianceExpired.Name] = Json.RelianceExpired,
        [RolloutHeld.Name] = Json.RolloutHeld,
        [RolloutResumed.Name] = Json.RolloutResumed,
        [DeploymentCompleted.Name] = Json.DeploymentCompleted,
        [RingSuperseded.Name] = Json.RingSuperseded,
        [RingRestored.Name] = Json.RingRestored,
        [DriftDetected.Name] = Json.DriftDetected,
        [RemediationStarted.Name] = Json.RemediationStarted,
        [RemediationSucceeded.Name] = Json.RemediationSucceeded,
        [RemediationFailed.Name] = Json.RemediationFailed,
        [RemediationEscalated.Name] = Json.RemediationEscalated,
        [RollbackStarted.Name] = Json.RollbackStarted,
        [DeploymentRolledBack.Name] = Json.DeploymentRolledBack,
        [RollbackFailed.Name] = Json.RollbackFailed,
    }.ToFrozenDictionary();

    /// <summary>Every event type that a deployment's log may hold, sorted.</summary>
    public static IReadOnlyList<string> EventTypes { get; } = [.. Types.Keys.Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public string TypeOf(DeploymentEvent happened) => happened.EventType;

    /// <inheritdoc/>
    public byte[] WriteEvent(DeploymentEvent happened) => JsonSerializer.SerializeToUtf8Bytes(happened, Types[happened.EventType]);

    /// <inheritdoc/>
    public DeploymentEvent ReadEvent(string eventType, ReadOnlySpan<byte> data) =>
        Types.TryGetValue(eventType, out var type)
            ? (DeploymentEvent?)JsonSerializer.Deserialize(data, type) ?? throw new JsonException($"The data of {eventType} is null.")
            : throw new JsonException($"{eventType} is not an event of a deployment.");

    /// <inheritdoc/>
    public byte[] WriteState(DeploymentState state) => JsonSerializer.SerializeToUtf8Bytes(state, Json.DeploymentState);

    /// <inheritdoc/>
    public DeploymentState ReadState(ReadOnlySpan<byte> state) =>
        JsonSerializer.Deserialize(state, Json.DeploymentState) ?? throw new JsonException("A deployment's state is null.");

    /// <inheritdoc/>
    public DeploymentState Evolve(DeploymentState? state, Recorded<DeploymentEvent> happened) => DeploymentFold.Evolve(state, happened);

    /// <inheritdoc/>
    public IReadOnlyList<OutboxMessage> Consequences(
        CorrelationId id, DeploymentState? before, DeploymentState after, IReadOnlyList<Recorded<DeploymentEvent>> happened) =>
        DeploymentConsequences.Of(id, before, after, happened);
}
