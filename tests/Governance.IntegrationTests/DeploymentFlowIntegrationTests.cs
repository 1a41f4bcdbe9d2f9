using System.Text.Json.Nodes;
using Governance.Local.Stack;
using static Governance.IntegrationTests.World;

namespace Governance.IntegrationTests;

public sealed class DeploymentFlowIntegrationTests(World world) : IClassFixture<World>
{
    [Fact]
    public async Task A_low_risk_intent_goes_from_pending_to_active_by_policy_alone()
    {
        var app = world.NextApp();
        var stored = await world.Store(app);

        var created = await world.Submit(app, stored.PackId);

        Assert.Equal(201, created.Status);
        var id = Text(created.Body!["correlation_id"]);
        var active = await world.Until(id, "ACTIVE");
        Assert.False(active["requires_cab_approval"]!.GetValue<bool>());
        Assert.Equal("policy", Text(active["approval"]!["by"]));
        Assert.Equal(["DEPLOYMENT_CREATED", "POLICY_CHECK_COMPLETED", "DEPLOYMENT_PUBLISHED"], await world.EventTypes(id));
        Assert.Equal("success", Text(active["connector_status"]!["status"]));
    }

    [Fact]
    public async Task A_high_risk_intent_waits_for_the_CAB_with_its_reasons_and_way_down()
    {
        var waiting = await world.AwaitingCab();

        Assert.True(waiting["requires_cab_approval"]!.GetValue<bool>());
        Assert.InRange(waiting["risk_score"]!.GetValue<int>(), 51, 75);
        var factors = waiting["risk"]!["factors"]!.AsArray();
        Assert.Equal(8, factors.Count);
        Assert.All(factors, factor => Assert.NotEmpty(Text(factor!["reason"])));
        var sum = factors.Sum(factor => factor!["contribution"]!.GetValue<decimal>());
        Assert.Equal(waiting["risk_score"]!.GetValue<int>(), (int)Math.Floor(sum + 0.5m));
        Assert.NotNull(waiting["risk"]!["way_down"]);
    }

    [Fact]
    public async Task The_one_ring_path_through_the_CAB_logs_exactly_its_five_events_in_sequence()
    {
        var waiting = await world.AwaitingCab();
        var id = Text(waiting["correlation_id"]);

        (await world.Approver.Post($"cab/{id}/approve/", new JsonObject { ["comments"] = "Agreed." })).Ok();
        await world.Until(id, "ACTIVE");

        var events = (await world.Publisher.Get($"deployments/{id}/events/")).Ok()["events"]!.AsArray();
        Assert.Equal(
            ["DEPLOYMENT_CREATED", "POLICY_CHECK_COMPLETED", "CAB_SUBMISSION_PREPARED", "CAB_APPROVED", "DEPLOYMENT_PUBLISHED"],
            events.Select(each => Text(each!["event_type"])));
        Assert.Equal([1, 2, 3, 4, 5], events.Select(each => each!["sequence"]!.GetValue<int>()));
        Assert.All(events, each => Assert.Equal(id, Text(each!["correlation_id"])));
        Assert.Equal(new string('0', 64), Text(events[0]!["previous_hash"]));
        Assert.All(events.Skip(1).Zip(events), pair => Assert.Equal(Text(pair.Second!["hash"]), Text(pair.First!["previous_hash"])));
    }

    [Fact]
    public async Task An_intent_waits_for_a_pack_that_is_stored_later()
    {
        var app = world.NextApp();
        var pack = world.NextId();
        var created = (await world.Submit(app, JsonValue.Create(pack.ToString()))).Ok();
        var id = Text(created["correlation_id"]);
        Assert.Equal("PENDING", Text(created["status"]));
        Assert.Equal(["evidence"], created["waiting_for"]!.AsArray().Select(Text));

        (await world.Store(app, packId: pack)).Answer.Ok();

        await world.Until(id, "ACTIVE");
        Assert.Equal(["DEPLOYMENT_CREATED", "EVIDENCE_LINKED", "POLICY_CHECK_COMPLETED", "DEPLOYMENT_PUBLISHED"], await world.EventTypes(id));
    }

    [Fact]
    public async Task A_pack_of_another_app_is_refused_and_nothing_is_stored()
    {
        var stored = await world.Store(world.NextApp());
        var other = world.NextApp();

        var refused = await world.Submit(other, stored.PackId);

        Assert.Equal((422, "EVIDENCE_MISMATCH"), (refused.Status, refused.Code));
        var listed = (await world.Publisher.Get($"deployments/?app_name={Uri.EscapeDataString(other.App)}")).Ok();
        Assert.Empty(listed["deployments"]!.AsArray());
    }

    [Fact]
    public async Task The_score_of_the_same_evidence_is_the_same_a_hundred_times_and_in_any_member_order()
    {
        var seeded = new Governance.Testing.Seeded(7);
        var evidence = (EvidenceBuilder.LowRisk with { Findings = (0, 1, 5, 12) }).Build();
        var scores = new HashSet<string>();
        for (var run = 0; run < 100; run++)
        {
            var shuffled = new JsonObject(evidence.OrderBy(_ => seeded.Next(0, 1000)).Select(each => KeyValuePair.Create(each.Key, each.Value?.DeepClone())));
            var answer = (await world.Publisher.Post("policy/assess", new JsonObject { ["target_ring"] = "PILOT", ["evidence"] = shuffled })).Ok();
            scores.Add(answer.ToJsonString());
        }

        Assert.Single(scores);
    }

    [Fact]
    public async Task A_repeated_intent_is_the_same_deployment()
    {
        var app = world.NextApp();
        var stored = await world.Store(app);
        var first = await world.Submit(app, stored.PackId, "LAB", ("Idempotency-Key", "key-1"), ("Prefer", "wait=10"));

        var repeat = await world.Submit(app, stored.PackId, "LAB", ("Idempotency-Key", "key-1"));
        var without = await world.Submit(app, stored.PackId);

        Assert.Equal((201, 200, 200), (first.Status, repeat.Status, without.Status));
        Assert.NotEqual("PENDING", Text(first.Body!["status"]));
        Assert.Equal(Text(first.Body!["correlation_id"]), Text(repeat.Body!["correlation_id"]));
        Assert.Equal(Text(first.Body!["correlation_id"]), Text(without.Body!["correlation_id"]));
    }

    [Fact]
    public async Task A_key_with_another_body_is_refused()
    {
        var app = world.NextApp();
        var stored = await world.Store(app);
        (await world.Submit(app, stored.PackId, "LAB", ("Idempotency-Key", "key-2"))).Ok();

        var reused = await world.Publisher.Post(
            "deployments/",
            new JsonObject
            {
                ["app_name"] = app.App,
                ["version"] = app.Version,
                ["target_ring"] = "LAB",
                ["evidence_pack_id"] = stored.PackId.DeepClone(),
                ["justification"] = "Another body.",
            },
            ("Idempotency-Key", "key-2"));

        Assert.Equal((422, "IDEMPOTENCY_KEY_REUSED"), (reused.Status, reused.Code));
    }

    [Fact]
    public async Task Critical_findings_block_until_other_evidence_is_linked()
    {
        var app = world.NextApp();
        var bad = await world.Store(app, evidence => evidence with { Findings = (1, 0, 0, 0) });
        var id = Text((await world.Submit(app, bad.PackId)).Ok()["correlation_id"]);
        var blocked = await world.Until(id, "BLOCKED");
        Assert.NotEmpty(Text(blocked["reason"]));
        Assert.Contains("POLICY_BLOCKED", await world.EventTypes(id));

        var good = await world.Store(app);
        var linked = (await world.Publisher.Post($"deployments/{id}/evidence", new JsonObject { ["evidence_pack_id"] = good.PackId.DeepClone() })).Ok();

        Assert.Equal(2, linked["revision"]!.GetValue<int>());
        await world.Until(id, "ACTIVE");
    }

    [Fact]
    public async Task A_deployment_is_cancelled_by_its_submitter_before_and_never_after_it_is_published()
    {
        var waiting = await world.AwaitingCab();
        var id = Text(waiting["correlation_id"]);
        var stranger = await world.SignIn(world.NextId(), "Publisher");
        var reason = new JsonObject { ["reason"] = "Withdrawn." };
        Assert.Equal((403, "NOT_YOURS"), Outcome(await stranger.Post($"deployments/{id}/cancel/", reason)));

        var cancelled = (await world.Publisher.Post($"deployments/{id}/cancel/", reason)).Ok();
        Assert.Equal("CANCELLED", Text(cancelled["status"]));
        Assert.Equal(200, (await world.Publisher.Post($"deployments/{id}/cancel/", reason)).Status);
        Assert.Single(await world.EventTypes(id), type => type == "DEPLOYMENT_CANCELLED");

        var app = world.NextApp();
        var active = Text((await world.Submit(app, (await world.Store(app)).PackId)).Ok()["correlation_id"]);
        await world.Until(active, "ACTIVE");
        Assert.Equal((409, "ALREADY_PUBLISHED"), Outcome(await world.Publisher.Post($"deployments/{active}/cancel/", reason)));
    }

    [Fact]
    public async Task Lists_show_the_newest_first_and_page_without_repeats()
    {
        var made = new List<string>();
        for (var count = 0; count < 5; count++)
        {
            var app = world.NextApp();
            made.Add(Text((await world.Submit(app, JsonValue.Create(world.NextId().ToString()))).Ok()["correlation_id"]));
        }

        await Governance.Testing.Eventually.Holds(async () =>
            Ids((await world.Publisher.Get("deployments/?limit=200")).Ok()).Intersect(made).Count() == made.Count, TimeSpan.FromSeconds(20));
        var first = (await world.Publisher.Get("deployments/list?limit=2")).Ok();
        var second = (await world.Publisher.Get($"deployments/list?limit=2&continuation_token={Uri.EscapeDataString(Text(first["continuation_token"]))}")).Ok();
        Assert.Empty(Ids(first).Intersect(Ids(second)));
        Assert.Equal(400, (await world.Publisher.Get("deployments/?continuation_token=nonsense")).Status);
        await Governance.Testing.Eventually.Holds(async () =>
        {
            var events = (await world.Publisher.Get("events/?event_type=DEPLOYMENT_CREATED&limit=200")).Ok()["events"]!.AsArray();
            return events.Select(each => Text(each!["correlation_id"])).Intersect(made).Count() == made.Count;
        }, TimeSpan.FromSeconds(20));
        var ofOne = (await world.Publisher.Get($"events/?correlation_id={made[0]}")).Ok()["events"]!.AsArray();
        Assert.Equal("DEPLOYMENT_CREATED", Text(Assert.Single(ofOne)!["event_type"]));
    }

    [Fact]
    public async Task An_incident_is_logged_in_every_status()
    {
        var waiting = await world.AwaitingCab();
        var id = Text(waiting["correlation_id"]);

        var reported = (await world.Publisher.Post(
            $"deployments/{id}/incidents/", new JsonObject { ["severity"] = "major", ["summary"] = "It crashes.", ["security"] = true })).Ok();

        Assert.Equal(1, reported["incidents"]!["security"]!.GetValue<int>());
        Assert.Contains("INCIDENT_REPORTED", await world.EventTypes(id));
    }

    [Theory]
    [InlineData("""{"version": "1", "target_ring": "LAB", "evidence_pack_id": "6b1f2c1e-5d7c-4a41-9a53-0c7cb4a2a001"}""", "app_name")]
    [InlineData("""{"app_name": 7, "version": "1", "target_ring": "LAB", "evidence_pack_id": "6b1f2c1e-5d7c-4a41-9a53-0c7cb4a2a001"}""", "app_name")]
    [InlineData("""{"app_name": "a", "version": "1", "target_ring": "MOON", "evidence_pack_id": "6b1f2c1e-5d7c-4a41-9a53-0c7cb4a2a001"}""", "target_ring")]
    [InlineData("""{"app_name": "a", "version": "1", "target_ring": "LAB", "evidence_pack_id": "x"}""", "evidence_pack_id")]
    [InlineData("""{"app_name": "a", "version": "1", "target_ring": "LAB", "evidence_pack_id": "6b1f2c1e-5d7c-4a41-9a53-0c7cb4a2a001", "connector": "SCCM"}""", "connector")]
    [InlineData("""{"app_name": "a", "version": "1", "target_ring": "LAB", "start_ring": "GLOBAL", "evidence_pack_id": "6b1f2c1e-5d7c-4a41-9a53-0c7cb4a2a001"}""", "start_ring")]
    [InlineData("""{"app_name": "a", "version": "1", "target_ring": "LAB", "evidence_pack_id": "6b1f2c1e-5d7c-4a41-9a53-0c7cb4a2a001", "scope": {"group_ids": ["x"]}}""", "scope.group_ids[0]")]
    public async Task Wrong_input_names_its_field(string body, string field)
    {
        var refused = await world.Publisher.Post("deployments/", JsonNode.Parse(body));

        Assert.Equal(400, refused.Status);
        Assert.Contains(refused.Body!["errors"]!.AsArray(), error => Text(error!["field"]) == field);
    }

    private static (int, string?) Outcome(ApiAnswer answer) => (answer.Status, answer.Code);

    private static IReadOnlyList<string> Ids(JsonObject page) => [.. page["deployments"]!.AsArray().Select(each => Text(each!["correlation_id"]))];
}
