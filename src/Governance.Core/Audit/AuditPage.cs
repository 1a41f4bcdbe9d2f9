using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Evidence;

namespace Governance.Core.Audit;

/// <summary>What the page of a bundle shows; all of it is in the bundle's other files.</summary>
/// <param name="Manifest">Without its files.</param>
/// <param name="State">As the events lead to it; null where they lead to none.</param>
/// <param name="Events">All events, in order.</param>
/// <param name="Packs">The packs that the events name, as the store has them.</param>
/// <param name="Anchor">The anchor that covers the last anchored event; null for none.</param>
public sealed record AuditPageFacts(
    BundleManifest Manifest, DeploymentState? State, IReadOnlyList<EventEnvelope> Events, IReadOnlyList<(EvidenceFacts Facts, IReadOnlyList<PackFile> Files)> Packs, Anchor? Anchor);

/// <summary>
/// The page for people: one file without scripts, pictures or addresses. The same facts always give the same bytes, so that a verifier recomputes it. Every text is foreign:
/// what acts on a reader's eye is shown as its code, and what acts on a browser is escaped.
/// </summary>
public static class AuditPage
{
    private const int LongestText = 20_000;

    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the page, UTF-8.</summary>
    public static byte[] Write(AuditPageFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var page = new StringBuilder(16 * 1024);
        var title = facts.State is { } named ? $"{named.Request.AppName} {named.Request.Version}" : facts.Manifest.CorrelationId.ToString();
        page.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
            .Append(CultureInfo.InvariantCulture, $"<title>Audit bundle: {Text(title)}</title>\n")
            .Append("<style>body{font:15px/1.5 sans-serif;margin:2em auto;max-width:70em;padding:0 1em}table{border-collapse:collapse;width:100%}")
            .Append("th,td{border:1px solid #bbb;padding:.3em .6em;text-align:left;vertical-align:top}code,pre{font-size:12px;overflow-wrap:anywhere;white-space:pre-wrap}</style>\n</head><body>\n")
            .Append(CultureInfo.InvariantCulture, $"<h1>{Text(title)}</h1>\n");
        Summary(page, facts);
        Decision(page, facts.State);
        Log(page, facts);
        Evidence(page, facts);
        Proof(page, facts);
        return Encoding.UTF8.GetBytes(page.Append("</body></html>\n").ToString());
    }

    private static void Summary(StringBuilder page, AuditPageFacts facts)
    {
        Begin(page, "Deployment");
        Row(page, "Correlation id", facts.Manifest.CorrelationId.ToString());
        if (facts.State is { } state)
        {
            Row(page, "Status", state.Status.WireName());
            Row(page, "Rings", $"{state.Request.StartRing.WireName()} to {state.Request.TargetRing.WireName()}; published: {Joined(state.Rings.Select(ring => ring.Ring.WireName()))}");
            Row(page, "Submitted by", state.Request.Submitter.ToString());
            Row(page, "Created", UtcTimestampConverter.Format(state.CreatedAt));
        }

        Row(page, "Bundle made", $"{UtcTimestampConverter.Format(facts.Manifest.MadeAt)} for {facts.Manifest.MadeBy}");
        End(page);
    }

    private static void Decision(StringBuilder page, DeploymentState? state)
    {
        if (state?.Check is not { } check)
        {
            return;
        }

        Begin(page, "Decision");
        Row(page, "Risk", string.Create(CultureInfo.InvariantCulture, $"{check.Score} of 100, model {check.Model.Version}"));
        foreach (var factor in check.Factors)
        {
            Row(page, factor.Name, string.Create(CultureInfo.InvariantCulture, $"{factor.Value / 100m:0.00} × {factor.Weight}: {factor.Reason} ({factor.EvidencePath})"));
        }

        Row(page, "Policy", Joined(check.Reasons));
        Row(page, "Approval", state.Approval is { } approval ? $"{approval.By}, {UtcTimestampConverter.Format(approval.At)}, of subject {approval.SubjectDigest}" : "none");
        foreach (var vote in state.Cab?.Votes ?? [])
        {
            Row(page, $"CAB vote, {vote.Voter}", $"{vote.Ballot}, {UtcTimestampConverter.Format(vote.At)}: {vote.Comments}");
        }

        End(page);
    }

    private static void Log(StringBuilder page, AuditPageFacts facts)
    {
        page.Append("<h2>Log</h2>\n<table><tr><th>#</th><th>When</th><th>Event</th><th>By</th><th>Hash and data</th></tr>\n");
        foreach (var each in facts.Events)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{each.Sequence}</td><td>{UtcTimestampConverter.Format(each.Timestamp)}</td><td>{Text(each.EventType)}</td><td>{Text(each.Actor.ToString())}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td><code>{each.Hash}</code><details><summary>data</summary><pre>{Text(Pretty(each.Data))}</pre></details></td></tr>\n");
        }

        End(page);
    }

    private static void Evidence(StringBuilder page, AuditPageFacts facts)
    {
        foreach (var (pack, files) in facts.Packs)
        {
            Begin(page, $"Evidence pack {pack.PackId}");
            Row(page, "About", $"{pack.AppName} {pack.Version}");
            Row(page, "Digest", pack.PackDigest.ToString());
            Row(page, "Stored", $"{UtcTimestampConverter.Format(pack.StoredAt)} by {pack.StoredBy}");
            Row(page, "Components", pack.Sbom is { } sbom ? string.Create(CultureInfo.InvariantCulture, $"{sbom.Components.Length} ({sbom.Format} {sbom.SpecVersion})") : "no SBOM");
            Row(page, "Findings", pack.Scan is { } scan
                ? string.Create(CultureInfo.InvariantCulture, $"{scan.Counts.Critical} critical, {scan.Counts.High} high, {scan.Counts.Medium} medium, {scan.Counts.Low} low, {scan.Counts.Unknown} unknown; {scan.Suppressed.Length} set aside")
                : "no scan");
            Row(page, "Provenance", pack.Provenance?.Verdict.ToString() ?? "none");
            foreach (var file in files)
            {
                Row(page, $"File ({file.Kind})", string.Create(CultureInfo.InvariantCulture, $"{file.Sha256}, {file.SizeBytes} bytes{(file.Kind == "artifact" ? "; not in the bundle" : string.Empty)}"));
            }

            End(page);
        }
    }

    private static void Proof(StringBuilder page, AuditPageFacts facts)
    {
        Begin(page, "Proof");
        Row(page, "Last event", string.Create(CultureInfo.InvariantCulture, $"{facts.Manifest.Sequence}, hash {facts.Manifest.HeadHash}"));
        Row(page, "Anchor", facts.Anchor is { } anchor
            ? string.Create(CultureInfo.InvariantCulture, $"{anchor.Number} of {UtcTimestampConverter.Format(anchor.At)}, root {anchor.Root}; covers the log up to event {facts.Manifest.AnchoredSequence}")
            : "none yet");
        Row(page, "Not anchored yet", Joined(facts.Manifest.NotAnchored.Select(sequence => sequence.ToString(CultureInfo.InvariantCulture))));
        End(page);
        page.Append("<p>Check this bundle without any connection: <code>dotnet run --project src/Governance.Local -- verify bundle.zip</code>. ")
            .Append("A bundle alone cannot prove what its maker left out: take a later anchor from elsewhere and add <code>--anchor file</code>.</p>\n");
    }

    private static void Begin(StringBuilder page, string title) => page.Append(CultureInfo.InvariantCulture, $"<h2>{Text(title)}</h2>\n<table>\n");

    private static void Row(StringBuilder page, string name, string value) =>
        page.Append(CultureInfo.InvariantCulture, $"<tr><th>{Text(name)}</th><td>{Text(value)}</td></tr>\n");

    private static void End(StringBuilder page) => page.Append("</table>\n");

    private static string Joined(IEnumerable<string> texts) => string.Join("; ", texts.DefaultIfEmpty("none"));

    // Lines stay lines; everything else that acts on the eye is shown as its code, and then nothing is left that is markup.
    private static string Text(string foreign) =>
        string.Join('\n', Shown.Cut(foreign, LongestText).Split('\n').Select(line => HtmlEncoder.Default.Encode(Shown.Readable(line))));

    private static string Pretty(JsonElement data)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Indented))
        {
            data.WriteTo(json);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
