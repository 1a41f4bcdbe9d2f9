using Governance.Core;
using Governance.Core.Cab;
using Governance.Functions.Pages;

namespace Governance.Functions.Review;

/// <summary>What is different from what was approved last of the same app.</summary>
internal static class DifferenceSection
{
    internal static Html Write(ReviewFile file) => file.Comparison is not { } comparison
        ? Html.Of($"""<h2 id="changes">What changed</h2><p>No other deployment of this app stands approved, so there is nothing to compare with.</p>""")
        : Html.Of($"""
            <h2 id="changes">What changed since {Shown.Text(comparison.Before.Version)}</h2>
            <p>Compared with <a href="/review/{comparison.Before.Id}">{Shown.Text(comparison.Before.Version)}</a>, approved {Shown.At(comparison.Before.At)}. The score was {comparison.ScoreBefore} and is {comparison.Score}.{(comparison.SamePackage ? Html.Of($" The package is the same, byte for byte.") : Html.Empty)}</p>
            {Factors(comparison)}
            {List("Scope", comparison.Scope.Count, comparison.Scope, Shown.Text, "The same rings, groups and devices.")}
            {Html.Where(comparison.Components, Components)}
            {Html.Where(comparison.Findings, Findings)}
            """);

    private static Html Factors(VersionComparison comparison) => comparison.Factors.Count == 0 ? Html.Of($"<p>Every factor of the risk is the same.</p>") : Html.Of($"""
        <div class="wide">
        <table class="cards">
        <caption>Factors of the risk that changed</caption>
        <thead><tr><th scope="col">Factor</th><th scope="col" class="number">Before</th><th scope="col" class="number">Now</th><th scope="col" class="number">Change</th><th scope="col">Reason now</th></tr></thead>
        <tbody>
        {Html.All(comparison.Factors, factor => Html.Of($"""
            <tr><th scope="row">{Shown.Words(factor.Name)}</th><td data-name="Before" class="number">{Shown.Points(factor.Before)}</td><td data-name="Now" class="number">{Shown.Points(factor.Now)}</td><td data-name="Change" class="number"><span class="{(factor.Now > factor.Before ? "bad" : "good")}">{Shown.Change(factor.Now - factor.Before)}</span></td><td>{Shown.Text(factor.Reason)}</td></tr>
            """))}
        </tbody>
        </table>
        </div>
        """);

    private static Html Components(ComponentChanges changes) => Html.Of($"""
        {List("New components", changes.AddedCount, changes.Added, Named, "No component is new.")}
        {List("Components in another version", changes.ChangedCount, changes.Changed, change => Html.Of($"{Shown.Text(change.Name)} {Shown.Text(change.Before)} → {Shown.Text(change.Now)}"), "No component has another version.")}
        {List("Components that are gone", changes.RemovedCount, changes.Removed, Named, "No component is gone.")}
        """);

    private static Html Findings(FindingChanges changes) => Html.Of($"""
        {List("New findings", changes.AddedCount, changes.Added, Found, "No finding is new.")}
        {List("Findings that are gone", changes.ResolvedCount, changes.Resolved, Found, "No finding is gone.")}
        """);

    private static Html Named(NamedVersion component) => Html.Of($"{Shown.Text(component.Name)} {Shown.Text(component.Version)}");

    private static Html Found(NamedFinding finding) =>
        Html.Of($"""<span class="{Shown.SeverityClass(finding.Severity)}">{Shown.Words(finding.Severity.ToString())}</span> {Shown.Text(finding.Id)} in {Shown.Text(finding.Package)}""");

    private static Html List<T>(string title, int count, EquatableArray<T> items, Func<T, Html> write, string none)
        where T : notnull => count == 0
        ? Html.Of($"<h3>{title}</h3><p>{none}</p>")
        : Html.Of($"""
            <h3>{title}: {count}</h3>
            <ul>{Html.All(items, item => Html.Of($"<li>{write(item)}</li>"))}</ul>
            {(count > items.Count ? Html.Of($"<p class=\"muted\">The first {items.Count} are shown.</p>") : Html.Empty)}
            """);
}
