using Governance.LoadTests.Faults;
using Governance.Local.Storage;

namespace Governance.ReliabilityTests;

/// <summary>One short round of each kind of trouble; the runs behind docs/reliability.md are the long ones.</summary>
public sealed class FaultsAllAround
{
    [Fact]
    public async Task Storage_that_stops_refuses_is_busy_and_loses_replies_costs_time_and_nothing_else()
    {
        var report = await Run(FaultPlan.Storage(1, TimeSpan.FromSeconds(6), 30, seed: 11));

        Assert.True(report.Met.GetValueOrDefault(StorageTrouble.LostReply) > 0, "No reply was lost: the run was too short to show anything.");
        Assert.True(report.Met.GetValueOrDefault(StorageTrouble.Doubled) > 0, "No request was doubled: the run was too short to show anything.");
    }

    [Fact]
    public async Task Graph_that_throttles_fails_drops_and_loses_replies_and_a_tenant_that_is_killed_lead_to_one_app_each()
    {
        var report = await Run(FaultPlan.Graph(1, TimeSpan.FromSeconds(1.5), 24, seed: 12));

        Assert.InRange(report.Check.Failed, 0, report.Check.Deployments / 2);
    }

    [Fact]
    public async Task A_clock_that_jumps_and_work_that_is_delivered_again_change_nothing()
    {
        var report = await Run(FaultPlan.Clock(1, 20, seed: 13));

        Assert.True(report.Redelivered > 0, "Nothing was delivered again: the run was too short to show anything.");
    }

    [Fact]
    public void The_page_keeps_what_was_written_by_hand()
    {
        const string Page = "# Reliability\n<!-- faults: begin, written by the command above -->\nold\n<!-- faults: end -->\n## Bad input\n";

        Assert.Equal(
            "# Reliability\n<!-- faults: begin, written by the command above -->\n\nnew\n\n<!-- faults: end -->\n## Bad input\n",
            ReliabilityPage.With(Page, "new\n"));
        Assert.Throws<InvalidDataException>(() => ReliabilityPage.With("# Reliability", "new"));
    }

    private static async Task<FaultReport> Run(FaultPlan plan)
    {
        var report = await FaultRun.Run(plan.Hurried, TestContext.Current.SendDiagnosticMessage);
        Assert.Empty(report.Failures);
        Assert.Empty(report.Check.Violations);
        Assert.Equal(plan.Journeys.Count, report.Check.Deployments);
        return report;
    }
}
