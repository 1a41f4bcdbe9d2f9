using Governance.Core.Deployments;

namespace Governance.Core.Remediation;

/// <summary>There is nothing on devices to mend.</summary>
public sealed record NothingToRemediate(DeploymentStatus Now)
    : Refusal("NOTHING_TO_REMEDIATE", $"Only what is on devices is remediated; this deployment is {Now.WireName()}.", 409);

/// <summary>The app is being taken back.</summary>
public sealed record RollbackUnderWay() : Refusal("ROLLBACK_UNDER_WAY", "The app is being rolled back; nothing is mended meanwhile.", 409);

/// <summary>There is nothing on devices to take back.</summary>
public sealed record NothingToRollBack(DeploymentStatus Now)
    : Refusal("NOTHING_TO_ROLL_BACK", $"Only what is on devices is rolled back; this deployment is {Now.WireName()}.", 409);
