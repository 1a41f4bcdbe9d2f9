using System.Text.Json;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Scans;

/// <summary>Reads Trivy's own JSON, schema version 2. Lists that are missing, null or empty all mean "nothing found".</summary>
internal static class TrivyReader
{
    public static ScanReport? Read(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        var findings = new FindingList();
        DateTimeOffset? createdAt = null;
        var others = 0;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "SchemaVersion" when json.Integer(0, int.MaxValue) is { } version && version != 2:
                    json.Error("only schema version 2 is accepted");
                    break;
                case "CreatedAt":
                    createdAt = json.Timestamp();
                    break;
                case "Results" when !json.IsNull() && json.EnterArray():
                    while (json.NextItem())
                    {
                        others += Result(ref json, findings);
                    }

                    break;
            }
        }

        return new("trivy", createdAt, findings.ToImmutable()) { OtherFindings = others };
    }

    /// <returns>How many secrets and failed configuration checks the result holds.</returns>
    private static int Result(ref JsonCursor json, FindingList findings)
    {
        if (!json.EnterObject())
        {
            return 0;
        }

        string? type = null;
        var others = 0;
        var found = new List<TrivyVulnerability>();
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "Type":
                    type = json.OptionalIdentifier();
                    break;
                case "Vulnerabilities" when !json.IsNull() && json.EnterArray():
                    while (json.NextItem())
                    {
                        found.AddIfRead(TrivyVulnerability.Read(ref json));
                    }

                    break;
                case "ExperimentalModifiedFindings" when !json.IsNull() && json.EnterArray():
                    while (json.NextItem())
                    {
                        found.AddIfRead(Modified(ref json));
                    }

                    break;
                case "Secrets" when !json.IsNull() && json.EnterArray():
                    while (json.NextItem())
                    {
                        others++;
                    }

                    break;
                case "Misconfigurations" when !json.IsNull() && json.EnterArray():
                    while (json.NextItem())
                    {
                        others += IsFailure(ref json) ? 1 : 0;
                    }

                    break;
            }
        }

        // The type may come after the list that needs it.
        foreach (var vulnerability in found)
        {
            findings.Add(vulnerability.ToFinding(type));
        }

        return others;
    }

    private static bool IsFailure(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return false;
        }

        string? status = null;
        while (json.NextProperty())
        {
            if (json.Name == "Status")
            {
                status = json.OptionalIdentifier();
            }
        }

        return status == "FAIL";
    }

    /// <summary>A finding that Trivy was told to leave out, by an ignore file or VEX; null for what is no vulnerability.</summary>
    private static TrivyVulnerability? Modified(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        string? type = null, status = null, statement = null;
        TrivyVulnerability? finding = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "Type":
                    type = json.OptionalIdentifier();
                    break;
                case "Status":
                    status = json.OptionalIdentifier();
                    break;
                case "Statement":
                    statement = json.Text();
                    break;
                case "Finding" when json.Kind == JsonTokenType.StartObject:
                    finding = TrivyVulnerability.Read(ref json, required: false);
                    break;
            }
        }

        return type == "vulnerability" && finding is not null
            ? finding with { Claim = new(status == "fixed" ? VexStatus.Fixed : VexStatus.NotAffected, VexReason.Kept(null, statement)) }
            : null;
    }
}
