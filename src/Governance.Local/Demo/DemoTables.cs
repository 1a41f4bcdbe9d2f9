using System.Text.Json.Nodes;

namespace Governance.Local.Demo;

/// <summary>Tables for a terminal.</summary>
internal static class DemoTables
{
    /// <summary>The risk with every factor's reason, and the way down.</summary>
    internal static void Risk(TextWriter output, JsonObject risk)
    {
        output.WriteLine($"Risk {risk["score"]} of 100 → {risk["outcome"]}");
        foreach (var factor in risk["factors"]!.AsArray())
        {
            output.WriteLine($"  {factor!["name"],-24} {factor["value"]!.GetValue<decimal>(),5:0.00} × {factor["weight"],2} = {factor["contribution"]!.GetValue<decimal>(),5:0.0}  {factor["reason"]}");
        }

        if (risk["way_down"] is not { } down)
        {
            return;
        }

        output.WriteLine($"Way down to {down["target"]}: {(down["reachable"]!.GetValue<bool>() ? "reachable" : "out of reach")}, {down["score_after"]} after");
        foreach (var step in down["steps"]!.AsArray())
        {
            output.WriteLine($"  {step!["change"]}  ({step["evidence_paths"]!.ToJsonString()})");
        }
    }

    /// <summary>What was read out of a pack, and what is there of what the rings need.</summary>
    internal static void Evidence(TextWriter output, JsonObject stored)
    {
        var counts = stored["scan_summary"]!["counts"]!;
        output.WriteLine($"  SBOM: {stored["sbom"]!["components"]} components; scans: {counts["critical"]} critical, {counts["high"]} high, {counts["medium"]} medium, {counts["low"]} low");
        foreach (var state in stored["completeness"]!.AsArray().GroupBy(item => item!["state"]!.GetValue<string>()))
        {
            var items = state.Select(item => state.Key == "present" ? $"{item!["item"]}" : $"{item!["item"]} (needed for {item["needed_for"]})").Distinct();
            output.WriteLine($"  {state.Key}: {string.Join(", ", items)}");
        }
    }

    /// <summary>The log.</summary>
    internal static void Events(TextWriter output, JsonArray events)
    {
        output.WriteLine($"{"#",3}  {"event",-26} {"actor",-42} hash");
        foreach (var each in events)
        {
            output.WriteLine($"{each!["sequence"],3}  {each["event_type"],-26} {each["actor"],-42} {each["hash"]!.GetValue<string>()[..16]}…");
        }
    }
}
