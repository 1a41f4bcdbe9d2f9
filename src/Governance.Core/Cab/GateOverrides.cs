using Governance.Core.Deployments;
using Governance.Core.Rollout;

namespace Governance.Core.Cab;

/// <summary>What a rollout asks of the CAB when its gate does not pass (policy.md, "Promotion gates").</summary>
public static class GateOverrides
{
    /// <summary>How long the CAB has, and how long an override that it gives then holds.</summary>
    public static readonly TimeSpan Term = TimeSpan.FromDays(14);

    /// <summary>The system's request for the step that the deployment stands in front of; its id is <see cref="ExceptionIds.Override"/>.</summary>
    /// <param name="deployment">As it stands, APPROVED or ACTIVE, and not in front of LAB as its first ring, which has no gate.</param>
    /// <param name="gate">The verdict that makes it necessary.</param>
    /// <param name="at">Now, UTC.</param>
    public static ExceptionRequest Ask(DeploymentState deployment, GateVerdict gate, DateTimeOffset at) => new()
    {
        Kind = ExceptionKind.GateOverride,
        AppName = deployment.Request.AppName,
        Version = deployment.Request.Version,
        DeploymentId = deployment.Id,
        FromRing = deployment.NextStep.From,
        ToRing = deployment.NextStep.To,
        Reason = gate.Reason,
        CompensatingControls = ["The ring stays under watch: an incident or a freeze still holds the rollout, and a breach rolls it back."],
        ExpiresAt = at + Term,
    };
}
