using Governance.Core.Cab;
using Governance.Functions.Cab;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.Pages;
using Governance.Functions.SignIn;

namespace Governance.Functions.Review;

/// <summary>The review pages: what waits for the CAB, and one request with the full picture and the decision.</summary>
internal static class ReviewFunctions
{
    private static readonly Access Everybody = Access.Page(Roles.Any);
    private static readonly Access Approvers = Access.Page(Roles.CabApprover);

    /// <summary>The functions of this subject.</summary>
    public static IEnumerable<Function> All =>
    [
        Function.Page("ShowReviewQueue", "/review", Everybody, input => input.Paging(), QueuePage.Show, "What waits for the CAB, most urgent first."),
        Function.Page("ShowReview", "/review/{id}", Everybody, input => input.Query.Text("done"), ReviewPage.Show, "One request with everything that a decision needs."),
        Function.Form("ApproveOnPage", "/review/{id}/approve", Approvers, DecisionForms.Approval, ReviewPage.Vote, "Approves, with or without conditions."),
        Function.Form("RejectOnPage", "/review/{id}/reject", Approvers, DecisionForms.Rejection, ReviewPage.Vote, "Rejects."),
        Function.Form("RevokeOnPage", "/review/{id}/revoke", Approvers, form => form.Prose("reason", 4000), ReviewPage.Revoke, "Takes an approval back."),
        Function.Form("ApproveInEmergencyOnPage", "/review/{id}/emergency", Access.Page(Roles.PlatformAdmin), DecisionForms.Emergency, ReviewPage.ApproveInEmergency, "Approves in an emergency."),
        Function.Form("ReviewEmergencyOnPage", "/review/{id}/emergency-review", Approvers, DecisionForms.Review, ReviewPage.ReviewEmergency, "Reviews an emergency approval."),
        Function.Page("BeginSignIn", "/review/sign-in", Access.Anonymous, SignInWish.Parse, PageSignIn.Begin, "Signs a person in."),
        Function.Page("CompleteSignIn", CodeFlow.CallbackPath, Access.Anonymous, SignInReply.Parse, PageSignIn.Complete, "Where Entra ID sends people back to."),
        Function.Form("SignOut", "/review/sign-out", Everybody, _ => true, PageSignIn.End, "Signs out in this browser."),
        Function.Page("ReviewStyle", "/review/style.css", Access.Anonymous, Style.Get, "The style sheet."),
    ];
}

/// <summary>How a sign-in begins.</summary>
internal sealed record SignInWish(string ReturnTo, bool Again)
{
    internal static SignInWish Parse(Input input) => new(ReturnPath.Read(input.Query.Text("return_to")), input.Query.Text("again") is not null);
}

/// <summary>What Entra ID sends a person back with.</summary>
internal sealed record SignInReply(string? State, string? Code)
{
    internal static SignInReply Parse(Input input) => new(input.Query.Text("state", 200), input.Query.Text("code", 8000));
}

/// <summary>Signing in and out in a browser, whatever the app takes for sign-in.</summary>
internal static class PageSignIn
{
    internal static Task<IResult> Begin(ApiRequest request, SignInWish wish) => request.Service<SignInSettings>().Mode == SignInMode.Development
        ? Task.FromResult<IResult>(new SeeOther($"/development/sign-in?return_to={Uri.EscapeDataString(wish.ReturnTo)}"))
        : request.Service<CodeFlow>().Begin(request.Http, wish.ReturnTo, wish.Again, request.Cancellation);

    internal static Task<IResult> Complete(ApiRequest request, SignInReply reply) =>
        request.Service<CodeFlow>().Complete(request.Http, reply.State, reply.Code, request.Cancellation);

    internal static async Task<IResult> End(ApiRequest request, Posted<bool> posted)
    {
        await PageSessions.End(request.Http);
        return new PageResult(Layout.Page("Signed out", Html.Of($"""
            <h1>You are signed out of Governance in this browser</h1>
            <p><a href="/review/sign-in?again=1">Sign in</a></p>
            """), person: null));
    }
}
