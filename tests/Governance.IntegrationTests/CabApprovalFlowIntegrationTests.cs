using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Functions.Orchestration;
using Governance.Local.Stack;
using Microsoft.Extensions.DependencyInjection;
using static Governance.IntegrationTests.World;

namespace Governance.IntegrationTests;

public sealed class CabApprovalFlowIntegrationTests(World world) : IClassFixture<World>
{
    private static JsonObject Comments(string text = "Seen.") => new() { ["comments"] = text };

    [Fact]
    public async Task An_approval_changes_the_status_and_names_its_approver_and_time()
    {
        var id = Text((await world.AwaitingCab())["correlation_id"]);

        var decided = (await world.Approver.Post($"cab/{id}/approve/", Comments())).Ok();

        Assert.Equal("APPROVED", Text(decided["decision"]));
        Assert.Equal(world.ApproverId.ToString(), Text(decided["approver"]));
        Assert.NotNull(decided["approval_timestamp"]);
        var active = await world.Until(id, "ACTIVE");
        Assert.Equal("cab", Text(active["approval"]!["by"]));
        Assert.Equal(Text(decided["subject_digest"]), Text(active["approval"]!["subject_digest"]));
    }

    [Fact]
    public async Task A_decision_is_an_event_and_a_repeat_adds_none()
    {
        var id = Text((await world.AwaitingCab())["correlation_id"]);
        (await world.Approver.Post($"cab/{id}/approve/", Comments())).Ok();

        var repeat = await world.Approver.Post($"cab/{id}/approve/", Comments());
        var other = await world.SecondApprover.Post($"cab/{id}/reject/", Comments("Too late."));

        Assert.Equal(200, repeat.Status);
        Assert.Equal((409, "ALREADY_DECIDED"), (other.Status, other.Code));
        Assert.Single(await world.EventTypes(id), type => type == "CAB_APPROVED");
    }

    [Fact]
    public async Task Conditions_are_stored_and_make_the_decision_conditional()
    {
        var id = Text((await world.AwaitingCab())["correlation_id"]);

        var decided = (await world.Approver.Post($"cab/{id}/approve/", new JsonObject
        {
            ["comments"] = "Carefully.",
            ["conditions"] = new JsonArray(
                new JsonObject { ["kind"] = "max_ring", ["ring"] = "LAB" },
                new JsonObject { ["kind"] = "min_success_rate", ["basis_points"] = 9900 },
                new JsonObject { ["kind"] = "observe_hours", ["hours"] = 48 },
                new JsonObject { ["kind"] = "note", ["text"] = "Tell the help desk." }),
        })).Ok();

        Assert.Equal("CONDITIONAL", Text(decided["decision"]));
        Assert.Equal(["max_ring", "min_success_rate", "observe_hours", "note"], decided["conditions"]!.AsArray().Select(each => Text(each!["kind"])));
        var read = (await world.Publisher.Get($"cab/{id}/")).Ok();
        Assert.Equal(decided["conditions"]!.ToJsonString(), read["conditions"]!.ToJsonString());
    }

    [Fact]
    public async Task A_rejection_ends_the_deployment()
    {
        var id = Text((await world.AwaitingCab())["correlation_id"]);

        var decided = (await world.Approver.Post($"cab/{id}/reject/", Comments("No rollback plan."))).Ok();

        Assert.Equal("REJECTED", Text(decided["decision"]));
        var rejected = await world.Until(id, "REJECTED");
        Assert.Equal("No rollback plan.", Text(rejected["reason"]));
        Assert.Equal("CAB_REJECTED", (await world.EventTypes(id))[^1]);
        var published = await world.Publisher.Post("connectors/publish/", new JsonObject { ["deployment_id"] = id, ["target_plane"] = "INTUNE" });
        Assert.Equal((409, "NOT_APPROVED"), (published.Status, published.Code));
    }

    [Fact]
    public async Task The_submitter_never_approves()
    {
        var id = Text((await world.AwaitingCab())["correlation_id"]);
        var both = await world.SignIn(world.PublisherId, "Publisher", "CabApprover");

        var refused = await both.Post($"cab/{id}/approve/", Comments());

        Assert.Equal((403, "SELF_APPROVAL"), (refused.Status, refused.Code));
        Assert.Equal("AWAITING_CAB", Text((await world.Deployment(id))["status"]));
        Assert.Equal(3, (await world.EventTypes(id)).Count);
    }

    [Fact]
    public async Task A_cancelled_deployment_asks_nobody_any_more()
    {
        var id = Text((await world.AwaitingCab())["correlation_id"]);
        var (instances, deployment) = (world.Stack.Services.GetRequiredService<DeploymentInstances>(), CorrelationId.Parse(id, null));
        var wait = InstanceIds.CabApproval(deployment, 1, 1);
        await Governance.Testing.Eventually.Holds(() => instances.IsAlive(wait, TestContext.Current.CancellationToken));

        (await world.Publisher.Post($"deployments/{id}/cancel/", new JsonObject { ["reason"] = "Not needed." })).Ok();

        // Else it would remind people at half time, and be awake without a pause from the deadline on.
        await Governance.Testing.Eventually.Holds(async () => !await instances.IsAlive(wait, TestContext.Current.CancellationToken));
        await Governance.Testing.Eventually.Holds(async () => !(await instances.Living(deployment, TestContext.Current.CancellationToken)).Alive);
    }

    [Fact]
    public async Task Whoever_is_no_approver_may_not_decide()
    {
        var id = Text((await world.AwaitingCab())["correlation_id"]);
        var auditor = await world.SignIn(world.NextId(), "Auditor");

        Assert.Equal(403, (await auditor.Post($"cab/{id}/approve/", Comments())).Status);
        Assert.Equal(200, (await auditor.Get($"cab/{id}/")).Status);
    }

    [Fact]
    public async Task A_vote_on_what_is_no_longer_the_subject_is_refused()
    {
        var waiting = await world.AwaitingCab();
        var id = Text(waiting["correlation_id"]);
        var seen = Text(waiting["cab"]!["subject_digest"]);
        var another = await world.Store((Text(waiting["app_name"]), Text(waiting["version"])), evidence => evidence with { Risky = true, Findings = (0, 0, 1, 0) });
        (await world.Publisher.Post($"deployments/{id}/evidence", new JsonObject { ["evidence_pack_id"] = another.PackId.DeepClone() })).Ok();
        await world.Until(id, deployment => Text(deployment["status"]) == "AWAITING_CAB" && deployment["revision"]!.GetValue<int>() == 2);

        var stale = await world.Approver.Post($"cab/{id}/approve/", Comments(), ("If-Match", $"\"{seen}\""));

        Assert.Equal((412, "SUBJECT_CHANGED"), (stale.Status, stale.Code));
        Assert.Equal("AWAITING_CAB", Text((await world.Deployment(id))["status"]));
    }

    [Fact]
    public async Task The_pending_list_holds_what_waits_and_lets_go_of_what_is_decided()
    {
        var id = Text((await world.AwaitingCab())["correlation_id"]);
        await Governance.Testing.Eventually.Holds(async () => await IsPending(id), TimeSpan.FromSeconds(20));

        (await world.Approver.Post($"cab/{id}/approve/", Comments())).Ok();

        await Governance.Testing.Eventually.Holds(async () => !await IsPending(id), TimeSpan.FromSeconds(20));
        var mine = (await world.Publisher.Get("cab/my-requests/?limit=200")).Ok()["requests"]!.AsArray();
        Assert.Contains(mine, each => Text(each!["id"]) == id);
        Assert.Contains((await world.Publisher.Get("cab/?limit=200")).Ok()["requests"]!.AsArray(), each => Text(each!["id"]) == id);
    }

    [Fact]
    public async Task Twenty_racing_votes_leave_exactly_one_decision()
    {
        var id = Text((await world.AwaitingCab())["correlation_id"]);
        var voters = new List<ApiClient>();
        for (var voter = 0; voter < 20; voter++)
        {
            voters.Add(await world.SignIn(world.NextId(), "CabApprover"));
        }

        var answers = await Task.WhenAll(voters.Select((voter, index) => voter.Post($"cab/{id}/{(index % 2 == 0 ? "approve" : "reject")}/", Comments())));

        Assert.Equal(1, answers.Count(answer => answer.Status == 200));
        Assert.All(answers.Where(answer => answer.Status != 200), answer => Assert.Equal(409, answer.Status));
        Assert.Single(await world.EventTypes(id), type => type is "CAB_APPROVED" or "CAB_REJECTED");
    }

    [Fact]
    public async Task A_revoked_approval_halts_a_rollout_until_it_is_approved_again()
    {
        var id = Text((await world.AwaitingCab())["correlation_id"]);
        (await world.Approver.Post($"cab/{id}/approve/", Comments())).Ok();
        await world.Until(id, "ACTIVE");

        (await world.Approver.Post($"cab/{id}/revoke", new JsonObject { ["reason"] = "The vendor withdrew it." })).Ok();

        var halted = await world.Deployment(id);
        Assert.Equal(("ACTIVE", 2), (Text(halted["status"]), halted["revision"]!.GetValue<int>()));
        Assert.Contains("approval", halted["waiting_for"]!.AsArray().Select(Text));
        (await world.SecondApprover.Post($"cab/{id}/approve/", Comments())).Ok();
        Assert.DoesNotContain("approval", (await world.Deployment(id))["waiting_for"]!.AsArray().Select(Text));
        Assert.Equal(["APPROVAL_REVOKED", "CAB_SUBMISSION_PREPARED", "CAB_APPROVED", "ROLLOUT_RESUMED"], (await world.EventTypes(id)).TakeLast(4));
    }

    [Fact]
    public async Task An_emergency_approval_opens_a_review_that_another_person_closes()
    {
        var id = Text((await world.AwaitingCab())["correlation_id"]);
        var admin = await world.SignIn(world.NextId(), "PlatformAdmin");

        (await admin.Post($"cab/{id}/emergency", new JsonObject { ["incident_id"] = "INC-1", ["reason"] = "Exploited now." })).Ok();

        await world.Until(id, "ACTIVE");
        var reviewed = (await world.Approver.Post($"cab/{id}/review", new JsonObject { ["outcome"] = "confirmed", ["comments"] = "It could not wait." })).Ok();
        Assert.Equal("confirmed", Text(reviewed["emergency_review"]!["outcome"]));
        Assert.Contains("EMERGENCY_REVIEWED", await world.EventTypes(id));
    }

    [Fact]
    public async Task A_held_rollout_waits_for_an_operator_and_an_administrator_resumes_it()
    {
        var id = Text((await world.AwaitingCab())["correlation_id"]);
        (await world.Approver.Post($"cab/{id}/approve/", Comments())).Ok();
        await world.Until(id, "ACTIVE");
        var admin = await world.SignIn(world.NextId(), "PlatformAdmin");

        var held = (await world.Publisher.Post($"deployments/{id}/hold", new JsonObject { ["reason"] = "Calls at the help desk." })).Ok();
        Assert.Equal(["operator"], held["waiting_for"]!.AsArray().Select(Text));
        var resumed = (await admin.Post($"deployments/{id}/resume", new JsonObject { ["reason"] = "Explained." })).Ok();

        Assert.Empty(resumed["waiting_for"]!.AsArray());
        Assert.Equal(["ROLLOUT_HELD", "ROLLOUT_RESUMED"], (await world.EventTypes(id)).TakeLast(2));
        Assert.Equal(200, (await admin.Post($"deployments/{id}/promote", new JsonObject { ["reason"] = "Look now." })).Status);
    }

    private async Task<bool> IsPending(string id) =>
        (await world.Approver.Get("cab/pending/?limit=200")).Ok()["approvals"]!.AsArray().Any(each => Text(each!["id"]) == id);
}
