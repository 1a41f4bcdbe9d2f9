using System.Text.Json;
using System.Text.Json.Serialization;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Policy;

namespace Governance.Core.Cab;

/// <summary>What an approval is for: everything that approvers are shown and a publish uses (architecture.md, "Digests").</summary>
public static class SubjectDigest
{
    /// <summary>Of a checked deployment as it stands.</summary>
    /// <exception cref="InvalidOperationException">It has no evidence or was not checked yet, so there is nothing to approve.</exception>
    public static Digest Of(DeploymentState state) =>
        state is { Evidence: { } evidence, Check: not null } ? Of(state, state.Revision, evidence.Artifact?.Sha256, state.Request.Scope) : throw new InvalidOperationException(
            "Only a deployment with checked evidence has a subject.");

    /// <summary>Of a deployment with the bytes and groups that somebody is about to use in place of those it names.</summary>
    public static Digest Of(DeploymentState state, int revision, Digest? artifact, DeploymentScope scope)
    {
        var subject = new Subject(
            state.Id,
            revision,
            state.Request.AppName,
            state.Request.Version,
            state.Request.Connector,
            state.Request.StartRing,
            state.Request.TargetRing,
            state.Evidence!.PackDigest,
            artifact,
            scope,
            state.Check!.PolicySet,
            state.Check.Model,
            state.Check.Score);
        return Digest.Of(CanonicalJson.Canonicalize(JsonSerializer.SerializeToUtf8Bytes(subject, SubjectJson.Default.Subject)));
    }

    internal sealed record Subject(
        CorrelationId CorrelationId,
        int Revision,
        string AppName,
        string Version,
        string Connector,
        Ring StartRing,
        Ring TargetRing,
        Digest PackDigest,
        Digest? ArtifactSha256,
        DeploymentScope Scope,
        DataVersion PolicySet,
        DataVersion RiskModel,
        int RiskScore);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SubjectDigest.Subject))]
[JsonSerializable(typeof(RingScope))]
[JsonSerializable(typeof(Guid))]
internal sealed partial class SubjectJson : JsonSerializerContext;
