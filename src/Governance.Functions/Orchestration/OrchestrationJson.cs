using System.Text.Json.Serialization;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Rollout;
using Governance.Functions.Cab;
using Governance.Functions.Deployments;
using Governance.Functions.Remediation;
using Governance.Functions.Rollout;

namespace Governance.Functions.Orchestration;

/// <summary>What orchestrations and activities hand to each other, and claims.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    Converters = [typeof(UtcTimestampConverter)])]
[JsonSerializable(typeof(CorrelationId))]
[JsonSerializable(typeof(DeploymentRun))]
[JsonSerializable(typeof(DeploymentPosition))]
[JsonSerializable(typeof(DeploymentStatus?))]
[JsonSerializable(typeof(CabRun))]
[JsonSerializable(typeof(CabWatch))]
[JsonSerializable(typeof(ReviewRun))]
[JsonSerializable(typeof(ExceptionRun))]
[JsonSerializable(typeof(ExceptionWatch))]
[JsonSerializable(typeof(RolloutRun))]
[JsonSerializable(typeof(RolloutStep))]
[JsonSerializable(typeof(RolloutProgress))]
[JsonSerializable(typeof(PublishOrder))]
[JsonSerializable(typeof(PublishStep))]
[JsonSerializable(typeof(RemediationRun))]
[JsonSerializable(typeof(RemediationStep))]
[JsonSerializable(typeof(PublishClaim))]
[JsonSerializable(typeof(GateCheck))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(object))]
internal sealed partial class OrchestrationJson : JsonSerializerContext;
