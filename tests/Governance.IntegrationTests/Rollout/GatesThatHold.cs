using System.Globalization;
using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Remediation;
using Governance.Core.Rollout;
using Governance.Testing;
using static Governance.IntegrationTests.Rollout.RolloutWorld;

namespace Governance.IntegrationTests.Rollout;

/// <summary>What stops a rollout at a gate, or does not.</summary>
public sealed class GatesThatHold(AzuriteFixture azurite)
{
    [Theory]
    [InlineData(Ring.Lab, 21, "979 of 1000 devices succeeded, 980 needed for 98 %")]
    [InlineData(Ring.Lab, 20, null)]
    [InlineData(Ring.Canary, 31, "969 of 1000 devices succeeded, 970 needed for 97 %")]
    [InlineData(Ring.Canary, 30, null)]
    public async Task A_ring_a_tenth_of_a_point_below_its_rate_holds_and_one_at_it_goes_on(Ring ring, int failing, string? reason)
    {
        await using var world = await RolloutWorld.Start(azurite);
        world.Fleet.Rings[ring] = new(1_000) { Failing = failing };
        var id = await world.Submit(Ring.Pilot);

        var state = await world.RunFor(id, TimeSpan.FromDays(4));

        var failures = (await world.Log(id)).Select(each => each.Event).OfType<PromotionGateFailed>().Select(failed => failed.Gate.Reason);
        if (reason is null)
        {
            Assert.Equal(Ring.Pilot, state.CurrentRing);
            Assert.Empty(failures);
            return;
        }

        // Logged once however often it is looked at; the CAB is asked once, after the third look past the period.
        Assert.Equal((ring, DeploymentStatus.Active), (state.CurrentRing, state.Status));
        Assert.Equal([reason], failures);
        Assert.DoesNotContain(world.Fleet.Assignments, assigned => assigned.Ring > ring);
        Assert.Single(world.Logs.Lines, line => line.Id == 3403);
        var asked = (await world.Get(Approver, "CabApprover", $"cab/exceptions/{ExceptionIds.Override(state)}/")).Ok();
        Assert.Equal(("gate_override", "PENDING", reason), (World.Text(asked["kind"]), World.Text(asked["status"]), World.Text(asked["reason"])));
    }

    [Fact]
    public async Task An_approved_override_promotes_and_leaves_the_verdict_as_it_is()
    {
        await using var world = await RolloutWorld.Start(azurite);
        world.Fleet.Rings[Ring.Lab] = new(1_000) { Failing = 21 };
        var id = await world.Submit(Ring.Canary);
        var held = await world.RunFor(id, TimeSpan.FromHours(30));
        var exception = ExceptionIds.Override(held);
        Assert.Equal(403, (await world.Post(Publisher, "CabApprover", $"cab/exceptions/{exception}/approve", Comments())).Status);

        (await world.Post(Approver, "CabApprover", $"cab/exceptions/{exception}/approve", Comments())).Ok();

        await world.Becomes(id, state => state.CurrentRing == Ring.Canary);
        var promoted = (await world.Log(id)).Select(each => each.Event).OfType<RingPromoted>().Single();
        Assert.Equal((GateResult.Fail, true, exception), (promoted.Gate.Verdict, promoted.Gate.Promotes, promoted.Gate.OverrideId));
    }

    [Fact]
    public async Task A_breach_starts_a_rollback_and_nothing_is_promoted_any_more()
    {
        await using var world = await RolloutWorld.Start(azurite);
        world.Fleet.Rings[Ring.Canary] = new(1_000) { Failing = 81, CheckIn = TimeSpan.FromHours(3) };
        var id = await world.Submit(Ring.Global);

        await world.RunUntil(id, state => state.Status != DeploymentStatus.Active || state.IsHeldFor(WaitReason.Rollback));

        var started = (await world.Log(id)).Select(each => each.Event).OfType<RollbackStarted>().Single();
        Assert.Equal(("breach", "919 of 1000 devices succeeded in CANARY, rolled back below 92 %"), (started.Cause, started.Reason));
        Assert.NotEmpty(started.Plan);
        world.Clock.Leap(TimeSpan.FromDays(30));
        await world.Rest(id);
        Assert.DoesNotContain(world.Fleet.Assignments, assigned => assigned.Ring > Ring.Canary);
        Assert.DoesNotContain("DEPLOYMENT_COMPLETED", await world.Types(id));
    }

    [Fact]
    public async Task A_security_incident_stops_a_rollout_at_once_and_the_CAB_is_not_asked_about_it()
    {
        await using var world = await RolloutWorld.Start(azurite);
        var id = await world.Submit(Ring.Pilot);
        await world.RunFor(id, TimeSpan.FromHours(5));
        (await world.Post(Publisher, "Publisher", $"deployments/{id}/incidents/", Incident(security: false))).Ok();
        await world.RunUntil(id, state => state.CurrentRing == Ring.Canary);

        (await world.Post(Publisher, "Publisher", $"deployments/{id}/incidents/", Incident(security: true))).Ok();

        var failed = await world.Becomes(id, state => state.GateFailure is not null);
        Assert.Equal("security incidents: 1", failed.GateFailure!.Checks[0].Reason);
        var state = await world.RunFor(id, TimeSpan.FromDays(10));
        Assert.Equal((Ring.Canary, 1), (state.CurrentRing, (await world.Types(id)).Count(type => type == "PROMOTION_GATE_FAILED")));
        Assert.DoesNotContain(world.Logs.Lines, line => line.Id == 3403);
    }

    [Theory]
    [InlineData(40, 40, 0)]
    [InlineData(0, 0, 0)]
    [InlineData(40, 0, 40)]
    [InlineData(40, 9, 0)]
    public async Task Too_little_data_never_promotes(int devices, int offline, int notApplicable)
    {
        await using var world = await RolloutWorld.Start(azurite);
        world.Fleet.Rings[Ring.Lab] = new(devices) { Offline = offline, NotApplicable = notApplicable };
        var id = await world.Submit(Ring.Canary);

        var state = await world.RunFor(id, TimeSpan.FromDays(10));

        Assert.Equal((Ring.Lab, DeploymentStatus.Active), (state.CurrentRing, state.Status));
        Assert.DoesNotContain("PROMOTION_GATE_FAILED", await world.Types(id));
        Assert.Single(world.Logs.Lines, line => line.Id == 3403);
    }

    [Fact]
    public async Task A_plane_that_does_not_answer_never_promotes_and_is_told_once_after_an_hour()
    {
        await using var world = await RolloutWorld.Start(azurite);
        var id = await world.Submit(Ring.Canary);
        await world.RunFor(id, TimeSpan.FromHours(23));
        world.Fleet.Silent = true;

        await world.RunFor(id, TimeSpan.FromMinutes(119));
        Assert.DoesNotContain(world.Logs.Lines, line => line.Id == 3401);
        var state = await world.RunFor(id, TimeSpan.FromHours(2));

        Assert.Equal(Ring.Lab, state.CurrentRing);
        Assert.Single(world.Logs.Lines, line => line.Id == 3401);
        Assert.DoesNotContain(world.Logs.Lines, line => line.Id == 3403);
        world.Fleet.Silent = false;
        await world.RunUntil(id, now => now.CurrentRing == Ring.Canary);
    }

    [Fact]
    public async Task A_freeze_window_postpones_a_promotion_to_its_end()
    {
        var end = DateTimeOffset.MinValue;
        await using var world = await RolloutWorld.Start(azurite, now =>
        {
            end = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMinute)).AddHours(100);
            return $$"""
                {"id": "stocktaking", "title": "Stocktaking", "kind": "freeze_window", "effect": "WARN", "parameters": {
                 "time_zone": "UTC", "rings": ["CANARY"], "ranges": [{"from": "{{Minute(now.AddHours(12))}}", "to": "{{Minute(end)}}"} ]} }
                """;
        });
        var id = await world.Submit(Ring.Canary);

        await world.RunFor(id, TimeSpan.FromHours(48));
        var waiting = (await world.Get(Publisher, "Publisher", $"deployments/{id}/")).Ok()["waiting_for"]!.AsArray().Select(World.Text);
        Assert.Equal(["freeze"], waiting);
        var state = await world.RunUntil(id, now => now.CurrentRing == Ring.Canary);

        Assert.Equal(end, state.Rings[^1].PublishedAt);
        Assert.DoesNotContain("PROMOTION_GATE_FAILED", await world.Types(id));
        Assert.DoesNotContain(world.Logs.Lines, line => line.Id == 3403);
    }

    [Fact]
    public async Task A_failed_publish_of_a_later_ring_is_tried_again_while_the_ring_below_is_watched_on()
    {
        await using var world = await RolloutWorld.Start(azurite);
        var id = await world.Submit(Ring.Canary);
        await world.RunFor(id, TimeSpan.FromHours(23));
        world.Fleet.Refusing = new() { Class = ErrorClass.Transient, Code = "THROTTLED", Message = "Too many requests." };
        await world.RunUntil(id, now => now.PublishAttempts == 2);
        var reads = world.Fleet.Reads.Count;
        world.Fleet.Refusing = null;

        var state = await world.RunUntil(id, now => now.CurrentRing == Ring.Canary);

        Assert.Equal(
            ["DEPLOYMENT_PUBLISH_FAILED", "REMEDIATION_STARTED", "DEPLOYMENT_PUBLISH_FAILED", "REMEDIATION_STARTED", "RING_PROMOTED", "REMEDIATION_SUCCEEDED"],
            (await world.Types(id)).TakeLast(6));
        Assert.Equal(state.Rings[0].PublishedAt.AddHours(24 + 1 + 2), state.Rings[1].PublishedAt);
        Assert.True(world.Fleet.Reads.Count > reads);
        Assert.Null(state.PublishRetry);
    }

    private static string Minute(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);

    private static JsonObject Comments() => new() { ["comments"] = "Seen, and bearable." };

    private static JsonObject Incident(bool security) => new() { ["severity"] = "moderate", ["summary"] = "It opens a port.", ["security"] = security };
}
