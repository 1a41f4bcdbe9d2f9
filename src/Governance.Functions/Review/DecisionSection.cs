using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Functions.Http;
using Governance.Functions.Pages;

namespace Governance.Functions.Review;

/// <summary>How the CAB's part stands, and the forms with which this person decides.</summary>
internal static class DecisionSection
{
    internal static Html Write(ReviewFile file, SignedInPerson person, FormFields? form)
    {
        var choices = Choices.Of(file.State, person.Caller, file.At);
        return Html.Of($"""
            <h2 id="decision">Decision</h2>
            {Standing(file)}
            {Html.Where(choices.WhyNot, text => Html.Of($"""<p class="notice">{text}</p>"""))}
            <div class="decisions">
            {(choices.Vote ? Vote(file.State, file.State.OpenCab!, person, form) : Html.Empty)}
            {(choices.Review ? Review(file.State, person, form) : Html.Empty)}
            {(choices.Revoke ? Revoke(file.State, person, form) : Html.Empty)}
            {(choices.Emergency ? Emergency(file.State, person, form) : Html.Empty)}
            </div>
            """);
    }

    private static Html Standing(ReviewFile file)
    {
        if (file.State.Cab is not { } cab)
        {
            return Html.Of($"<p>The CAB was not asked about this.</p>");
        }

        return Html.Of($"""
            <dl>
            <dt>CAB</dt><dd><strong>{Shown.Words(cab.Decision.ToString())}</strong>, {cab.Votes.Count(vote => vote.Ballot == Ballot.Approve)} of {cab.Needed} approvals{(cab.Escalated && cab.IsOpen ? Html.Of($""", <span class="bad">escalated</span>""") : Html.Empty)}</dd>
            {(cab.IsOpen ? Html.Of($"<dt>Due</dt><dd>{Shown.At(cab.DueAt)} ({Shown.Until(cab.DueAt, file.At)}); ends {Shown.At(cab.ExpiresAt)}</dd>") : Html.Empty)}
            {(cab.DecidedAt is { } at ? Html.Of($"<dt>Decided</dt><dd>{Shown.At(at)} by {Shown.Person(cab.Approver)}</dd>") : Html.Empty)}
            <dt>Subject</dt><dd><code>{cab.SubjectDigest}</code></dd>
            {Html.Where(file.State.Review, Emergency)}
            </dl>
            {Votes(cab)}
            """);
    }

    private static Html Emergency(EmergencyReview review) => Html.Of($"""
        <dt>Emergency</dt><dd>{Shown.Text(review.IncidentId)}: {Shown.Text(review.Reason)} – approved by {Shown.Person(review.ApprovedBy)}</dd>
        <dt>Review</dt><dd>{(review.Outcome is { } outcome ? Html.Of($"{Shown.Words(outcome.ToString())} by {Shown.Person(review.Reviewer)}") : Html.Of($"""<span class="warn">open</span>, due {Shown.At(review.DueAt)}"""))}</dd>
        """);

    private static Html Votes(CabRequest cab) => cab.Votes.Count == 0 ? Html.Empty : Html.Of($"""
        <h3>Votes</h3>
        <ul>
        {Html.All(cab.Votes, vote => Html.Of($"""
            <li>{Shown.Words(vote.Ballot.ToString())} by {Shown.Person(vote.Voter)}, {Shown.At(vote.At)}{(vote.Comments.Length == 0 ? Html.Empty : Html.Of($": {Shown.Text(vote.Comments)}"))}</li>
            """))}
        </ul>
        """);

    private static Html Vote(DeploymentState state, CabRequest cab, SignedInPerson person, FormFields? form) => Html.Of($"""
        <form method="post" action="/review/{state.Id}/approve" class="decision" aria-labelledby="approve-title">
        <h3 id="approve-title">Approve</h3>
        {person.AntiForgery}
        {Subject(cab)}
        {Field.Area("approve-comments", "comments", "Comments", "Optional.", form, required: false)}
        <fieldset>
        <legend>Conditions</legend>
        <p class="hint">All optional. The rollout keeps the typed ones by itself; a note is for people. Without any, this is a plain approval.</p>
        {Field.Rings("max_ring", "Only up to ring", Rings.All.Where(ring => ring >= state.Request.StartRing && ring <= state.Request.TargetRing), form)}
        {Field.Input("min_success_rate", "Success rate of at least, in percent", "For example 99.5. Gates ask for this where it is stricter than theirs.", "text", form, inputMode: "decimal")}
        {Field.Input("observe_hours", "Observe every ring for at least, in hours", "1 to 2160.", "text", form, inputMode: "numeric")}
        {Field.Input("not_before", "Publish nothing before", "Date and time in UTC.", "datetime-local", form)}
        {Field.Input("not_after", "Publish nothing after", "Date and time in UTC.", "datetime-local", form)}
        {Field.Area("note", "note", "Note", "For people; the rollout cannot keep it.", form, required: false)}
        </fieldset>
        <button type="submit">Approve</button>
        </form>
        <form method="post" action="/review/{state.Id}/reject" class="decision" aria-labelledby="reject-title">
        <h3 id="reject-title">Reject</h3>
        {person.AntiForgery}
        {Subject(cab)}
        {Field.Area("reject-comments", "comments", "Reason", "The submitter learns from it. One rejection is enough.", form, required: true)}
        <button type="submit" class="no">Reject</button>
        </form>
        """);

    private static Html Revoke(DeploymentState state, SignedInPerson person, FormFields? form) => Html.Of($"""
        <form method="post" action="/review/{state.Id}/revoke" class="decision" aria-labelledby="revoke-title">
        <h3 id="revoke-title">Take the approval back</h3>
        <p>A running rollout halts, and the CAB is asked again.</p>
        {person.AntiForgery}
        {Field.Area("revoke-reason", "reason", "Reason", "What has become known since.", form, required: true)}
        <button type="submit" class="no">Take back</button>
        </form>
        """);

    private static Html Emergency(DeploymentState state, SignedInPerson person, FormFields? form) => Html.Of($"""
        <form method="post" action="/review/{state.Id}/emergency" class="decision" aria-labelledby="emergency-title">
        <h3 id="emergency-title">Approve in an emergency</h3>
        <p>Lifts the CAB and a freeze, never a block or a gate. Somebody else must review it within 72 hours.</p>
        {person.AntiForgery}
        {Field.Input("incident_id", "Incident", "Its id in your incident system.", "text", form, required: true)}
        {Field.Area("emergency-reason", "reason", "Why it cannot wait", null, form, required: true)}
        <button type="submit" class="no">Approve in an emergency</button>
        </form>
        """);

    private static Html Review(DeploymentState state, SignedInPerson person, FormFields? form) => Html.Of($"""
        <form method="post" action="/review/{state.Id}/emergency-review" class="decision" aria-labelledby="review-title">
        <h3 id="review-title">Review the emergency approval</h3>
        {person.AntiForgery}
        <fieldset class="inline">
        <legend>Was it right?</legend>
        <p><input type="radio" name="outcome" id="outcome-confirmed" value="confirmed" required><label for="outcome-confirmed"> Yes, it could not wait</label></p>
        <p><input type="radio" name="outcome" id="outcome-objected" value="objected"><label for="outcome-objected"> No; a running rollout waits for an operator</label></p>
        </fieldset>
        {Field.Area("review-comments", "comments", "Comments", "Optional.", form, required: false)}
        <button type="submit">Record the review</button>
        </form>
        """);

    private static Html Subject(CabRequest cab) => Html.Of($"""<input type="hidden" name="{DecisionForms.Seen}" value="{cab.SubjectDigest}">""");
}
