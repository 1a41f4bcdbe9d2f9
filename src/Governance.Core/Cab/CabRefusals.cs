using Governance.Core.Deployments;

namespace Governance.Core.Cab;

/// <summary>Whoever is involved never decides.</summary>
public sealed record SelfApproval() : Refusal("SELF_APPROVAL", "Whoever is involved in a change does not decide on it; ask another approver.", 403);

/// <summary>Only people decide.</summary>
public sealed record HumanRequired() : Refusal("HUMAN_REQUIRED", "A decision is made by a person, not by an application.", 403);

/// <summary>Whether earlier voters are still approvers could not be found out, so nothing may settle.</summary>
public sealed record ApproversUnknown() : Refusal(
    "APPROVERS_UNKNOWN", "The directory does not say whether those who voted before are still approvers; nothing was recorded. Try again shortly.", 503);

/// <summary>The subject is not what the voter saw.</summary>
public sealed record SubjectChanged(Digest Now) : Refusal("SUBJECT_CHANGED", $"The change is now {Now}; look at it again before you decide.", 412);

/// <summary>It is decided.</summary>
public sealed record AlreadyDecided(CabDecision Decision) : Refusal("ALREADY_DECIDED", $"This request was decided already: {Decision.ToString().ToUpperInvariant()}.", 409);

/// <summary>The time is over.</summary>
public sealed record DecisionExpired(DateTimeOffset At) : Refusal("DECISION_EXPIRED", $"The time to decide ended at {At:yyyy-MM-ddTHH:mm:ssZ}; the submitter may ask again.", 409);

/// <summary>A condition would let nothing be published.</summary>
public sealed record ConditionImpossible(Ring Start) : Refusal(
    "CONDITION_IMPOSSIBLE", $"The rollout starts at {Start.WireName()}; name this ring or a later one as the last, or reject.", 422);

/// <summary>The approval was taken back and not given again.</summary>
public sealed record ApprovalLost() : Refusal(
    "APPROVAL_LOST", "The approval was taken back and the CAB did not give it again; roll back, or submit a new deployment.", 409);

/// <summary>Nothing is asked of the CAB.</summary>
public sealed record NothingToDecide(DeploymentStatus Now)
    : Refusal("NOTHING_TO_DECIDE", $"Nothing is asked of the CAB for this deployment; it is {Now.WireName()}.", 409);

/// <summary>There is no approval to take back.</summary>
public sealed record NothingToRevoke(DeploymentStatus Now)
    : Refusal("NOTHING_TO_REVOKE", $"There is no standing approval to take back; the deployment is {Now.WireName()}.", 409);

/// <summary>There is no open review.</summary>
public sealed record NothingToReview() : Refusal("NOTHING_TO_REVIEW", "This deployment has no emergency approval that waits for its review.", 409);
