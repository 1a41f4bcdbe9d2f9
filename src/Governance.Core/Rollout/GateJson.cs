using System.Text.Json.Serialization;

namespace Governance.Core.Rollout;

/// <summary>How gate results are written. Absent members are null; unknown ones are ignored.</summary>
/// <remarks>The generator does not see the items of an <see cref="EquatableArray{T}"/>, so their types are listed too.</remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcTimestampConverter)])]
[JsonSerializable(typeof(GateVerdict))]
[JsonSerializable(typeof(GateLooks))]
[JsonSerializable(typeof(Breach))]
[JsonSerializable(typeof(GateCheck))]
[JsonSerializable(typeof(string))]
public sealed partial class GateJson : JsonSerializerContext;
