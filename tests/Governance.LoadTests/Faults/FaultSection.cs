using System.Globalization;
using System.Text;
using Governance.Local.Storage;

namespace Governance.LoadTests.Faults;

/// <summary>A run's section of docs/reliability.md.</summary>
internal static class FaultSection
{
    internal static string Of(FaultReport report)
    {
        var text = new StringBuilder();
        text.Append("### ").Append(Title(report.Plan.Name)).Append('\n');
        text.Append('\n');
        Line($"Seed {report.Plan.Seed}, {report.Check.Deployments} deployments, {report.Took.TotalSeconds:0} s in all.");
        text.Append('\n');
        text.Append("| | |\n|---|---|\n");
        foreach (var done in report.Plan.Steps.GroupBy(step => step is ChaosStep.TroubleStorage ? "storage requests in trouble for 8 s" : step is ChaosStep.JumpClock ? "jumps of the app's clock" : step is ChaosStep.RefuseStorage ? "storage refuses connections for 2 to 5 s" : step.Name))
        {
            Line($"| {done.Key} | {done.Count():N0} × |");
        }

        foreach (var met in report.Met.Where(met => met.Key != StorageTrouble.None).OrderBy(met => met.Key))
        {
            Line($"| storage requests {Said(met.Key)} | {met.Value:N0} of {report.Met.Values.Sum():N0} |");
        }

        if (report.Plan.Steps.Any(step => step is ChaosStep.KillApp { Redelivers: true }))
        {
            Line($"| follow-up work put back once it was gone | {report.Redelivered:N0} × |");
        }

        Line($"| calls that clients left in the middle | {report.HungUp:N0} |");
        Line($"| calls that clients had to repeat | {report.Repeats:N0} |");
        Line($"| deployments under way when something was done, at least | {report.LeastUnderWay} |");
        Line($"| longest time from a kill to a ready app | {report.Restarts.Longest.TotalSeconds:0.0} s |");
        Line($"| from the last fault to the end of the last deployment | {report.Settled.TotalSeconds:0} s |");
        Line($"| longest wait between two events of a deployment | {(report.Check.Waits is [var longest, ..] ? $"{longest.Time.TotalSeconds:0.0} s, {longest.From} to {longest.To}" : "none")} |");
        Line($"| deployments that came to the end their story has | {report.Check.Deployments - report.Failures.Count} of {report.Plan.Journeys.Count} |");
        if (report.Check.Failed > 0)
        {
            Line($"| of these, FAILED after the four attempts that a publish has | {report.Check.Failed} |");
        }

        Line($"| events checked, apps in the tenant | {report.Check.Events:N0}, {report.Check.Apps} |");
        Line($"| **violations** | **{report.Check.Violations.Count}** |");
        foreach (var wrong in report.Failures.Concat(report.Check.Violations.Select(violation => violation.ToString())))
        {
            text.Append('\n');
            text.Append("- ").Append(wrong).Append('\n');
        }

        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Title(string name) => name switch
    {
        "kills" => "Kills of the app",
        "storage" => "Storage in trouble",
        "graph" => "Graph in trouble, and kills of the tenant",
        "clock" => "A clock that jumps",
        _ => name,
    };

    private static string Said(StorageTrouble trouble) => trouble switch
    {
        StorageTrouble.Dropped => "dropped",
        StorageTrouble.Busy => "answered 503",
        StorageTrouble.LostReply => "carried out and never answered",
        StorageTrouble.Late => "answered too late",
        _ => "carried out twice",
    };
}
