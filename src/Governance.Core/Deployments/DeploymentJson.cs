using System.Text.Json.Serialization;
using Governance.Core.Cab;
using Governance.Core.Policy;
using Governance.Core.Remediation;
using Governance.Core.Rollout;

namespace Governance.Core.Deployments;

/// <summary>How a deployment's events, state and follow-up work are written. Absent members are null; unknown ones are ignored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcTimestampConverter)])]
[JsonSerializable(typeof(DeploymentState))]
[JsonSerializable(typeof(DeploymentSummary))]
[JsonSerializable(typeof(SignalRequest))]
[JsonSerializable(typeof(CardRequest))]
[JsonSerializable(typeof(RemediationRequest))]
[JsonSerializable(typeof(DeploymentCreated))]
[JsonSerializable(typeof(EvidenceLinked))]
[JsonSerializable(typeof(RecheckRequested))]
[JsonSerializable(typeof(DeploymentCancelled))]
[JsonSerializable(typeof(IncidentReported))]
[JsonSerializable(typeof(PolicyCheckCompleted))]
[JsonSerializable(typeof(PolicyBlocked))]
[JsonSerializable(typeof(CabSubmissionPrepared))]
[JsonSerializable(typeof(CabVoteRecorded))]
[JsonSerializable(typeof(CabApproved))]
[JsonSerializable(typeof(CabRejected))]
[JsonSerializable(typeof(CabEscalated))]
[JsonSerializable(typeof(CabExpired))]
[JsonSerializable(typeof(EmergencyApproved))]
[JsonSerializable(typeof(EmergencyReviewed))]
[JsonSerializable(typeof(ApprovalRevoked))]
[JsonSerializable(typeof(PromotionGateFailed))]
[JsonSerializable(typeof(DeploymentPublished))]
[JsonSerializable(typeof(RingPromoted))]
[JsonSerializable(typeof(DeploymentPublishFailed))]
[JsonSerializable(typeof(DeploymentFailed))]
[JsonSerializable(typeof(TenantApprovalRequested))]
[JsonSerializable(typeof(RelianceExpired))]
[JsonSerializable(typeof(RolloutHeld))]
[JsonSerializable(typeof(RolloutResumed))]
[JsonSerializable(typeof(DeploymentCompleted))]
[JsonSerializable(typeof(RingSuperseded))]
[JsonSerializable(typeof(RingRestored))]
[JsonSerializable(typeof(DriftDetected))]
[JsonSerializable(typeof(RemediationStarted))]
[JsonSerializable(typeof(RemediationSucceeded))]
[JsonSerializable(typeof(RemediationFailed))]
[JsonSerializable(typeof(RemediationEscalated))]
[JsonSerializable(typeof(RollbackStarted))]
[JsonSerializable(typeof(DeploymentRolledBack))]
[JsonSerializable(typeof(RollbackFailed))]
// Items of lists: the generator does not look through EquatableArray.
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(Guid))]
[JsonSerializable(typeof(PersonId))]
[JsonSerializable(typeof(WaitReason))]
[JsonSerializable(typeof(Reliance))]
[JsonSerializable(typeof(CabCondition))]
[JsonSerializable(typeof(CabVote))]
[JsonSerializable(typeof(RingState))]
[JsonSerializable(typeof(RingScope))]
[JsonSerializable(typeof(KnownDrift))]
[JsonSerializable(typeof(GateCheck))]
[JsonSerializable(typeof(RiskFactor))]
[JsonSerializable(typeof(WayDownStep))]
[JsonSerializable(typeof(RuleResult))]
[JsonSerializable(typeof(CompletenessItem))]
[JsonSerializable(typeof(LiftedRule))]
[JsonSerializable(typeof(DeniedComponents))]
[JsonSerializable(typeof(CoveredFindings))]
public sealed partial class DeploymentJson : JsonSerializerContext;
