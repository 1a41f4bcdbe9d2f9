using System.Collections.Immutable;
using Governance.Core.Deployments;
using Governance.Core.Evidence;
using Governance.Functions.Events;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.SignIn;

namespace Governance.Functions.Deployments;

/// <summary>Deployments: what is asked for, what became of it, and what a submitter or administrator does about it.</summary>
internal static class DeploymentFunctions
{
    private const string Reason = """{"reason": "The vendor withdrew the release."}""";
    private const string Deployment = """
        {"correlation_id": "0f8a…", "status": "AWAITING_CAB", "waiting_for": [], "revision": 1, "app_name": "7-Zip", "version": "24.09", "risk_score": 62,
         "requires_cab_approval": true, "sequence": 3}
        """;

    private static readonly Access Managers = Access.To(Roles.Publisher | Roles.PlatformAdmin);

    private static readonly ImmutableSortedDictionary<string, IncidentSeverity> Severities = new[]
    {
        KeyValuePair.Create("minor", IncidentSeverity.Minor),
        KeyValuePair.Create("moderate", IncidentSeverity.Moderate),
        KeyValuePair.Create("major", IncidentSeverity.Major),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>The functions of this subject.</summary>
    public static IEnumerable<Function> All =>
    [
        Function.Post("SubmitDeployment", "deployments", Access.To(Roles.Publisher), DeploymentWish.Parse, SubmitDeployment.Handle, new(
            "Accepts a deployment intent and starts its orchestration.",
            """{"app_name": "7-Zip", "version": "24.09", "target_ring": "LAB", "evidence_pack_id": "6b1f2c1e-5d7c-4a41-9a53-0c7cb4a2a001"}""",
            Deployment,
            StatusCodes.Status201Created)
        {
            Refusals = ["409 DEPLOYMENT_EXISTS", "409 TOO_MANY_ATTEMPTS", "422 EVIDENCE_MISMATCH", "422 IDEMPOTENCY_KEY_REUSED"],
            Headers = [("Idempotency-Key", "Names this request; a repeat with the same body answers 200."), ("Prefer", "wait=N answers after the policy check, at most 30 s.")],
        }, beginsWork: true),
        Function.Get("ListDeployments", "deployments", Access.AnyRole, DeploymentFilter.Parse, DeploymentReads.List, Listed),
        Function.Get("ListDeploymentsToo", "deployments/list", Access.AnyRole, DeploymentFilter.Parse, DeploymentReads.List, Listed),
        Function.Get("ListApplications", "deployments/applications", Access.AnyRole, input => input.Paging(), DeploymentReads.Applications, new(
            "Apps with their versions and deployments, newest first.", Response: """{"applications": [{"app_name": "7-Zip", "versions": []}], "continuation_token": null}""") { Paged = true }),
        Function.Get("GetDeployment", "deployments/{id}", Access.AnyRole, DeploymentReads.Get, new(
            "The full state: status, risk with every factor and the way down, CAB, rings, connector, what it waits for.", Response: Deployment)
        { Refusals = ["404 DEPLOYMENT_UNKNOWN"] }),
        Function.Get("GetDeploymentEvents", "deployments/{id}/events", Access.AnyRole, input => input.Paging(cursor => EventReads.Sequence(cursor) is not null), DeploymentReads.Events, new(
            "The log of one deployment, in order.",
            Response: """{"events": [{"sequence": 1, "event_type": "DEPLOYMENT_CREATED", "timestamp": "2026-01-01T00:00:00.0000000Z"}], "continuation_token": null}""")
        { Paged = true, Refusals = ["404 DEPLOYMENT_UNKNOWN"] }),
        Function.Post("LinkEvidence", "deployments/{id}/evidence", Access.To(Roles.Publisher), input => input.Body.Id<EvidencePackId>("evidence_pack_id"), ManageDeployment.LinkEvidence, new(
            "Links another pack: a new revision, checked and voted on again.", """{"evidence_pack_id": "6b1f2c1e-5d7c-4a41-9a53-0c7cb4a2a001"}""", Deployment)
        { Refusals = ["403 NOT_YOURS", "404 DEPLOYMENT_UNKNOWN", "409 ALREADY_PUBLISHED", "409 PUBLISH_IN_PROGRESS", "409 NOT_IN_THIS_STATUS", "422 EVIDENCE_MISMATCH", "422 EVIDENCE_UNKNOWN"] }),
        Function.Post("ReportIncident", "deployments/{id}/incidents", Access.To(Roles.Publisher | Roles.SecurityReviewer | Roles.PlatformAdmin), Incident, ManageDeployment.ReportIncident, new(
            "Reports trouble with the app; it counts against the gates.", """{"severity": "moderate", "summary": "Crashes at start on ARM devices.", "security": false}""", Deployment)
        { Refusals = ["404 DEPLOYMENT_UNKNOWN"] }),
        Command("CancelDeployment", "cancel", "Withdraws a deployment before anything is published.", ManageDeployment.Cancel, "409 ALREADY_PUBLISHED", "409 PUBLISH_IN_PROGRESS"),
        Command("HoldDeployment", "hold", "Holds a rollout until it is resumed.", ManageDeployment.Hold),
        Command("ResumeDeployment", "resume", "Lets a held rollout go on.", ManageDeployment.Resume, "403 ADMIN_REQUIRED", "409 APPROVAL_LOST", "409 NOTHING_TO_RESUME"),
        Command("PromoteDeployment", "promote", "Looks at the gate at once; never skips it.", ManageDeployment.Promote, "403 ADMIN_REQUIRED", "409 ROLLOUT_HELD"),
        Command("RollBackDeployment", "rollback", "Takes the app back: to the completed version before it where there is one, else off the devices.", ManageDeployment.RollBack, "403 ADMIN_REQUIRED", "409 NOTHING_TO_ROLL_BACK"),
        Command("RecheckDeployment", "recheck", "Has the policy check made again.", ManageDeployment.Recheck, "403 ADMIN_REQUIRED", "409 PUBLISH_IN_PROGRESS"),
        Function.Orchestration<DeploymentOrchestrator>(),
        Function.Activity<CheckPolicy>(),
    ];

    private static HttpDocs Listed => new(
        "Deployments, newest first.",
        Response: """{"deployments": [{"correlation_id": "0f8a…", "app_name": "7-Zip", "status": "ACTIVE"}], "continuation_token": null}""")
    {
        Paged = true,
        Query = [("status", "Only in this status."), ("ring", "Only with this target ring."), ("app_name", "Only this app.")],
    };

    private static Function Command(string name, string verb, string summary, Handler<string> handle, params ImmutableArray<string> refusals) => Function.Post(
        name, $"deployments/{{id}}/{verb}", Managers, input => input.Body.Prose("reason", 4000), handle, new(summary, Reason, Deployment)
        {
            Refusals = ["403 NOT_YOURS", "404 DEPLOYMENT_UNKNOWN", "409 NOT_IN_THIS_STATUS", .. refusals],
        });

    private static IncidentWish Incident(Input input) =>
        new(input.Body.Choice("severity", Severities), input.Body.Prose("summary", 2000), input.Body.OptionalBoolean("security") ?? false);
}
