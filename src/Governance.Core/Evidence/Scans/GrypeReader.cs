using System.Text.Json;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Scans;

/// <summary>Reads Grype's JSON, old and new: related vulnerabilities are aliases, ignored matches are findings that somebody chose to leave out.</summary>
internal static class GrypeReader
{
    public static ScanReport? Read(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        var findings = new FindingList();
        DateTimeOffset? timestamp = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "matches" when !json.IsNull():
                    Matches(ref json, findings, ignored: false);
                    break;
                case "ignoredMatches" when !json.IsNull():
                    Matches(ref json, findings, ignored: true);
                    break;
                case "descriptor" when json.EnterObject():
                    while (json.NextProperty())
                    {
                        if (json.Name == "timestamp" && !json.IsNull())
                        {
                            timestamp = Rfc3339.TryParse(json.Text(), out var at) ? at : null;
                        }
                    }

                    break;
            }
        }

        return new("grype", timestamp, findings.ToImmutable());
    }

    private static void Matches(ref JsonCursor json, FindingList findings, bool ignored)
    {
        if (!json.EnterArray())
        {
            return;
        }

        while (json.NextItem())
        {
            if (Match(ref json, ignored) is { } finding)
            {
                findings.Add(finding);
            }
        }
    }

    private static ReportedFinding? Match(ref JsonCursor json, bool ignored)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        GrypeVulnerability? vulnerability = null;
        var related = new List<GrypeVulnerability>();
        PackageIdentity? package = null;
        string? reason = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "vulnerability":
                    vulnerability = GrypeVulnerability.Read(ref json);
                    break;
                case "relatedVulnerabilities" when !json.IsNull() && json.EnterArray():
                    while (json.NextItem())
                    {
                        if (related.Count == EvidenceLimits.Aliases)
                        {
                            JsonCursor.Refuse($"more than {EvidenceLimits.Aliases} related vulnerabilities");
                        }

                        related.AddIfRead(GrypeVulnerability.Read(ref json));
                    }

                    break;
                case "artifact":
                    package = Artifact(ref json);
                    break;
                case "appliedIgnoreRules" when !json.IsNull() && json.EnterArray():
                    while (json.NextItem())
                    {
                        reason ??= Reason(ref json);
                    }

                    break;
            }
        }

        if (vulnerability is null || package is null)
        {
            json.Error("needs a vulnerability with id and an artifact with name");
            return null;
        }

        var (severity, word, score) = Rate(vulnerability, related);
        return new(vulnerability.Id, [.. related.Select(r => r.Id).Where(id => id != vulnerability.Id).Distinct(StringComparer.Ordinal)], severity, package.Value)
        {
            Word = word,
            Score = score,
            FixedIn = vulnerability.FixedIn,
            Claim = ignored ? new(VexStatus.NotAffected, reason) : null,
        };
    }

    /// <summary>The match's own word; without one its best score, then the related ones' scores and words.</summary>
    private static (Severity Severity, string? Word, string? Score) Rate(GrypeVulnerability vulnerability, List<GrypeVulnerability> related)
    {
        var own = SeverityScale.OfWord(vulnerability.Word);
        if (own != Severity.Unknown)
        {
            return (own, vulnerability.Word, vulnerability.Score.Text);
        }

        GrypeVulnerability[] all = [vulnerability, .. related];
        var scored = all.FirstOrDefault(v => v.Score.Severity != Severity.Unknown);
        if (scored is not null)
        {
            return (scored.Score.Severity, vulnerability.Word, scored.Score.Text);
        }

        var worded = related.MaxBy(r => SeverityScale.OfWord(r.Word));
        return (SeverityScale.OfWord(worded?.Word), worded?.Word ?? vulnerability.Word, null);
    }

    private static PackageIdentity? Artifact(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        string? name = null, version = null, type = null, purl = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "name":
                    name = json.OptionalIdentifier();
                    break;
                case "version":
                    version = json.OptionalIdentifier();
                    break;
                case "type":
                    type = json.OptionalIdentifier();
                    break;
                case "purl":
                    purl = json.OptionalIdentifier();
                    break;
            }
        }

        // Distribution packages need the distribution for their identity, which the type alone does not name.
        return name is null ? null
            : purl is null && type is not ("deb" or "rpm" or "apk") ? PackageIdentity.OfEcosystem(type, name, version)
            : PackageIdentity.Of(purl, name, version);
    }

    private static string? Reason(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        string? reason = null, justification = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "reason":
                    reason = json.Text();
                    break;
                case "vex-justification":
                    justification = json.Text();
                    break;
            }
        }

        return VexReason.Kept(justification, reason);
    }
}
