using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Local.Intune;
using Governance.Local.Stack;
using Governance.Testing;
using static Governance.IntegrationTests.World;

namespace Governance.IntegrationTests;

public sealed class DriftFlowIntegrationTests(FastWorld world) : IClassFixture<FastWorld>
{
    private static readonly string Lab = LocalStack.GroupOf(Ring.Lab).ToString();

    [Fact]
    public async Task Assignments_that_somebody_took_away_in_LAB_come_back_by_themselves_and_are_logged_once()
    {
        var id = await world.Completed(world.NextApp());
        world.Stack.Intune.Simulator.ClearAssignments(world.AppOf(id)!);

        await world.Sweep();

        await Eventually.Holds(async () => (await world.EventTypes(id))[^1] == "REMEDIATION_SUCCEEDED", TimeSpan.FromSeconds(60));
        Assert.Equal(["DRIFT_DETECTED", "REMEDIATION_STARTED", "REMEDIATION_SUCCEEDED"], (await world.EventTypes(id)).TakeLast(3));
        Assert.Equal([("required", Lab)], world.AssignmentsOf(id));
        Assert.Equal("missing_assignment", Text((await world.Event(id, "DRIFT_DETECTED"))["kind"]));
        await world.Sweep();
        Assert.Equal("REMEDIATION_SUCCEEDED", (await world.EventTypes(id))[^1]);
    }

    [Fact]
    public async Task Drift_in_PILOT_is_put_before_the_CAB_and_mended_once_it_agrees()
    {
        var id = await world.Finished(await world.Submitted(world.NextApp(), ring: "PILOT", start: "LAB", evidence => evidence with { PlansFrom = DateTimeOffset.UtcNow }));
        world.Stack.Intune.Simulator.ClearAssignments(world.AppOf(id)!);

        await world.Sweep();
        await world.Sweep();

        var asked = Assert.Single(await Asked(id))!;
        Assert.Equal(["drift_remediation", "PENDING"], [Text(asked["kind"]), Text(asked["status"])]);
        Assert.Contains("missing_assignment in PILOT", Text(asked["reason"]), StringComparison.Ordinal);
        Assert.Empty(world.AssignmentsOf(id));
        Assert.Equal(3, (await world.EventTypes(id)).Count(type => type == "DRIFT_DETECTED"));
        var self = await world.Publisher.Post($"cab/exceptions/{Text(asked["id"])}/approve/", new JsonObject { ["comments"] = "Mine." });
        Assert.Equal(403, self.Status);

        (await world.Approver.Post($"cab/exceptions/{Text(asked["id"])}/approve/", new JsonObject { ["comments"] = "Bring it back." })).Ok();

        await Eventually.Holds(async () => (await world.EventTypes(id))[^1] == "REMEDIATION_SUCCEEDED", TimeSpan.FromSeconds(60));
        Assert.Equal(3, world.AssignmentsOf(id).Length);
        Assert.Contains("Bring it back.", Text((await world.Event(id, "REMEDIATION_STARTED"))["reason"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_somebody_deleted_is_made_anew_after_the_CAB_agreed_and_the_log_knows_its_new_id()
    {
        var id = await world.Completed(world.NextApp());
        var lost = world.AppOf(id)!.Id;
        Assert.True(world.Stack.Intune.Simulator.Tenant.Remove(lost));

        await world.Sweep();
        Assert.Equal("app_gone", Text((await world.Event(id, "DRIFT_DETECTED"))["kind"]));
        (await world.Approver.Post($"cab/exceptions/{Text(Assert.Single(await Asked(id))!["id"])}/approve/", new JsonObject { ["comments"] = "Again." })).Ok();

        await Eventually.Holds(async () => (await world.EventTypes(id))[^1] == "REMEDIATION_SUCCEEDED", TimeSpan.FromSeconds(60));
        var found = world.AppOf(id)!;
        Assert.NotEqual(lost, found.Id);
        Assert.Equal(found.Id, Text((await world.Deployment(id))["connector_status"]!["external_id"]));
        Assert.Equal([("required", Lab)], world.AssignmentsOf(id));
    }

    [Fact]
    public async Task Drift_that_somebody_mends_by_hand_is_noted_and_counts_as_new_when_it_comes_back()
    {
        var id = await world.Completed(world.NextApp());
        var app = world.AppOf(id)!;
        var stranger = LocalStack.GroupOf(Ring.Global);
        world.Stack.Intune.Simulator.AddAssignment(app, stranger, "required");

        await world.Sweep();
        Assert.Equal("scope_mismatch", Text((await world.Event(id, "DRIFT_DETECTED"))["kind"]));
        lock (app.Gate)
        {
            app.Assignments.RemoveAll(each => each.GroupId == stranger.ToString());
        }

        await world.Sweep();

        Assert.Equal("REMEDIATION_SUCCEEDED", (await world.EventTypes(id))[^1]);
        Assert.Empty((await world.Deployment(id))["drift"]!.AsArray());
    }

    private async Task<IReadOnlyList<JsonNode?>> Asked(string id)
    {
        IReadOnlyList<JsonNode?> found = [];
        await Eventually.Holds(
            async () => (found = [.. (await world.Approver.Get("cab/exceptions/pending/?limit=200")).Ok()["exceptions"]!.AsArray()
                .Where(each => each!["deployment_id"] is { } deployment && Text(deployment) == id)]).Count > 0,
            TimeSpan.FromSeconds(30));
        return found;
    }
}
