using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.SignIn;

namespace Governance.Functions.Cab;

/// <summary>The change advisory board: what waits for it and what it decides.</summary>
internal static class CabFunctions
{
    private const string Request = """
        {"id": "0f8a…", "app_name": "7-Zip", "version": "24.09", "decision": "APPROVED", "approver": "22222222-2222-4222-8222-222222222222",
         "approval_timestamp": "2026-01-01T09:00:00Z", "conditions": [], "comments": "Seen and agreed.", "votes": [], "needed": 1, "subject_digest": "9f2c…"}
        """;

    private static readonly Access Approvers = Access.To(Roles.CabApprover);

    /// <summary>The functions of this subject.</summary>
    public static IEnumerable<Function> All =>
    [
        Function.Get("ListPendingCab", "cab/pending", Access.AnyRole, input => input.Paging(), CabLists.Pending, new(
            "Open requests, most urgent first.", Response: """{"approvals": [{"id": "0f8a…", "due_at": "2026-01-03T00:00:00Z", "card": null}], "continuation_token": null}""") { Paged = true }),
        Function.Get("ListCab", "cab", Access.AnyRole, input => input.Paging(), CabLists.All, new(
            "Deployments as the CAB sees them, newest first.", Response: """{"requests": [{"id": "0f8a…", "status": "AWAITING_CAB"}], "continuation_token": null}""") { Paged = true }),
        Function.Get("ListMyCab", "cab/my-requests", Access.AnyRole, input => input.Paging(), CabLists.Mine, new(
            "What the caller has submitted, newest first.", Response: """{"requests": [{"id": "0f8a…", "status": "AWAITING_CAB"}], "continuation_token": null}""") { Paged = true }),
        Function.Get("GetCab", "cab/{id}", Access.AnyRole, CabDecisions.Get, new("One request.", Response: Request) { Refusals = ["404 DEPLOYMENT_UNKNOWN"] }),
        Function.Post("ApproveCab", "cab/{id}/approve", Approvers, VoteWish.Approval, CabDecisions.Vote, Vote(
            "Approves what stands, or what If-Match names.", """{"comments": "Seen and agreed.", "conditions": [{"kind": "max_ring", "ring": "PILOT"}]}""")),
        Function.Post("RejectCab", "cab/{id}/reject", Approvers, VoteWish.Rejection, CabDecisions.Vote, Vote(
            "Rejects; one rejection is enough.", """{"comments": "The rollback plan was never tried."}""")),
        Function.Post("RevokeCab", "cab/{id}/revoke", Approvers, input => input.Body.Prose("reason", 4000), CabDecisions.Revoke, new(
            "Takes an approval back; a running rollout halts.", """{"reason": "The vendor withdrew the release."}""", Request)
        { Refusals = ["403 HUMAN_REQUIRED", "404 DEPLOYMENT_UNKNOWN", "409 NOTHING_TO_REVOKE"] }),
        Function.Post("ApproveInEmergency", "cab/{id}/emergency", Access.To(Roles.PlatformAdmin), EmergencyWish.Parse, CabDecisions.Emergency, new(
            "Breaks the glass: approved at once, reviewed within 72 hours.", """{"incident_id": "INC-4711", "reason": "A zero-day is exploited now."}""", Request)
        { Refusals = ["403 HUMAN_REQUIRED", "403 SELF_APPROVAL", "404 DEPLOYMENT_UNKNOWN", "409 NOTHING_TO_DECIDE"] }),
        Function.Post("ReviewEmergency", "cab/{id}/review", Approvers, ReviewWish.Parse, CabDecisions.Review, new(
            "Reviews an emergency approval.", """{"outcome": "confirmed", "comments": "It could not wait."}""", Request)
        { Refusals = ["403 HUMAN_REQUIRED", "403 SELF_APPROVAL", "404 DEPLOYMENT_UNKNOWN", "409 NOTHING_TO_REVIEW"] }),
        Function.Orchestration<CabApprovalOrchestrator>(),
        Function.Activity<KeepCabDeadlines>(),
        Function.Orchestration<EmergencyReviewOrchestrator>(),
        Function.Activity<AskForReview>(),
    ];

    private static HttpDocs Vote(string summary, string example) => new(summary, example, Request)
    {
        Refusals =
        [
            "403 SELF_APPROVAL", "403 HUMAN_REQUIRED", "404 DEPLOYMENT_UNKNOWN", "409 ALREADY_DECIDED", "409 NOTHING_TO_DECIDE", "409 DECISION_EXPIRED", "412 SUBJECT_CHANGED",
            "503 APPROVERS_UNKNOWN",
            "422 CONDITION_IMPOSSIBLE",
        ],
        Headers = [("If-Match", "The subject digest that the approver was shown.")],
    };
}
