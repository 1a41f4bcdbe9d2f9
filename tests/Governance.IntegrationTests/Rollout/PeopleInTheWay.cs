using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Rollout;
using Governance.Testing;
using static Governance.IntegrationTests.Rollout.RolloutWorld;

namespace Governance.IntegrationTests.Rollout;

/// <summary>What people decide while a rollout is under way.</summary>
public sealed class PeopleInTheWay(AzuriteFixture azurite)
{
    private static readonly Guid SecondApprover = new("55555555-5555-4555-8555-555555555555");

    [Fact]
    public async Task A_revoked_approval_halts_a_rollout_and_a_new_one_lets_it_go_on()
    {
        await using var world = await RolloutWorld.Start(azurite);
        var id = await world.Submit(Ring.Canary);
        await world.RunFor(id, TimeSpan.FromHours(20));

        (await world.Post(Approver, "CabApprover", $"cab/{id}/revoke", new JsonObject { ["reason"] = "The vendor withdrew it." })).Ok();

        var halted = await world.RunFor(id, TimeSpan.FromHours(60));
        Assert.Equal((Ring.Lab, 2), (halted.CurrentRing, halted.Revision));
        Assert.Equal([WaitReason.Approval], halted.Holds);
        await Approve(world, id);
        await world.RunUntil(id, state => state.CurrentRing == Ring.Canary);
        Assert.Equal(
            ["APPROVAL_REVOKED", "CAB_SUBMISSION_PREPARED", "CAB_ESCALATED", "CAB_APPROVED", "ROLLOUT_RESUMED", "RING_PROMOTED"],
            (await world.Types(id)).SkipWhile(type => type != "APPROVAL_REVOKED"));
    }

    [Fact]
    public async Task An_exception_that_ends_holds_a_rollout_and_a_replacement_lets_it_go_on()
    {
        await using var world = await RolloutWorld.Start(azurite);
        var id = await world.Submit(Ring.Pilot, evidence: builder => builder with { Findings = (1, 0, 0, 0) });
        await world.Becomes(id, state => state.Status == DeploymentStatus.Blocked);
        await Except(world, id, TimeSpan.FromHours(30));
        if ((await world.Becomes(id, state => state.Status is DeploymentStatus.AwaitingCab or DeploymentStatus.Active)).Status == DeploymentStatus.AwaitingCab)
        {
            await Approve(world, id);
        }

        await world.RunUntil(id, state => state.CurrentRing == Ring.Canary);

        var held = await world.RunUntil(id, state => state.Holds.Count > 0);
        Assert.Equal([WaitReason.Exception], held.Holds);
        held = await world.RunFor(id, TimeSpan.FromDays(7));
        Assert.Equal((Ring.Canary, true), (held.CurrentRing, held.IsHeldFor(WaitReason.Exception)));
        await Except(world, id, TimeSpan.FromDays(60));
        await world.RunUntil(id, state => state.CurrentRing == Ring.Pilot);
        Assert.Equal(["EXCEPTION_EXPIRED", "ROLLOUT_RESUMED", "RING_PROMOTED"], (await world.Types(id)).TakeLast(3));
    }

    [Fact]
    public async Task Only_up_to_PILOT_completes_at_PILOT()
    {
        await using var world = await RolloutWorld.Start(azurite);
        var id = await world.Submit(Ring.Global, evidence: builder => builder with { Risky = true });
        await world.Becomes(id, state => state.Status == DeploymentStatus.AwaitingCab);
        await Approve(world, id, new JsonObject { ["kind"] = "max_ring", ["ring"] = "PILOT" });

        var state = await world.RunUntil(id, now => now.Status == DeploymentStatus.Completed);

        Assert.Equal([Ring.Lab, Ring.Canary, Ring.Pilot], state.Rings.Select(ring => ring.Ring));
        Assert.Equal(GateStep.Completion(Ring.Pilot), (await world.Log(id)).Select(each => each.Event).OfType<DeploymentCompleted>().Single().Gate.Step);
        Assert.Equal([Ring.Lab, Ring.Canary, Ring.Pilot], world.Fleet.Assignments.Select(assigned => assigned.Ring));
    }

    [Fact]
    public async Task Conditions_on_rate_period_and_first_instant_are_kept()
    {
        await using var world = await RolloutWorld.Start(azurite);
        world.Fleet.Rings[Ring.Lab] = new(1_000) { Failing = 10 };
        world.Fleet.Rings[Ring.Canary] = new(1_000) { Failing = 11 };
        var id = await world.Submit(Ring.Pilot, evidence: builder => builder with { Risky = true });
        await world.Becomes(id, state => state.Status == DeploymentStatus.AwaitingCab);
        var start = world.Clock.GetUtcNow().AddHours(36);
        await Approve(
            world,
            id,
            new JsonObject { ["kind"] = "min_success_rate", ["basis_points"] = 9900 },
            new JsonObject { ["kind"] = "observe_hours", ["hours"] = 96 },
            new JsonObject { ["kind"] = "not_before", ["at"] = start.ToString("O", System.Globalization.CultureInfo.InvariantCulture) });

        var state = await world.RunUntil(id, now => now.GateFailure is not null);

        Assert.Equal([(Ring.Lab, start), (Ring.Canary, start.AddHours(96))], state.Rings.Select(ring => (ring.Ring, ring.PublishedAt)));
        Assert.Equal((start.AddHours(192), "989 of 1000 devices succeeded, 990 needed for 99 %"), (state.GateFailure!.JudgedAt, state.GateFailure.Reason));
    }

    [Fact]
    public async Task An_objection_to_an_emergency_approval_holds_a_rollout_until_an_administrator_resumes_it()
    {
        await using var world = await RolloutWorld.Start(azurite);
        var id = await world.Submit(Ring.Canary, evidence: builder => builder with { Risky = true });
        await world.Becomes(id, state => state.Status == DeploymentStatus.AwaitingCab);
        (await world.Post(Admin, "PlatformAdmin", $"cab/{id}/emergency", new JsonObject { ["incident_id"] = "INC-1", ["reason"] = "Exploited now." })).Ok();
        await world.RunFor(id, TimeSpan.FromHours(20));

        (await world.Post(Approver, "CabApprover", $"cab/{id}/review", new JsonObject { ["outcome"] = "objected", ["comments"] = "It could have waited." })).Ok();

        var held = await world.RunFor(id, TimeSpan.FromHours(48));
        Assert.Equal((Ring.Lab, true), (held.CurrentRing, held.IsHeldFor(WaitReason.Operator)));
        Assert.Equal((403, "ADMIN_REQUIRED"), await Ask(world, id, Publisher, "Publisher", "resume"));
        Assert.Equal(200, (await Ask(world, id, Admin, "PlatformAdmin", "resume")).Status);
        await world.RunUntil(id, state => state.CurrentRing == Ring.Canary);
    }

    [Theory]
    [InlineData(Ring.Lab)]
    [InlineData(Ring.Canary)]
    public async Task A_hold_while_groups_are_being_assigned_comes_too_late_for_that_ring_and_holds_the_next(Ring ring)
    {
        await using var world = await RolloutWorld.Start(azurite);
        world.Fleet.At = async (at, request) =>
        {
            if (at == PublishPoint.Assigning && request.Ring == ring)
            {
                world.Fleet.At = (_, _) => Task.CompletedTask;
                Assert.Equal(200, (await Ask(world, request.CorrelationId, Publisher, "Publisher", "hold")).Status);
            }
        };
        var id = await world.Submit(Ring.Pilot);

        var held = await world.RunUntil(id, state => state.IsHeldFor(WaitReason.Operator) && state.CurrentRing == ring);
        await world.RunFor(id, TimeSpan.FromDays(5));

        held = await world.State(id);
        Assert.Equal((ring, true), (held.CurrentRing, held.IsHeldFor(WaitReason.Operator)));
        Assert.Equal([.. held.Rings.Select(each => each.Ring)], world.Fleet.Assignments.Select(assigned => assigned.Ring));
        Assert.Equal(200, (await Ask(world, id, Admin, "PlatformAdmin", "resume")).Status);
        await world.RunUntil(id, state => state.Status == DeploymentStatus.Completed);
        Assert.Equal([Ring.Lab, Ring.Canary, Ring.Pilot], world.Fleet.Assignments.Select(assigned => assigned.Ring));
    }

    [Fact]
    public async Task A_hold_before_groups_are_assigned_stops_that_publish_and_the_next_knows_what_it_had_made()
    {
        await using var world = await RolloutWorld.Start(azurite);
        var begun = new List<PublishRequest>();
        world.Fleet.At = async (at, request) =>
        {
            if (at == PublishPoint.Begun)
            {
                begun.Add(request);
            }
            else if (at == PublishPoint.Uploaded && begun.Count == 1)
            {
                Assert.Equal(200, (await Ask(world, request.CorrelationId, Publisher, "Publisher", "hold")).Status);
            }
        };
        var id = await world.Submit(Ring.Lab);

        var held = await world.RunUntil(id, state => state.IsHeldFor(WaitReason.Operator));
        Assert.Null(held.CurrentRing);
        Assert.Equal(200, (await Ask(world, id, Admin, "PlatformAdmin", "resume")).Status);
        await world.RunUntil(id, state => state.Status == DeploymentStatus.Completed);

        Assert.Equal(2, begun.Count);
        Assert.Equal((null, (DateTimeOffset?)null), (begun[0].Known.AppId, begun[0].EarlierAttemptAt));
        Assert.Equal($"app-{id}", begun[1].Known.AppId);
        Assert.NotNull(begun[1].EarlierAttemptAt);
        Assert.Single(world.Fleet.Assignments);
    }

    [Fact]
    public async Task A_rollback_outlives_trouble_that_ends_and_gives_up_on_trouble_that_lasts_a_day()
    {
        await using var world = await RolloutWorld.Start(azurite);
        var trouble = new PlaneFailure { Class = ErrorClass.Transient, Code = "BUSY", Message = "Not now" };
        var id = await world.Submit(Ring.Canary, connectivity: new Dictionary<Ring, string> { [Ring.Lab] = "intermittent" });
        await world.RunFor(id, TimeSpan.FromHours(5));
        Assert.Equal(200, (await Ask(world, id, Admin, "PlatformAdmin", "rollback")).Status);

        Assert.True((await world.RunFor(id, TimeSpan.FromHours(30))).IsHeldFor(WaitReason.Rollback));
        world.Fleet.Refusing = trouble;
        Assert.True((await world.RunFor(id, TimeSpan.FromHours(3))).IsHeldFor(WaitReason.Rollback));
        world.Fleet.Refusing = null;
        Assert.True((await world.RunFor(id, TimeSpan.FromHours(2))).IsHeldFor(WaitReason.Rollback));
        Assert.DoesNotContain("ROLLBACK_FAILED", await world.Types(id));

        world.Fleet.Refusing = trouble;
        await world.RunFor(id, TimeSpan.FromHours(26));
        Assert.Equal("ROLLBACK_FAILED", (await world.Types(id))[^1]);
    }

    [Fact]
    public async Task Promote_looks_at_once_and_skips_nothing_while_hold_stops_until_resume()
    {
        await using var world = await RolloutWorld.Start(azurite);
        var id = await world.Submit(Ring.Canary);
        var due = await world.Rest(id);
        var reads = world.Fleet.Reads.Count;

        Assert.Equal((403, "ADMIN_REQUIRED"), await Ask(world, id, Publisher, "Publisher", "promote"));
        Assert.Equal(200, (await Ask(world, id, Admin, "PlatformAdmin", "promote")).Status);

        await Eventually.Holds(() => world.Fleet.Reads.Count > reads, TimeSpan.FromSeconds(30));
        Assert.Equal(due, await world.Rest(id));
        Assert.Equal(Ring.Lab, (await world.State(id)).CurrentRing);
        Assert.Equal((403, "NOT_YOURS"), await Ask(world, id, SecondApprover, "Publisher", "hold"));
        Assert.Equal(200, (await Ask(world, id, Publisher, "Publisher", "hold")).Status);
        Assert.Equal((409, "ROLLOUT_HELD"), await Ask(world, id, Admin, "PlatformAdmin", "promote"));
        Assert.Equal(Ring.Lab, (await world.RunFor(id, TimeSpan.FromDays(3))).CurrentRing);

        // Its period is long over: once resumed, the look that follows promotes, without a leap.
        Assert.Equal(200, (await Ask(world, id, Admin, "PlatformAdmin", "resume")).Status);
        await world.Becomes(id, state => state.CurrentRing == Ring.Canary);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_never_dates_an_event_before_its_predecessor_nor_promotes_early()
    {
        await using var world = await RolloutWorld.Start(azurite);
        var id = await world.Submit(Ring.Canary);
        var published = (await world.RunFor(id, TimeSpan.FromHours(20))).Rings[0].PublishedAt;

        world.Clock.SetBack(TimeSpan.FromDays(3));
        await Ask(world, id, Publisher, "Publisher", "hold");
        await Ask(world, id, Admin, "PlatformAdmin", "resume");
        await world.RunUntil(id, state => state.CurrentRing == Ring.Canary);

        var log = await world.Log(id);
        Assert.Equal(log.Select(each => each.At).Order(), log.Select(each => each.At));
        Assert.True(log[^1].At >= published.AddHours(24), $"Published at {published}, promoted at {log[^1].At}.");
    }

    private static async Task<(int Status, string? Code)> Ask(RolloutWorld world, CorrelationId id, Guid person, string role, string verb)
    {
        var answer = await world.Post(person, role, $"deployments/{id}/{verb}", new JsonObject { ["reason"] = "Because." });
        return (answer.Status, answer.Code);
    }

    private static async Task Approve(RolloutWorld world, CorrelationId id, params JsonObject[] conditions)
    {
        foreach (var approver in new[] { Approver, SecondApprover })
        {
            if ((await world.State(id)).OpenCab is not null)
            {
                var body = new JsonObject { ["comments"] = "Seen and agreed.", ["conditions"] = new JsonArray([.. conditions.Select(each => each.DeepClone())]) };
                (await world.Post(approver, "CabApprover", $"cab/{id}/approve", body)).Ok();
            }
        }
    }

    private static async Task Except(RolloutWorld world, CorrelationId id, TimeSpan term)
    {
        var asked = (await world.Post(Publisher, "Publisher", "cab/exceptions/", new JsonObject
        {
            ["kind"] = "rule",
            ["app_name"] = (await world.State(id)).Request.AppName,
            ["rule_id"] = "critical-findings",
            ["reason"] = "Not reachable in our configuration.",
            ["compensating_controls"] = new JsonArray("Switched off by policy."),
            ["expires_at"] = (world.Clock.GetUtcNow() + term).ToString("O", System.Globalization.CultureInfo.InvariantCulture),
        })).Ok();
        (await world.Post(Reviewer, "SecurityReviewer", $"cab/exceptions/{World.Text(asked["id"])}/approve", new JsonObject { ["comments"] = "Agreed." })).Ok();
    }
}
