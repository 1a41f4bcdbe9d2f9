using System.Diagnostics;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Rollout;
using Governance.Testing;

namespace Governance.IntegrationTests.Rollout;

public sealed class MonthLongRollout(AzuriteFixture azurite)
{
    private static readonly Dictionary<Ring, string> Connectivity = new()
    {
        [Ring.Lab] = "online",
        [Ring.Canary] = "intermittent",
        [Ring.Pilot] = "online",
        [Ring.Department] = "air_gapped",
        [Ring.Global] = "air_gapped",
    };

    private static readonly Dictionary<Ring, int> ComplianceHours = new()
    {
        [Ring.Lab] = 24,
        [Ring.Canary] = 72,
        [Ring.Pilot] = 24,
        [Ring.Department] = 168,
        [Ring.Global] = 168,
    };

    [Fact]
    public async Task A_month_in_five_rings_and_55_000_devices_goes_gate_by_gate_as_worked_out_by_hand()
    {
        await using var world = await RolloutWorld.Start(azurite);
        world.Fleet.Rings[Ring.Lab] = new(50) { Failing = 1 };
        world.Fleet.Rings[Ring.Canary] = new(450) { Failing = 12, Offline = 20, CheckIn = TimeSpan.FromHours(60) };
        world.Fleet.Rings[Ring.Pilot] = new(4_500) { Failing = 40, Offline = 300, NotApplicable = 25, CheckIn = TimeSpan.FromHours(40) };
        world.Fleet.Rings[Ring.Department] = new(15_000) { Failing = 90, Offline = 500, NotApplicable = 100, CheckIn = TimeSpan.FromDays(12) };
        world.Fleet.Rings[Ring.Global] = new(35_000) { Failing = 200, Offline = 1_000, NotApplicable = 700, CheckIn = TimeSpan.FromDays(15) };
        var fleet = world.Fleet.Rings.ToDictionary();
        Assert.Equal(55_000, fleet.Values.Sum(ring => ring.All.Count));

        var watch = Stopwatch.StartNew();
        var id = await world.Submit(Ring.Global, connectivity: Connectivity);
        var start = world.Clock.GetUtcNow();
        await world.RunUntil(id, state => state.Status == DeploymentStatus.Completed);
        watch.Stop();

        var plain = PlainRollout.Of(fleet, ComplianceHours, start).ToList();
        var log = await world.Log(id);
        Assert.Equal(
            ["DEPLOYMENT_CREATED", "POLICY_CHECK_COMPLETED", "DEPLOYMENT_PUBLISHED", "RING_PROMOTED", "RING_PROMOTED", "RING_PROMOTED", "RING_PROMOTED", "DEPLOYMENT_COMPLETED"],
            log.Select(each => each.Event.EventType));
        Assert.Equal(plain.Select(gate => (gate.Ring, gate.PublishedAt)), (await world.State(id)).Rings.Select(ring => (ring.Ring, ring.PublishedAt)));
        var verdicts = log.Select(each => each.Event switch { RingPromoted promoted => promoted.Gate, DeploymentCompleted completed => completed.Gate, _ => null }).OfType<GateVerdict>();
        Assert.Equal(
            plain.Select(gate => (gate.Ring, GateResult.Pass, gate.PassedAt, new RingResults(fleet[gate.Ring].Devices, gate.Succeeded, gate.Failed, gate.Pending, gate.NotApplicable))),
            verdicts.Select(verdict => (verdict.Step.From!.Value, verdict.Verdict, verdict.JudgedAt, verdict.Figures!.Results)));
        foreach (var gate in plain)
        {
            Assert.Equal(gate.Looks, world.Fleet.Reads.Where(read => read.Ring == gate.Ring).Select(read => read.At).Distinct());
            Assert.Single(world.Fleet.Assignments, assigned => assigned.Ring == gate.Ring);
        }

        // The two largest rings report late: for them the CAB is asked, and nobody has to answer.
        Assert.Equal([Ring.Department, Ring.Global], plain.Where(gate => gate.CabAsked).Select(gate => gate.Ring));
        Assert.Equal(2, world.Logs.Lines.Count(line => line.Id == 3403));
        Assert.InRange((world.Clock.GetUtcNow() - start).TotalDays, 28, 32);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"It took {watch.Elapsed}.");
    }
}
