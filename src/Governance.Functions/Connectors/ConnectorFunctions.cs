using Governance.Functions.Hosting;
using Governance.Functions.Remediation;
using Governance.Functions.Rollout;
using Governance.Functions.SignIn;

namespace Governance.Functions.Connectors;

/// <summary>The planes that devices are managed by.</summary>
internal static class ConnectorFunctions
{
    /// <summary>The functions of this subject.</summary>
    public static IEnumerable<Function> All =>
    [
        Function.Get("ListConnectors", "connectors", Access.AnyRole, ConnectorCalls.List, new(
            "The known planes.", Response: """{"connectors": [{"target_plane": "INTUNE"}]}""")),
        Function.Get("GetConnectorHealth", "connectors/{plane}/health", Access.AnyRole, ConnectorCalls.Health, new(
            "Whether a plane answers, and the state of its circuit.", Response: """{"status": "healthy", "circuit": "closed", "detail": "Graph answers.", "checked_at": "2026-01-01T00:00:00Z"}""")),
        Function.Post("Publish", "connectors/publish", Access.To(Roles.Publisher), PublishWish.Parse, ConnectorCalls.Publish, new(
            "Wakes the deployment's orchestration for its first ring.",
            """{"deployment_id": "0f8a1c1e-5d7c-4a41-9a53-0c7cb4a2a001", "target_plane": "INTUNE"}""",
            """{"correlation_id": "0f8a…", "target_plane": "INTUNE", "status": "success", "external_id": "7c1d…"}""")
        {
            Refusals = ["404 DEPLOYMENT_UNKNOWN", "409 NOT_APPROVED", "409 GATE_NOT_PASSED", "409 ARTIFACT_MISSING", "409 ROLLOUT_HELD", "409 OTHER_PLANE"],
            Headers = [("Prefer", "wait=N answers once the ring is published or has failed, at most 30 s.")],
        }),
        Function.Get("GetConnectorStatus", "connectors/status/{id}", Access.AnyRole, ConnectorCalls.Status, new(
            "How a deployment stands in its plane.",
            Response: """{"correlation_id": "0f8a…", "target_plane": "INTUNE", "status": "success", "devices": {"targeted": 10, "succeeded": 10}, "success_rate": 10000}""")
        { Refusals = ["404 DEPLOYMENT_UNKNOWN"] }),
        Function.Post("StartRemediation", "connectors/remediate", Access.To(Roles.Publisher | Roles.PlatformAdmin), RemediationWish.Parse, ConnectorCalls.Remediate, new(
            "Starts mending; one at a time for a deployment.",
            """{"deployment_id": "0f8a1c1e-5d7c-4a41-9a53-0c7cb4a2a001", "reason": "Assignments were removed by hand.", "action": "RESYNC"}""",
            """{"correlation_id": "0f8a…", "remediation_id": "5b0c…", "action": "RESYNC", "attempt": 1}""")
        { Refusals = ["403 NOT_YOURS", "404 DEPLOYMENT_UNKNOWN", "409 NOTHING_TO_REMEDIATE", "409 ROLLBACK_UNDER_WAY"] }),
        Function.Sweep<SweepDrift>("0 */15 * * * *"),
        Function.Orchestration<RingRolloutOrchestrator>(),
        Function.Orchestration<RemediationOrchestrator>(),
        Function.Activity<LookAtRing>(),
        Function.Activity<PublishRing>(),
        Function.Activity<Remediate>(),
        Function.Activity<TakeBack>(),
    ];
}
