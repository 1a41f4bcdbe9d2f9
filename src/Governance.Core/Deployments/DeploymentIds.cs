using System.Text.Json;
using System.Text.Json.Serialization;
using Governance.Core.Events;
using Governance.Core.Evidence;

namespace Governance.Core.Deployments;

/// <summary>Ids that follow from what they name, so that a repeat finds what the first call made (architecture.md, "Ids and idempotency").</summary>
public static class DeploymentIds
{
    /// <summary>The correlation id of an intent: UUID v5 of its natural key in canonical JSON.</summary>
    /// <param name="tenant">The organisation, as its configuration names it.</param>
    /// <param name="appName">The app.</param>
    /// <param name="version">Its version.</param>
    /// <param name="startRing">First ring.</param>
    /// <param name="targetRing">Last ring.</param>
    /// <param name="evidencePackId">The pack named at creation.</param>
    /// <param name="attempt">1, or more where an ended deployment of the same key is tried again.</param>
    public static CorrelationId Derive(
        string tenant, string appName, string version, Ring startRing, Ring targetRing, EvidencePackId evidencePackId, int attempt) =>
        new(Uuid5.OfJson(JsonSerializer.SerializeToUtf8Bytes(
            new NaturalKey(tenant, appName, version, startRing, targetRing, evidencePackId, attempt), IdJson.Default.NaturalKey)));

    /// <summary>The id of a remediation, by the event that starts it.</summary>
    /// <param name="stream">The deployment.</param>
    /// <param name="sequence">The sequence that REMEDIATION_STARTED is about to take.</param>
    public static Guid Remediation(CorrelationId stream, long sequence) => OfEvent(stream, sequence, "remediation");

    /// <summary>The id of an incident, by the event that reports it.</summary>
    /// <param name="stream">The deployment.</param>
    /// <param name="sequence">The sequence that INCIDENT_REPORTED is about to take.</param>
    public static Guid Incident(CorrelationId stream, long sequence) => OfEvent(stream, sequence, "incident");

    /// <summary>The id of a drift, by the event that logs it.</summary>
    /// <param name="stream">The deployment.</param>
    /// <param name="sequence">The sequence that DRIFT_DETECTED is about to take.</param>
    public static Guid Drift(CorrelationId stream, long sequence) => OfEvent(stream, sequence, "drift");

    private static Guid OfEvent(CorrelationId stream, long sequence, string what) =>
        Uuid5.OfJson(JsonSerializer.SerializeToUtf8Bytes(new EventKey(stream, sequence, what), IdJson.Default.EventKey));

    internal sealed record NaturalKey(
        string Tenant, string AppName, string Version, Ring StartRing, Ring TargetRing, EvidencePackId EvidencePackId, int Attempt);

    internal sealed record EventKey(CorrelationId CorrelationId, long Sequence, string What);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DeploymentIds.NaturalKey))]
[JsonSerializable(typeof(DeploymentIds.EventKey))]
internal sealed partial class IdJson : JsonSerializerContext;
