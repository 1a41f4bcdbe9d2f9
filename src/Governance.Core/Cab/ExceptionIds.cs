using System.Text.Json;
using System.Text.Json.Serialization;
using Governance.Core.Deployments;
using Governance.Core.Events;

namespace Governance.Core.Cab;

/// <summary>Ids of exceptions: the same request has the same id, so that a repeat finds what the first call made.</summary>
public static class ExceptionIds
{
    /// <summary>UUID v5 of who asks and what for; a request that differs in anything is another exception.</summary>
    /// <param name="tenant">The organisation, as its configuration names it.</param>
    /// <param name="requester">Who asks.</param>
    /// <param name="request">What for; the owners do not count, they are configuration.</param>
    public static Guid Derive(string tenant, Actor requester, ExceptionRequest request) =>
        Uuid5.OfJson(JsonSerializer.SerializeToUtf8Bytes(new RequestKey(tenant, requester, request with { Owners = [] }), ExceptionIdJson.Default.RequestKey));

    /// <summary>UUID v5 of the one override that the system asks for at a step: however often it looks, it asks once.</summary>
    /// <param name="deployment">The deployment as it stands.</param>
    public static Guid Override(DeploymentState deployment) => Uuid5.OfJson(JsonSerializer.SerializeToUtf8Bytes(
        new OverrideKey(deployment.Id, deployment.Revision, deployment.NextStep.From, deployment.NextStep.To), ExceptionIdJson.Default.OverrideKey));

    /// <summary>UUID v5 of the one question that the system puts to the CAB about drift, however often a sweep finds it.</summary>
    /// <param name="deployment">The deployment with its known drift.</param>
    public static Guid Drift(DeploymentState deployment) => Uuid5.OfJson(JsonSerializer.SerializeToUtf8Bytes(
        new DriftKey(deployment.Id, deployment.Drift.Count == 0 ? null : deployment.Drift.Min(drift => drift.Since)), ExceptionIdJson.Default.DriftKey));

    internal sealed record DriftKey(CorrelationId DeploymentId, DateTimeOffset? DriftSince);

    internal sealed record RequestKey(string Tenant, Actor Requester, ExceptionRequest Request);

    internal sealed record OverrideKey(CorrelationId DeploymentId, int Revision, Ring? FromRing, Ring? ToRing);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTimestampConverter)])]
[JsonSerializable(typeof(ExceptionIds.RequestKey))]
[JsonSerializable(typeof(ExceptionIds.OverrideKey))]
[JsonSerializable(typeof(ExceptionIds.DriftKey))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(PersonId))]
internal sealed partial class ExceptionIdJson : JsonSerializerContext;
