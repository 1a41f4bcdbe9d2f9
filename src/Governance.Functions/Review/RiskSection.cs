using Governance.Core.Policy;
using Governance.Functions.Pages;

namespace Governance.Functions.Review;

/// <summary>Where the score comes from, and what would bring it down.</summary>
internal static class RiskSection
{
    internal static Html Write(ReviewFile file) => file.State.Check is not { } check ? Html.Of($"""<h2 id="risk">Risk</h2><p>The policy check has not been made yet.</p>""") : Html.Of($"""
        <h2 id="risk">Risk: {check.Score} of 100</h2>
        {RiskChart.Draw(check)}
        <div class="wide">
        <table class="cards">
        <caption>Every factor with its reason; the score is the sum of the points, rounded</caption>
        <thead><tr><th scope="col">Factor</th><th scope="col" class="number">Points</th><th scope="col" class="number">At most</th><th scope="col">Reason</th></tr></thead>
        <tbody>
        {Html.All(check.Factors, factor => Html.Of($"""
            <tr><th scope="row">{Shown.Words(factor.Name)}</th><td data-name="Points" class="number">{Shown.Points(factor.Contribution)}</td><td data-name="At most" class="number">{factor.Weight}</td><td>{Shown.Text(factor.Reason)}</td></tr>
            """))}
        </tbody>
        </table>
        </div>
        {Html.Where(check.WayDown, WayDown)}
        """);

    private static Html WayDown(WayDown down) => Html.Of($"""
        <h3>The way down</h3>
        <p>{(down.Reachable
            ? Html.Of($"With these changes the score would be {down.ScoreAfter}, and {down.Target} or less needs no CAB:")
            : Html.Of($"Nothing that the submitter can change brings it to {down.Target}; with all of this it would be {down.ScoreAfter}:"))}</p>
        <ul>
        {Html.All(down.Steps, step => Html.Of($"<li>{Shown.Text(step.Change)} <span class=\"muted\">({Shown.Words(step.Factor)}, {string.Join(", ", step.EvidencePaths)})</span></li>"))}
        </ul>
        """);
}
