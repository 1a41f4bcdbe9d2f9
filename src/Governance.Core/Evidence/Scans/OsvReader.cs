using System.Globalization;
using System.Text.Json;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Scans;

/// <summary>Reads OSV-Scanner's JSON. Its groups already bring the records of one vulnerability together: each group is one finding.</summary>
internal static class OsvReader
{
    public static ScanReport? Read(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        var findings = new FindingList();
        while (json.NextProperty())
        {
            if (json.Name == "results" && !json.IsNull() && json.EnterArray())
            {
                while (json.NextItem())
                {
                    Result(ref json, findings);
                }
            }
        }

        return new("osv-scanner", null, findings.ToImmutable());
    }

    private static void Result(ref JsonCursor json, FindingList findings)
    {
        if (!json.EnterObject())
        {
            return;
        }

        while (json.NextProperty())
        {
            if (json.Name == "packages" && !json.IsNull() && json.EnterArray())
            {
                while (json.NextItem())
                {
                    Package(ref json, findings);
                }
            }
        }
    }

    private static void Package(ref JsonCursor json, FindingList findings)
    {
        if (!json.EnterObject())
        {
            return;
        }

        PackageIdentity? package = null;
        var name = string.Empty;
        var records = new Dictionary<string, OsvRecord>(StringComparer.Ordinal);
        var groups = new List<OsvGroup>();
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "package":
                    package = Identity(ref json, out name);
                    break;
                case "vulnerabilities" when !json.IsNull() && json.EnterArray():
                    while (json.NextItem())
                    {
                        if (OsvRecord.Read(ref json) is { } record)
                        {
                            records.TryAdd(record.Id, record);
                        }
                    }

                    break;
                case "groups" when !json.IsNull() && json.EnterArray():
                    while (json.NextItem())
                    {
                        groups.AddIfRead(OsvGroup.Read(ref json));
                    }

                    break;
            }
        }

        if (package is null)
        {
            if (records.Count > 0)
            {
                json.Error("needs a package");
            }

            return;
        }

        foreach (var group in groups)
        {
            var ofGroup = group.Ids.Where(records.ContainsKey).Select(id => records[id]).ToList();
            findings.Add(group.ToFinding(package.Value, name, ofGroup));
            group.Ids.ForEach(id => records.Remove(id));
        }

        // Records that no group names, as older reports have them.
        foreach (var record in records.Values)
        {
            findings.Add(new OsvGroup([record.Id], [], null, null).ToFinding(package.Value, name, [record]));
        }
    }

    private static PackageIdentity? Identity(ref JsonCursor json, out string name)
    {
        name = string.Empty;
        if (!json.EnterObject())
        {
            return null;
        }

        string? version = null, ecosystem = null, commit = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "name":
                    name = json.OptionalIdentifier() ?? string.Empty;
                    break;
                case "version":
                    version = json.OptionalIdentifier();
                    break;
                case "ecosystem":
                    ecosystem = json.OptionalIdentifier();
                    break;
                case "commit":
                    commit = json.OptionalIdentifier();
                    break;
            }
        }

        // Source that was recognised by its commit has no name.
        return name.Length > 0 ? PackageIdentity.OfEcosystem(ecosystem, name, version) : PackageIdentity.Named("git", commit);
    }
}

/// <summary>Records that speak of one vulnerability.</summary>
/// <param name="Ids">In canonical spelling; at least one.</param>
/// <param name="MaxSeverity">The highest score, a number in text.</param>
/// <param name="Claim">What call analysis says.</param>
internal sealed record OsvGroup(List<string> Ids, List<string> Aliases, string? MaxSeverity, VexClaim? Claim)
{
    public static OsvGroup? Read(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        List<string> ids = [], aliases = [];
        string? max = null;
        VexClaim? claim = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "ids" when !json.IsNull():
                    ids = IdList.Read(ref json);
                    break;
                case "aliases" when !json.IsNull():
                    aliases = IdList.Read(ref json);
                    break;
                case "max_severity":
                    max = json.OptionalIdentifier();
                    break;
                case "experimental_analysis" or "experimentalAnalysis" when json.Kind == JsonTokenType.StartObject:
                    claim = Analysis(ref json);
                    break;
            }
        }

        if (ids.Count > 0)
        {
            return new(ids, aliases, max, claim);
        }

        json.Error("needs ids");
        return null;
    }

    /// <summary>The group's finding: the stated highest score, else the records' own scores and words.</summary>
    public ReportedFinding ToFinding(PackageIdentity package, string name, List<OsvRecord> records)
    {
        var fixedIn = records.SelectMany(r => r.FixedIn(name)).Distinct(StringComparer.Ordinal).ToList();
        var (severity, word, score) = Rate(records);
        return new(Ids[0], [.. Ids.Skip(1).Concat(Aliases).Concat(records.SelectMany(r => r.Aliases)).Where(a => a != Ids[0]).Distinct(StringComparer.Ordinal)], severity, package)
        {
            Word = word,
            Score = score,
            FixedIn = fixedIn.Count == 0 ? null : Shown.Cut(string.Join(", ", fixedIn), 200),
            Claim = Claim,
        };
    }

    private (Severity Severity, string? Word, string? Score) Rate(List<OsvRecord> records)
    {
        if (double.TryParse(MaxSeverity, NumberStyles.Float, CultureInfo.InvariantCulture, out var max) && SeverityScale.OfScore(max) is not Severity.Unknown and var band)
        {
            return (band, null, MaxSeverity);
        }

        var scored = records.Where(r => r.Score.Severity != Severity.Unknown).MaxBy(r => r.Score.Severity);
        var word = records.Select(r => r.Word).MaxBy(SeverityScale.OfWord);
        return scored is not null ? (scored.Score.Severity, word, scored.Score.Text) : (SeverityScale.OfWord(word), word, null);
    }

    // {"GO-2024-1": {"called": false}}: the code is there and nothing reaches it.
    private static VexClaim? Analysis(ref JsonCursor json)
    {
        VexClaim? claim = null;
        json.EnterObject();
        while (json.NextProperty())
        {
            if (json.Kind != JsonTokenType.StartObject)
            {
                continue;
            }

            json.EnterObject();
            while (json.NextProperty())
            {
                claim = (json.Name, json.Kind) switch
                {
                    ("called", JsonTokenType.False) => new(VexStatus.NotAffected, "the scanner's call analysis does not reach it"),
                    ("unimportant", JsonTokenType.True) => new(VexStatus.NotAffected, "the distribution calls it unimportant"),
                    _ => claim,
                };
            }
        }

        return claim;
    }
}
