using System.Text;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Policy;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Local.Intune;
using Governance.Local.Stack;
using Governance.Testing;

namespace Governance.IntegrationTests.Rollout;

public sealed class RolloutThroughGraph(AzuriteFixture azurite)
{
    private static readonly Dictionary<Ring, int> Sizes = new()
    {
        [Ring.Lab] = 50,
        [Ring.Canary] = 450,
        [Ring.Pilot] = 4_500,
        [Ring.Department] = 15_000,
        [Ring.Global] = 35_000,
    };

    [Fact]
    public async Task Fifty_five_thousand_devices_report_through_Graph_and_large_rings_are_read_by_export()
    {
        // Two looks a ring, at its beginning and its end: how often is shown elsewhere.
        var gates = PromotionGates.Load(Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(PromotionGates.V1.Source.Span).Replace("\"per_observation\": 12", "\"per_observation\": 1", StringComparison.Ordinal))).OrThrow("the test's gates");
        await using var world = await RolloutWorld.Start(
            azurite,
            gates: gates,
            groups: [.. Sizes.Select(ring => new SimulatedGroup { Id = LocalStack.GroupOf(ring.Key), Name = ring.Key.WireName(), Devices = ring.Value, FailureRate = 0.002, OfflineRate = 0.02 })]);
        var id = await world.Submit(Ring.Global, plane: "INTUNE");

        var state = await world.RunUntil(id, now => now.Status == DeploymentStatus.Completed);

        Assert.Equal(Rings.All, state.Rings.Select(ring => ring.Ring));
        var figures = state.Rings.Skip(1).Select(ring => ring.Gate).Append(state.Rings[^1].CompletionGate).Select(gate => gate!.Figures!.Results).ToList();
        Assert.Equal(Sizes.Values, figures.Select(results => (int)results.Targeted));
        Assert.All(figures, results => Assert.InRange(results.Succeeded * 100, results.Targeted * 95, results.Targeted * 100));

        // Up to PILOT's first look no more than 500 devices report: those come in pages, all later ones as exports.
        var app = Assert.Single(world.Intune.Tenant.Apps);
        Assert.Equal(5, app.Assignments.Count);
        var calls = world.Intune.Journal.Entries.Where(call => call.Method == "POST").Select(call => call.Path).ToList();
        Assert.Contains(calls, path => path.EndsWith("retrieveDeviceAppInstallationStatusReport", StringComparison.Ordinal));
        Assert.InRange(calls.Count(path => path.EndsWith("exportJobs", StringComparison.Ordinal)), 5, 12);
        Assert.InRange(calls.Count(path => path.EndsWith("retrieveDeviceAppInstallationStatusReport", StringComparison.Ordinal)), 10, 60);
    }

    [Fact]
    public async Task A_breach_is_rolled_back_to_its_end_and_devices_that_have_not_followed_yet_are_still_told_to()
    {
        await using var world = await RolloutWorld.Start(
            azurite,
            groups: [.. Sizes.Select(ring => new SimulatedGroup { Id = LocalStack.GroupOf(ring.Key), Name = ring.Key.WireName(), Devices = ring.Value, FailureRate = ring.Key == Ring.Canary ? 0.2 : 0 })]);
        var id = await world.Submit(Ring.Global, plane: "INTUNE");

        var state = await world.RunUntil(id, now => now.Status is DeploymentStatus.RolledBack or DeploymentStatus.Completed or DeploymentStatus.Failed);

        Assert.Equal(DeploymentStatus.RolledBack, state.Status);
        Assert.Equal(
            ["DEPLOYMENT_CREATED", "POLICY_CHECK_COMPLETED", "DEPLOYMENT_PUBLISHED", "RING_PROMOTED", "ROLLBACK_STARTED", "DEPLOYMENT_ROLLED_BACK"],
            await world.Types(id));
        Assert.Equal(["uninstall", "uninstall"], Assert.Single(world.Intune.Tenant.Apps).Assignments.Select(assigned => assigned.Intent));
        var done = string.Join(' ', (await world.Log(id)).Select(each => each.Event).OfType<DeploymentRolledBack>().Single().Done);
        Assert.Matches("Uninstalled from LAB, CANARY.*keeps its uninstall assignment for [0-9]+ devices", done);
    }
}
