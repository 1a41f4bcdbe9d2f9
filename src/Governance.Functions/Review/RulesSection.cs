using Governance.Core;
using Governance.Core.Policy;
using Governance.Functions.Pages;

namespace Governance.Functions.Review;

/// <summary>What the rules said and which evidence is missing.</summary>
internal static class RulesSection
{
    internal static Html Write(ReviewFile file) => file.State.Check is not { } check ? Html.Empty : Html.Of($"""
        <h2>Rules and completeness</h2>
        <div class="wide">
        <table class="cards">
        <caption>Policy set {check.PolicySet.Version}, rules that did not hold first</caption>
        <thead><tr><th scope="col">Rule</th><th scope="col">Result</th><th scope="col">Effect</th><th scope="col">Reason</th></tr></thead>
        <tbody>
        {Html.All(check.Rules.OrderByDescending(rule => rule.Fails).ThenByDescending(rule => rule.Effect), rule => Html.Of($"""
            <tr><th scope="row">{Shown.Text(rule.Title)}</th><td><span class="{(rule.Fails ? "bad" : "muted")}">{Result(rule)}</span></td><td data-name="Effect">{Shown.Words(rule.Effect.ToString())}</td><td>{Shown.Text(rule.Reason)}{Exceptions(rule)}</td></tr>
            """))}
        </tbody>
        </table>
        </div>
        {Missing(check, file.State.Request.TargetRing)}
        """);

    private static string Result(RuleResult rule) => rule.Result switch { RuleOutcome.Pass => "holds", RuleOutcome.Fail => "does not hold", _ => "not applicable" };

    private static Html Exceptions(RuleResult rule) => rule.ExceptionIds.Count == 0
        ? Html.Empty
        : Html.Of($""" <span class="muted">Rests on exception {string.Join(", ", rule.ExceptionIds)}.</span>""");

    private static Html Missing(PolicyCheckResult check, Ring target)
    {
        var missing = check.Completeness.MissingFor(target).ToList();
        return missing.Count == 0 ? Html.Of($"<p>The evidence is complete for {target.WireName()}.</p>") : Html.Of($"""
            <h3>Missing evidence</h3>
            <ul>
            {Html.All(missing, item => Html.Of($"<li>{Shown.Words(item.Item)}, needed from {item.NeededFor.WireName()}: {Shown.Text(item.Reason)}</li>"))}
            </ul>
            """);
    }
}
