using Governance.Core.Deployments;
using Governance.Core.Policy;

namespace Governance.Core.Rollout;

/// <summary>A gate said no, or no for another reason than before.</summary>
/// <param name="Gate">The verdict with its arithmetic.</param>
public sealed record PromotionGateFailed(GateVerdict Gate) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "PROMOTION_GATE_FAILED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>The first ring has the app.</summary>
/// <param name="Ring">Which ring.</param>
/// <param name="Gate">The verdict that let it in; null where the first ring is LAB and needs none.</param>
/// <param name="Publication">What the plane made.</param>
public sealed record DeploymentPublished(Ring Ring, GateVerdict? Gate, Publication Publication) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "DEPLOYMENT_PUBLISHED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>A further ring has the app.</summary>
/// <param name="From">The ring that passed its gate.</param>
/// <param name="To">The ring that has the app now.</param>
/// <param name="Gate">The verdict that let it in.</param>
/// <param name="Publication">What the plane made.</param>
public sealed record RingPromoted(Ring From, Ring To, GateVerdict Gate, Publication Publication) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "RING_PROMOTED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>What a plane made of a publish.</summary>
/// <param name="ExternalId">The plane's id of the app.</param>
/// <param name="ContentVersion">The committed content version.</param>
/// <param name="SubjectDigest">What was published, recomputed from the bytes and groups in hand.</param>
public sealed record Publication(string ExternalId, string? ContentVersion, Digest SubjectDigest);

/// <summary>A publish did not succeed.</summary>
/// <param name="Ring">Which ring.</param>
/// <param name="Attempt">1, 2, 3….</param>
/// <param name="ErrorClass">permanent, transient or policy_violation.</param>
/// <param name="Code">The plane's own code.</param>
/// <param name="Message">What it said, without secrets.</param>
public sealed record DeploymentPublishFailed(Ring Ring, int Attempt, ErrorClass ErrorClass, string Code, string Message) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "DEPLOYMENT_PUBLISH_FAILED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>Nothing was published and nothing will be.</summary>
public sealed record DeploymentFailed(string Reason) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "DEPLOYMENT_FAILED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>The tenant's own second approval was asked for.</summary>
/// <param name="Ring">Which ring waits for it.</param>
/// <param name="Code">The approval code the plane gave.</param>
public sealed record TenantApprovalRequested(Ring Ring, string Code) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "TENANT_APPROVAL_REQUESTED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>An exception that the deployment relied on ended while it is on devices.</summary>
public sealed record RelianceExpired(Guid ExceptionId) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "EXCEPTION_EXPIRED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>A person holds the rollout.</summary>
public sealed record RolloutHeld(string Reason) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "ROLLOUT_HELD";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>A hold is lifted.</summary>
/// <param name="Lifted">Which one.</param>
/// <param name="Reason">Why.</param>
public sealed record RolloutResumed(WaitReason Lifted, string Reason) : DeploymentEvent
{
    /// <summary>Where exceptions were replaced: what the deployment rests on from here; null where nothing changes.</summary>
    public EquatableArray<Reliance>? Reliances { get; init; }

    /// <summary>The wire name.</summary>
    public const string Name = "ROLLOUT_RESUMED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>The last ring passed its completion gate.</summary>
public sealed record DeploymentCompleted(Ring Ring, GateVerdict Gate) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "DEPLOYMENT_COMPLETED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>Another deployment of the app took a ring.</summary>
public sealed record RingSuperseded(Ring Ring, CorrelationId By) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "RING_SUPERSEDED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}

/// <summary>Another deployment of the app gave a ring back.</summary>
public sealed record RingRestored(Ring Ring, CorrelationId By) : DeploymentEvent
{
    /// <summary>The wire name.</summary>
    public const string Name = "RING_RESTORED";

    /// <inheritdoc/>
    protected override string WireName => Name;
}
