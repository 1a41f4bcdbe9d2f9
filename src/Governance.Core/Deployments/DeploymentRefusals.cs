using Governance.Core.Evidence;

namespace Governance.Core.Deployments;

/// <summary>No such deployment.</summary>
public sealed record DeploymentUnknown() : Refusal("DEPLOYMENT_UNKNOWN", "There is no deployment with this id.", 404);

/// <summary>The transition is not one of the lifecycle's.</summary>
public sealed record NotInThisStatus(string What, DeploymentStatus Now)
    : Refusal("NOT_IN_THIS_STATUS", $"{What} is not possible while the deployment is {Now.WireName()}.", 409);

/// <summary>Only the submitter or an administrator may.</summary>
public sealed record NotYours() : Refusal("NOT_YOURS", "Only the submitter of this deployment or a platform administrator may do this.", 403);

/// <summary>Only the submitter may.</summary>
public sealed record OnlyTheSubmitter() : Refusal("NOT_YOURS", "Only the submitter of this deployment links evidence to it.", 403);

/// <summary>Only an administrator may.</summary>
public sealed record AdminRequired() : Refusal("ADMIN_REQUIRED", "Only a platform administrator may do this; ask one.", 403);

/// <summary>It is on devices already.</summary>
public sealed record AlreadyPublished() : Refusal("ALREADY_PUBLISHED", "The app is on devices already; use rollback.", 409);

/// <summary>The publisher is assigning groups at this moment.</summary>
public sealed record PublishInProgress() : Refusal("PUBLISH_IN_PROGRESS", "The first ring is being assigned at this moment; look again in a minute, then use rollback or hold.", 409);

/// <summary>The pack is about something else.</summary>
public sealed record EvidenceMismatch(string AppName, string Version)
    : Refusal("EVIDENCE_MISMATCH", $"The evidence pack is about another app or version; this deployment is of {AppName} {Version}.", 422);

/// <summary>Another live deployment has the same natural key.</summary>
public sealed record DeploymentExists(CorrelationId Existing)
    : Refusal("DEPLOYMENT_EXISTS", $"Deployment {Existing} is of the same app, version, rings and evidence, with another scope, connector or submitter; cancel it first or use it.", 409);

/// <summary>The key was used for another request.</summary>
public sealed record IdempotencyKeyReused() : Refusal("IDEMPOTENCY_KEY_REUSED", "This Idempotency-Key was used with another body; choose a new key.", 422);

/// <summary>The pack named is not stored.</summary>
public sealed record PackUnknown(EvidencePackId Pack) : Refusal("EVIDENCE_UNKNOWN", $"There is no evidence pack {Pack}; store it first.", 422);
