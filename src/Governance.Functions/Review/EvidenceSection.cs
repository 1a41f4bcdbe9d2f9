using System.Collections.Immutable;
using Governance.Core.Evidence;
using Governance.Functions.Pages;

namespace Governance.Functions.Review;

/// <summary>What it is made of and what is known against it.</summary>
internal static class EvidenceSection
{
    private const int MostFindings = 200;
    private const int MostComponents = 300;
    private const int MostLicenses = 100;

    internal static Html Write(ReviewFile file) => file.Facts is not { } facts
        ? Html.Of($"""<h2 id="evidence">Evidence</h2><p>No evidence is linked yet.</p>""")
        : Html.Of($"""
            <h2 id="evidence">Evidence</h2>
            <dl>
            <dt>Pack</dt><dd><code>{facts.PackId}</code>, stored {Shown.At(facts.StoredAt)} by {Shown.Person(facts.StoredBy)}</dd>
            {Html.Where(facts.Signature, signature => Html.Of($"<dt>Signature</dt><dd>{Words(signature.Status)} by {Shown.Text(signature.Publisher ?? "nobody named")} <span class=\"muted\">(a claim of the pipeline)</span></dd>"))}
            {Html.Where(facts.Provenance, provenance => Html.Of($"<dt>Provenance</dt><dd>{Shown.Words(provenance.Verdict.ToString())}: {Shown.Text(provenance.Reason)}</dd>"))}
            {Html.Where(facts.Tests, tests => Html.Of($"<dt>Tests</dt><dd>{tests.Passed:N0} passed, {tests.Failed:N0} failed, {tests.Skipped:N0} skipped</dd>"))}
            <dt>Rollback</dt><dd>{Rollback(facts.RollbackPlan)}</dd>
            {Html.Where(facts.BuildInfo, build => Html.Of($"<dt>Build</dt><dd>{Shown.Text(build.Builder)} {Shown.Text(build.Commit)} {Shown.Text(build.RunUrl)}</dd>"))}
            </dl>
            {Findings(facts.Scan)}
            {Components(facts.Sbom)}
            """);

    private static string Words<T>(T? value)
        where T : struct, Enum => value is { } word ? Shown.Words(word.ToString()) : "Not stated";

    private static Html Rollback(RollbackPlanFacts? plan) => plan is null
        ? Html.Of($"no plan")
        : Html.Of($"to {Shown.Text(plan.TargetVersion ?? "no version")}, {(plan.IsValidated ? "tried with success" : "not tried with success")}");

    private static Html Findings(ScanFacts? scan) => scan is null ? Html.Of($"<h3>Findings</h3><p>No scan was handed in.</p>") : Html.Of($"""
        <h3>Findings</h3>
        <p>{scan.Counts.Critical} critical, {scan.Counts.High} high, {scan.Counts.Medium} medium, {scan.Counts.Low} low, {scan.Counts.Informational + scan.Counts.Unknown} other; {scan.Suppressed.Length} set aside by VEX. {(scan.Scanners.Length == 0 ? Html.Empty : Html.Of($"Scanned by {Shown.Text(string.Join(", ", scan.Scanners))}."))}</p>
        {FindingTable(scan.Open)}
        """);

    private static Html FindingTable(ImmutableArray<Finding> findings) => findings.IsEmpty ? Html.Empty : Html.Of($"""
        <div class="wide">
        <table class="cards">
        <caption>{(findings.Length > MostFindings ? Html.Of($"The {MostFindings} worst of {findings.Length} findings") : Html.Of($"Open findings, worst first"))}</caption>
        <thead><tr><th scope="col">Finding</th><th scope="col">Severity</th><th scope="col">Package</th><th scope="col">Fixed in</th></tr></thead>
        <tbody>
        {Html.All(findings.Take(MostFindings), finding => Html.Of($"""
            <tr><th scope="row">{Shown.Text(finding.Id)}</th><td><span class="{Shown.SeverityClass(finding.Severity)}">{Shown.Words(finding.Severity.ToString())}</span></td><td>{Shown.Text(finding.Package)}</td><td data-name="Fixed in">{Shown.Text(FixedIn(finding))}</td></tr>
            """))}
        </tbody>
        </table>
        </div>
        """);

    private static string FixedIn(Finding finding) =>
        string.Join(", ", finding.Sources.Select(source => source.FixedIn).Where(version => !string.IsNullOrEmpty(version)).Distinct(StringComparer.Ordinal)) is { Length: > 0 } versions ? versions : "not known";

    private static Html Components(SbomFacts? sbom) => sbom is null ? Html.Of($"<h3>Components</h3><p>No SBOM was handed in.</p>") : Html.Of($"""
        <h3>Components and licences</h3>
        <p>{sbom.Components.Length:N0} components ({sbom.Format} {sbom.SpecVersion}), {sbom.Licenses.Length:N0} different licence texts.</p>
        <details><summary>Licences</summary>
        <ul>{Html.All(Licenses(sbom), license => Html.Of($"<li>{Shown.Text(license.Text)}: {license.Count:N0}</li>"))}</ul>
        </details>
        <details><summary>Components{(sbom.Components.Length > MostComponents ? Html.Of($" (the first {MostComponents})") : Html.Empty)}</summary>
        <div class="wide">
        <table>
        <caption>Components as the SBOM lists them</caption>
        <thead><tr><th scope="col">Name</th><th scope="col">Version</th><th scope="col">Licence</th></tr></thead>
        <tbody>
        {Html.All(sbom.Components.Take(MostComponents), component => Html.Of($"""
            <tr><th scope="row">{Shown.Text(component.Name)}</th><td>{Shown.Text(component.Version)}</td><td>{Shown.Text(string.Join(", ", component.Licenses))}</td></tr>
            """))}
        </tbody>
        </table>
        </div>
        </details>
        """);

    private static IEnumerable<(string Text, int Count)> Licenses(SbomFacts sbom) => sbom.Components
        .SelectMany(component => component.Licenses.IsEmpty ? ["none stated"] : component.Licenses)
        .GroupBy(text => text, StringComparer.Ordinal)
        .Select(group => (group.Key, Count: group.Count()))
        .OrderByDescending(license => license.Count).ThenBy(license => license.Key, StringComparer.Ordinal)
        .Take(MostLicenses);
}
