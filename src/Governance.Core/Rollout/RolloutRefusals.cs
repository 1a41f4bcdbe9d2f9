using Governance.Core.Deployments;

namespace Governance.Core.Rollout;

/// <summary>Nothing may be published as it stands.</summary>
public sealed record NotApproved(DeploymentStatus Now)
    : Refusal("NOT_APPROVED", $"Only an approved deployment is published; this one is {Now.WireName()}.", 409);

/// <summary>The rollout is held.</summary>
public sealed record RolloutIsHeld(EquatableArray<WaitReason> For)
    : Refusal("ROLLOUT_HELD", $"The rollout waits for {string.Join(", ", For.Select(reason => reason.WireName()))}.", 409);

/// <summary>It is not the next ring's turn.</summary>
public sealed record NotTheNextRing(Ring Asked, Ring? Next)
    : Refusal("NOT_THE_NEXT_RING", $"{Asked.WireName()} is not next; {(Next is { } next ? next.WireName() + " is" : "no ring is left")}.", 409);

/// <summary>The claim was made for something that no longer stands.</summary>
public sealed record ClaimVoid() : Refusal("CLAIM_VOID", "What this publish was claimed for has changed; claim again.", 409);

/// <summary>Nothing was held by a person.</summary>
public sealed record NothingToResume() : Refusal("NOTHING_TO_RESUME", "No person holds this rollout.", 409);

/// <summary>The gate did not pass.</summary>
public sealed record GateNotPassed(string Reason) : Refusal("GATE_NOT_PASSED", $"The promotion gate does not pass: {Reason}.", 409);

/// <summary>There is nothing to publish.</summary>
public sealed record ArtifactMissing(bool Named) : Refusal(
    "ARTIFACT_MISSING",
    Named
        ? "The artifact that the evidence pack names is not uploaded and verified yet; upload its bytes and the rollout goes on by itself."
        : "The evidence pack names no artifact; link a pack that does: it is checked and voted on again.",
    409);
