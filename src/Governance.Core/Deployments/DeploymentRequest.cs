using Governance.Core.Events;
using Governance.Core.Evidence;

namespace Governance.Core.Deployments;

/// <summary>What was asked for, as it was accepted; never changes.</summary>
public sealed record DeploymentRequest
{
    /// <summary>1 to 200 characters.</summary>
    public required string AppName { get; init; }

    /// <summary>1 to 100 characters.</summary>
    public required string Version { get; init; }

    /// <summary>The first ring that gets the app.</summary>
    public required Ring StartRing { get; init; }

    /// <summary>The last; never before <see cref="StartRing"/>.</summary>
    public required Ring TargetRing { get; init; }

    /// <summary>The pack named at creation; it may not be stored yet.</summary>
    public required EvidencePackId EvidencePackId { get; init; }

    /// <summary>The plane that publishes, for example INTUNE.</summary>
    public required string Connector { get; init; }

    /// <summary>Whom it reaches, resolved.</summary>
    public required DeploymentScope Scope { get; init; }

    /// <summary>How soon the CAB must decide.</summary>
    public Urgency Urgency { get; init; }

    /// <summary>Why, at most 4,000 characters; required where urgent.</summary>
    public string? Justification { get; init; }

    /// <summary>Who submitted.</summary>
    public required Actor Submitter { get; init; }

    /// <summary>The registered owners of the calling service principal, sorted; involved as the submitter is.</summary>
    public EquatableArray<PersonId> Owners { get; init; } = [];

    /// <summary>The caller's Idempotency-Key, at most 200 characters.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>SHA-256 over the canonical form of the request's members, to tell a repeat from another request.</summary>
    public required Digest RequestDigest { get; init; }

    /// <summary>1, or more where an ended deployment of the same natural key is tried again.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>Whether the id is derived from the natural key; false where the client chose it.</summary>
    public bool NaturalKey { get; init; } = true;
}

/// <summary>The pack that a deployment rests on.</summary>
public sealed record EvidenceLink
{
    /// <summary>The pack.</summary>
    public required EvidencePackId PackId { get; init; }

    /// <summary>Its digest.</summary>
    public required Digest PackDigest { get; init; }

    /// <summary>SHA-256 of the stored record of the pack, with everything that was read out of its files; null in logs from before it was kept.</summary>
    public Digest? StoredSha256 { get; init; }

    /// <summary>The artifact it names; null where it names none.</summary>
    public ArtifactFacts? Artifact { get; init; }

    /// <summary>Who stored it.</summary>
    public required PersonId StoredBy { get; init; }

    /// <summary>The human the pipeline acts for, where stated.</summary>
    public PersonId? RequestedBy { get; init; }

    /// <summary>What a deployment must remember of a pack.</summary>
    public static EvidenceLink Of(EvidenceFacts facts) => new()
    {
        PackId = facts.PackId,
        PackDigest = facts.PackDigest,
        StoredSha256 = facts.StoredSha256,
        Artifact = facts.Artifact,
        StoredBy = facts.StoredBy,
        RequestedBy = facts.BuildInfo?.RequestedBy,
    };
}
