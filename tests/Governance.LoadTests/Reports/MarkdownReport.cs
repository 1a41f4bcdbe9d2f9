using System.Globalization;
using System.Text;

namespace Governance.LoadTests.Reports;

/// <summary>The report for people, as it can be pasted into docs/performance.md.</summary>
internal static class MarkdownReport
{
    internal static string Of(LoadReport report)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{report.At:yyyy-MM-dd HH:mm} UTC, {report.Machine}, {report.Cores} cores, {report.Runtime}, {report.Target}.");
        text.AppendLine();
        Summary(text, report);
        foreach (var scenario in report.Scenarios)
        {
            text.AppendLine();
            One(text, scenario);
        }

        return text.ToString();
    }

    private static void Summary(StringBuilder text, LoadReport report)
    {
        text.AppendLine("| scenario | requests/s | p50 | p95 | p99 | longest | failed | turned away | most retries | target | met |");
        text.AppendLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var each in report.Scenarios)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {each.Number} — {each.Title} | {each.PerSecond:0.0} | {Row(each.Times)} | {each.Failed} | {each.Refused} | {each.MostRetries} | {Target(each)} | {(each.Met && each.Failed == 0 ? "yes" : "**no**")} |");
        }
    }

    private static void One(StringBuilder text, ScenarioReport scenario)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"**Scenario {scenario.Number}**, {scenario.Seconds:0} s after {scenario.WarmUpSeconds:0} s of warm-up, seed {scenario.Seed}. Milliseconds from when each request was due.");
        text.AppendLine();
        text.AppendLine("| request | served | /s | p50 | p95 | p99 | longest | turned away | reads, queries, writes each |");
        text.AppendLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var kind in scenario.Kinds)
        {
            var trips = kind.Reads is null ? "—" : string.Create(CultureInfo.InvariantCulture, $"{kind.Reads:0.00}, {kind.Queries:0.00}, {kind.Writes:0.00}");
            text.AppendLine(CultureInfo.InvariantCulture, $"| {kind.Kind} | {kind.Served} | {kind.PerSecond:0.0} | {Row(kind.Times)} | {kind.Refused} | {trips} |");
        }

        Way(text, "all, with what users did not ask while they waited", scenario.Filled);
        Way(text, "all, from when they were first due, times turned away included", scenario.Whole);
        Way(text, "sent late by the virtual users, part of the above", scenario.SentLate);
        text.AppendLine();
        text.AppendLine("| process | processor | memory before → after (most) |");
        text.AppendLine("|---|---|---|");
        foreach (var process in scenario.Processes)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {process.Name} | {process.CpuPercent:0} % of a core | {process.MemoryBefore:0} → {process.MemoryAfter:0} MB ({process.MemoryMost:0}) |");
        }

        text.AppendLine();
        if (scenario.Bare is { } bare)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"Storage by itself at this fill, 16 at once: {bare.PerSecond:0} transactions/s, p50 {bare.Times.P50:0.0} ms, p99 {bare.Times.P99:0.0} ms; requests/s are {100 * bare.Rate:0} % of that, p99 {bare.P99:0.0} × theirs.");
        }

        var store = scenario.Store;
        text.AppendLine(CultureInfo.InvariantCulture, $"Store: {store.Created} created, {store.Heads} with a log, {store.Listed} listed, {store.Logged} in the list of events, {store.Pending} of {store.Awaiting} waiting for the CAB; {store.Events} events recomputed; follow-up work ended {store.SettlingSeconds:0.0} s after the last answer. {(store.Holds ? "All as it must be." : $"**{store.Wrong} things are wrong:**")}");
        Lines(text, store.Problems);
        if (scenario.Failed > 0)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"**{scenario.Failed} requests failed:**");
            Lines(text, scenario.Failures);
        }
    }

    private static void Lines(StringBuilder text, IReadOnlyList<string> lines)
    {
        foreach (var line in lines)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {line}");
        }
    }

    private static void Way(StringBuilder text, string what, Times? times) => text.AppendLine(CultureInfo.InvariantCulture, $"| *{what}* | | | {Row(times)} | | |");

    private static string Row(Times? times) =>
        times is null ? "— | — | — | —" : string.Create(CultureInfo.InvariantCulture, $"{times.P50:0.0} | {times.P95:0.0} | {times.P99:0.0} | {times.Max:0}");

    private static string Target(ScenarioReport scenario) => string.Join(", ", new[]
    {
        scenario.TargetP50 is { } p50 ? string.Create(CultureInfo.InvariantCulture, $"p50 < {p50:0} ms") : null,
        scenario.TargetP99 is { } p99 ? string.Create(CultureInfo.InvariantCulture, $"p99 < {p99:0} ms") : null,
    }.OfType<string>());
}
