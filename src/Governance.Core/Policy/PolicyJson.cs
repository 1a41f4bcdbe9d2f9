using System.Text.Json.Serialization;

namespace Governance.Core.Policy;

/// <summary>How policy results are written. Absent members are null; unknown ones are ignored.</summary>
/// <remarks>The generator does not see the items of an <see cref="EquatableArray{T}"/>, so their types are listed too.</remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcTimestampConverter)])]
[JsonSerializable(typeof(PolicyCheckResult))]
[JsonSerializable(typeof(RiskAssessment))]
[JsonSerializable(typeof(PolicyResult))]
[JsonSerializable(typeof(PromotionCheck))]
[JsonSerializable(typeof(Freeze))]
[JsonSerializable(typeof(RiskFactor))]
[JsonSerializable(typeof(WayDownStep))]
[JsonSerializable(typeof(RuleResult))]
[JsonSerializable(typeof(CompletenessItem))]
[JsonSerializable(typeof(LiftedRule))]
[JsonSerializable(typeof(DeniedComponents))]
[JsonSerializable(typeof(CoveredFindings))]
[JsonSerializable(typeof(PersonId))]
[JsonSerializable(typeof(Guid))]
[JsonSerializable(typeof(string))]
public sealed partial class PolicyJson : JsonSerializerContext;
