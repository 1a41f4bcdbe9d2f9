using System.Text.Json;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Scans;

/// <summary>One OSV record. Its <c>related</c> and <c>upstream</c> ids are no aliases: advisories of distributions bundle several vulnerabilities.</summary>
internal sealed record OsvRecord(string Id, List<string> Aliases, BestScore Score, string? Word, List<(string Package, string Version)> Fixes)
{
    /// <summary>Reads one.</summary>
    public static OsvRecord? Read(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        string? id = null, ubuntu = null, database = null;
        List<string> aliases = [];
        var score = new BestScore();
        var fixes = new List<(string, string)>();
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "id":
                    id = VulnerabilityId.Read(ref json);
                    break;
                case "aliases" when !json.IsNull():
                    aliases = IdList.Read(ref json);
                    break;
                case "severity" when json.Kind == JsonTokenType.StartArray:
                    json.EnterArray();
                    while (json.NextItem())
                    {
                        ubuntu = Rating(ref json, score) ?? ubuntu;
                    }

                    break;
                case "database_specific" when json.Kind == JsonTokenType.StartObject:
                    database = WordOf(ref json);
                    break;
                case "affected" when !json.IsNull() && json.EnterArray():
                    while (json.NextItem())
                    {
                        Affected(ref json, fixes);
                    }

                    break;
            }
        }

        if (id is not null)
        {
            return new(id, aliases, score, ubuntu ?? database, fixes);
        }

        json.Error("needs an id");
        return null;
    }

    /// <summary>The versions that mend a package.</summary>
    public IEnumerable<string> FixedIn(string package) => Fixes.Where(f => f.Package == package).Select(f => f.Version);

    /// <summary>Takes a score into account; gives the word, where the rating is one.</summary>
    private static string? Rating(ref JsonCursor json, BestScore best)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        string? type = null, score = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "type":
                    type = json.OptionalIdentifier();
                    break;
                case "score":
                    score = json.OptionalIdentifier();
                    break;
            }
        }

        var version = type switch { "CVSS_V2" => 2, "CVSS_V3" => 3, "CVSS_V4" => 4, _ => 0 };
        if (version > 0 && score is not null)
        {
            best.Add(version, CvssVector.BaseScore(score), score);
        }

        return type == "Ubuntu" ? score : null;
    }

    private static string? WordOf(ref JsonCursor json)
    {
        string? word = null;
        json.EnterObject();
        while (json.NextProperty())
        {
            if (json.Name == "severity" && json.Kind == JsonTokenType.String)
            {
                word = json.Text();
            }
        }

        return word;
    }

    private static void Affected(ref JsonCursor json, List<(string Package, string Version)> fixes)
    {
        if (!json.EnterObject())
        {
            return;
        }

        var name = string.Empty;
        var versions = new List<string>();
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "package" when json.Kind == JsonTokenType.StartObject:
                    json.EnterObject();
                    while (json.NextProperty())
                    {
                        name = json.Name == "name" ? json.OptionalIdentifier() ?? name : name;
                    }

                    break;
                case "ranges" when !json.IsNull() && json.EnterArray():
                    while (json.NextItem())
                    {
                        Range(ref json, versions);
                    }

                    break;
            }
        }

        fixes.AddRange(versions.Select(v => (name, v)));
    }

    private static void Range(ref JsonCursor json, List<string> versions)
    {
        if (!json.EnterObject())
        {
            return;
        }

        while (json.NextProperty())
        {
            if (json.Name != "events" || json.IsNull() || !json.EnterArray())
            {
                continue;
            }

            while (json.NextItem())
            {
                if (!json.EnterObject())
                {
                    continue;
                }

                while (json.NextProperty())
                {
                    if (json.Name == "fixed" && json.OptionalIdentifier() is { } version && versions.Count < EvidenceLimits.Aliases)
                    {
                        versions.Add(version);
                    }
                }
            }
        }
    }
}
