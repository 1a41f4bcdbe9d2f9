using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Local.Stack;
using Governance.Testing;
using static Governance.IntegrationTests.World;

namespace Governance.IntegrationTests;

public sealed class RollbackFlowIntegrationTests(FastWorld world) : IClassFixture<FastWorld>
{
    private static readonly string Lab = LocalStack.GroupOf(Ring.Lab).ToString();

    [Fact]
    public async Task A_newer_version_takes_the_ring_and_the_earlier_app_loses_its_groups()
    {
        var (name, first) = world.NextApp();
        var old = await world.Completed((name, first));

        var young = await world.Completed((name, first + ".1"));

        await Eventually.Holds(async () => (await world.EventTypes(old)).Contains("RING_SUPERSEDED"), TimeSpan.FromSeconds(30));
        await Eventually.Holds(() => world.AssignmentsOf(old).Length == 0, TimeSpan.FromSeconds(30));
        Assert.Equal([("required", Lab)], world.AssignmentsOf(young));
        Assert.Equal(young, Text((await world.Deployment(old))["rings"]![0]!["superseded_by"]));
        Assert.Equal("COMPLETED", Text((await world.Deployment(old))["status"]));
    }

    [Fact]
    public async Task A_rollback_by_hand_gives_the_ring_back_to_the_completed_version_and_removes_the_bad_one()
    {
        var (name, first) = world.NextApp();
        var old = await world.Completed((name, first));
        var young = await world.Completed((name, first + ".1"));

        (await world.RollBack(young)).Ok();

        await world.Until(young, "ROLLED_BACK");
        Assert.Null(world.AppOf(young));
        Assert.Equal([("required", Lab)], world.AssignmentsOf(old));
        Assert.Equal("RING_RESTORED", (await world.EventTypes(old))[^1]);
        var done = string.Join(' ', (await world.Event(young, "DEPLOYMENT_ROLLED_BACK"))["done"]!.AsArray().Select(Text));
        Assert.Contains($"given back to version {first}", done, StringComparison.Ordinal);
        Assert.Contains("deleted from the plane", done, StringComparison.Ordinal);
        var plan = (await world.Event(young, "ROLLBACK_STARTED"))["plan"]!.AsArray().Select(Text).ToArray();
        Assert.Contains(plan, step => step.Contains($"back to version {first}", StringComparison.Ordinal));
        Assert.Null((await world.Deployment(old))["rings"]![0]!["superseded_by"]);
    }

    [Fact]
    public async Task Without_an_earlier_version_the_app_is_uninstalled_and_removed()
    {
        var id = await world.Completed(world.NextApp());

        (await world.RollBack(id)).Ok();
        (await world.RollBack(id)).Ok();

        await world.Until(id, "ROLLED_BACK");
        Assert.Null(world.AppOf(id));
        Assert.Single(await world.EventTypes(id), type => type == "ROLLBACK_STARTED");
        Assert.Single(await world.EventTypes(id), type => type == "DEPLOYMENT_ROLLED_BACK");
    }

    [Fact]
    public async Task The_submitter_rolls_back_through_a_remediation_which_succeeds_with_it()
    {
        var id = await world.Completed(world.NextApp());
        var refused = await world.Publisher.Post($"deployments/{id}/rollback", new JsonObject { ["reason"] = "It breaks printing." });
        Assert.Equal((403, "ADMIN_REQUIRED"), (refused.Status, refused.Code));

        (await world.Publisher.Post("connectors/remediate/", new JsonObject { ["deployment_id"] = id, ["reason"] = "It breaks printing.", ["action"] = "ROLLBACK" })).Ok();

        await world.Until(id, "ROLLED_BACK");
        Assert.Equal(["REMEDIATION_STARTED", "ROLLBACK_STARTED", "REMEDIATION_SUCCEEDED", "DEPLOYMENT_ROLLED_BACK"], (await world.EventTypes(id)).TakeLast(4));
    }

    [Fact]
    public async Task A_rollback_that_the_plane_refuses_waits_for_an_operator_and_may_be_asked_again()
    {
        var id = await world.Completed(world.NextApp());
        var app = world.AppOf(id)!.Id;
        world.Stack.Intune.Simulator.Faults.Add(new() { Method = "POST", Path = $"{app}/assign$", Count = 1, Effect = new() { Answer = new(403, "Forbidden", "Not you.") } });

        (await world.RollBack(id)).Ok();

        var failed = await world.Until(id, deployment => deployment["waiting_for"]!.AsArray().Select(Text).Contains("operator"));
        Assert.Equal("COMPLETED", Text(failed["status"]));
        Assert.Contains("Not you.", Text((await world.Event(id, "ROLLBACK_FAILED"))["reason"]), StringComparison.Ordinal);
        (await world.RollBack(id)).Ok();
        await world.Until(id, "ROLLED_BACK");
    }

    [Fact]
    public async Task A_second_rollout_waits_for_the_first_and_goes_on_when_it_ends()
    {
        var (name, first) = world.NextApp();
        // Held in LAB: the group of CANARY gets nothing before.
        var old = await world.Submitted((name, first), ring: "CANARY", start: "LAB");
        await world.Until(old, "ACTIVE");
        (await world.Publisher.Post($"deployments/{old}/hold", new JsonObject { ["reason"] = "Wait." })).Ok();

        var young = await world.Submitted((name, first + ".1"));

        var waiting = await world.Until(young, deployment => deployment["waiting_for"]!.AsArray().Select(Text).SequenceEqual(["earlier_rollout"]));
        Assert.Equal("APPROVED", Text(waiting["status"]));
        Assert.Null(world.AppOf(young));
        (await world.RollBack(old)).Ok();
        await world.Until(old, "ROLLED_BACK");
        await world.Finished(young);
        Assert.Equal([("required", Lab)], world.AssignmentsOf(young));
    }
}
