using Governance.Core.Deployments;

namespace Governance.Core.Remediation;

/// <summary>What a rollback sets out to do, as ROLLBACK_STARTED says it.</summary>
public static class RollbackPlan
{
    /// <summary>Ring by ring, the last one first; rings that a newer deployment has taken are not ours to touch.</summary>
    public static EquatableArray<string> Of(DeploymentState state) =>
    [
        .. state.Rings.Where(ring => ring.SupersededBy is null).Reverse()
            .Select(ring => $"Take {state.Request.AppName} {state.Request.Version} off {ring.Ring.WireName()}."),
    ];
}
