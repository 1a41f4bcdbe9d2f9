using System.Text.Json;
using Governance.LoadTests.Load;
using Governance.LoadTests.Reports;

namespace Governance.ReliabilityTests.Load;

/// <summary>Scenario 1 for ten seconds, on a stack of processes of its own.</summary>
public sealed class SmokeOfScenarioOne
{
    [Fact]
    public async Task A_hundred_publishers_are_served_without_a_failure_and_the_store_is_what_they_were_answered()
    {
        using var output = new StringWriter();
        var report = await LoadCommand.Run(LoadOptions.Smoke, new(output, terminal: false));

        var scenario = Assert.Single(report.Scenarios);
        Assert.Empty(scenario.Failures);
        Assert.Empty(scenario.Store.Problems);
        Assert.True(report.Sound);
        Assert.Equal(["create", "get", "list"], scenario.Kinds.Select(kind => kind.Kind));
        Assert.True(scenario.Store.Created >= scenario.Kinds[0].Served, "Fewer deployments are in the store than were answered for.");
        Assert.Equal((0.0, 1.0), (scenario.Kinds[0].Queries, scenario.Kinds[0].Writes));
        Assert.Contains("All as it must be.", MarkdownReport.Of(report), StringComparison.Ordinal);
        var json = JsonSerializer.SerializeToElement(report, ReportJson.Default.LoadReport);
        Assert.Equal(scenario.Served, json.GetProperty("scenarios")[0].GetProperty("served").GetInt32());
    }
}
