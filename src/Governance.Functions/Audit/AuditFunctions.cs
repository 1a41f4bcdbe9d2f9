using Governance.Functions.Hosting;
using Governance.Functions.SignIn;

namespace Governance.Functions.Audit;

/// <summary>What proves the log to somebody who does not trust us.</summary>
internal static class AuditFunctions
{
    /// <summary>The functions of this subject.</summary>
    public static IEnumerable<Function> All =>
    [
        Function.Get("VerifyEvents", "events/verify/{id}", Access.AnyRole, VerifyEvents.Handle, new(
            "Recomputes a deployment's hash chain, its state and the digests of its evidence, and compares them with the anchors.",
            Response: """
            {"valid": true, "checked": 5, "first_bad_sequence": null, "head_hash": "9f2c…", "evidence_valid": true, "flaws": [],
             "anchor": {"number": 12, "at": "2026-01-01T01:00:00Z", "sequence": 4, "root": "5dc9…", "tree_size": 7, "leaf_index": 3, "sha256": "ab12…", "not_anchored": [5], "valid": true}}
            """)
        { Refusals = ["404 DEPLOYMENT_UNKNOWN"] }, FunctionGroup.Evidence),
        Function.Get("GetAuditBundle", "deployments/{id}/audit-bundle", Access.To(Roles.Auditor | Roles.PlatformAdmin), AuditBundle.Handle, new(
            "Events, state, evidence, anchor and inclusion proof of a deployment in one zip, verifiable offline.")
        { Refusals = ["404 DEPLOYMENT_UNKNOWN"], MediaType = "application/zip" }, FunctionGroup.Evidence),
        Function.Sweep<AnchorAuditLog>("0 0 * * * *"),
        Function.Sweep<VerifyAuditLog>("0 30 3 * * *"),
    ];
}
