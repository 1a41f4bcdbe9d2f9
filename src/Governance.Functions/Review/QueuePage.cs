using Governance.Core;
using Governance.Core.Deployments;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.Pages;
using Governance.Functions.SignIn;
using Governance.Storage.Views;

namespace Governance.Functions.Review;

/// <summary>GET /review: what waits for the CAB.</summary>
internal static class QueuePage
{
    // Emergencies are rare and their reviews nag anyway; the newest deployments show those that are open.
    private const int Recent = 200;

    internal static async Task<IResult> Show(ApiRequest request, Page page)
    {
        var views = request.Service<DeploymentViews>();
        var pending = await views.PendingCab(page.Limit, page.Cursor, request.Cancellation);
        var recent = page.Cursor is null ? (await views.Recent(null, null, null, Recent, null, request.Cancellation)).Items : [];
        var person = PageSessions.Person(request.Http, request.Caller);
        return new PageResult(Layout.Page("Review", Html.Of($"""
            <h1>Waiting for the CAB</h1>
            {Waiting([.. pending.Items.Where(item => item.Cab is not null)], request.Now)}
            {Next(page.Next(pending.Cursor))}
            {Reviews([.. recent.Where(item => item.ReviewDueAt is not null)], request.Now)}
            """), person));
    }

    private static Html Waiting(IReadOnlyList<DeploymentSummary> items, DateTimeOffset now) => items.Count == 0
        ? Html.Of($"<p>Nothing waits for a decision.</p>")
        : Html.Of($"""
            <div class="wide">
            <table class="cards">
            <caption>Open requests, most urgent first</caption>
            <thead><tr><th scope="col">App</th><th scope="col">Rings</th><th scope="col" class="number">Risk</th><th scope="col">Votes</th><th scope="col">Due</th><th scope="col">Asked by</th></tr></thead>
            <tbody>
            {Html.All(items, item => Row(item, item.Cab!, now))}
            </tbody>
            </table>
            </div>
            """);

    private static Html Row(DeploymentSummary item, OpenCabRequest cab, DateTimeOffset now) => Html.Of($"""
        <tr>
        <th scope="row"><a href="/review/{item.CorrelationId}">{Shown.Text(item.AppName)} {Shown.Text(item.Version)}</a></th>
        <td data-name="Rings">{Shown.Rings(item.StartRing, item.TargetRing)}</td>
        <td data-name="Risk" class="number">{item.RiskScore} of 100</td>
        <td data-name="Votes">{cab.Votes} of {cab.Needed}</td>
        <td data-name="Due">{Shown.At(cab.Escalated ? cab.ExpiresAt : cab.DueAt)}, {Due(cab, now)}{Html.Where(item.Urgency == Urgency.Urgent ? "urgent" : null, word => Html.Of($""" <span class="warn">{word}</span>"""))}</td>
        <td data-name="Asked by">{Shown.Person(item.SubmittedBy)}</td>
        </tr>
        """);

    private static Html Due(OpenCabRequest cab, DateTimeOffset now) => cab.Escalated
        ? Html.Of($"""<span class="bad">escalated; ends {Shown.Until(cab.ExpiresAt, now)}</span>""")
        : Html.Of($"{Shown.Until(cab.DueAt, now)}");

    private static Html Reviews(IReadOnlyList<DeploymentSummary> items, DateTimeOffset now) => items.Count == 0 ? Html.Empty : Html.Of($"""
        <h2>Emergency approvals to be reviewed</h2>
        <ul>
        {Html.All(items, item => Html.Of($"""<li><a href="/review/{item.CorrelationId}">{Shown.Text(item.AppName)} {Shown.Text(item.Version)}</a>, due {Shown.At(item.ReviewDueAt!.Value)} ({Shown.Until(item.ReviewDueAt.Value, now)})</li>"""))}
        </ul>
        """);

    private static Html Next(string? token) => Html.Where(token, next => Html.Of($"""<p><a href="/review?continuation_token={Uri.EscapeDataString(next)}">More requests</a></p>"""));
}
