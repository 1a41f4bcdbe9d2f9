using System.Text.Json;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Scans;

/// <summary>Reads SARIF 2.1.0: one report for each run. A run that has no results did not scan, which is not the same as finding nothing.</summary>
internal static class SarifReader
{
    public static IReadOnlyList<ScanReport> Read(ref JsonCursor json)
    {
        var reports = new List<ScanReport>();
        if (!json.EnterObject())
        {
            return reports;
        }

        while (json.NextProperty())
        {
            if (json.Name != "runs" || !json.EnterArray())
            {
                continue;
            }

            while (json.NextItem())
            {
                if (reports.Count == EvidenceLimits.SarifRuns)
                {
                    JsonCursor.Refuse($"more than {EvidenceLimits.SarifRuns} runs");
                }

                reports.AddIfRead(Run(ref json));
            }
        }

        if (reports.Count == 0)
        {
            json.Error("has no run that scanned anything");
        }

        return reports;
    }

    private static ScanReport? Run(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        var rules = new SarifRules();
        List<SarifResult>? results = null;
        DateTimeOffset? endedAt = null;
        var failed = false;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "tool":
                    rules.ReadTool(ref json);
                    break;
                case "results" when !json.IsNull() && json.EnterArray():
                    results = [];
                    while (json.NextItem())
                    {
                        if (results.Count == EvidenceLimits.SarifResults)
                        {
                            JsonCursor.Refuse($"more than {EvidenceLimits.SarifResults} results");
                        }

                        results.AddIfRead(SarifResult.Read(ref json));
                    }

                    break;
                case "invocations" when !json.IsNull() && json.EnterArray():
                    while (json.NextItem())
                    {
                        failed |= Invocation(ref json, ref endedAt);
                    }

                    break;
            }
        }

        if (rules.Tool is null)
        {
            json.Error("needs tool.driver.name");
            return null;
        }

        if (results is null || failed)
        {
            json.Error(failed ? "says that the scan failed" : "has no results, not even an empty list: nothing was scanned");
            return null;
        }

        return Report(rules, results, endedAt);
    }

    private static ScanReport Report(SarifRules rules, List<SarifResult> results, DateTimeOffset? endedAt)
    {
        var findings = new FindingList();
        var others = 0;
        foreach (var result in results)
        {
            var rule = rules.Of(result);
            if (!result.IsFailure)
            {
                continue;
            }

            if (rules.IsSecretScanner || rule?.IsOther == true)
            {
                others++;
                continue;
            }

            findings.Add(result.ToFinding(rule));
        }

        return new(rules.Tool!, endedAt, findings.ToImmutable()) { OtherFindings = others };
    }

    /// <returns>Whether the invocation failed.</returns>
    private static bool Invocation(ref JsonCursor json, ref DateTimeOffset? endedAt)
    {
        if (!json.EnterObject())
        {
            return false;
        }

        var failed = false;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "executionSuccessful":
                    failed = json.Kind == JsonTokenType.False;
                    break;
                case "endTimeUtc" when Rfc3339.TryParse(json.Text(), out var at):
                    endedAt = endedAt is null || at < endedAt ? at : endedAt;
                    break;
            }
        }

        return failed;
    }
}
