using Governance.LoadTests.Faults;

namespace Governance.ReliabilityTests;

public sealed class KillingTheApp
{
    [Fact]
    public async Task Ten_kills_while_two_hundred_deployments_run_lose_double_or_reorder_nothing()
    {
        var report = await FaultRun.Run(FaultPlan.Kills(10, 200, seed: 20260301).Hurried, TestContext.Current.SendDiagnosticMessage);

        Assert.Empty(report.Failures);
        Assert.Empty(report.Check.Violations);
        Assert.Equal((10, 200), (report.Restarts.Count, report.Check.Deployments));
        Assert.InRange(report.LeastUnderWay, 1, 200);
    }
}
