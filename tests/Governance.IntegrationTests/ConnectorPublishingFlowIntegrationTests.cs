using System.Text.Json.Nodes;
using Governance.Local.Stack;
using static Governance.IntegrationTests.World;

namespace Governance.IntegrationTests;

public sealed class ConnectorPublishingFlowIntegrationTests(World world) : IClassFixture<World>
{
    [Fact]
    public async Task A_publish_makes_one_app_with_the_correlation_id_and_the_rings_group()
    {
        var id = await Active();

        var found = await AppsOf(id);

        var app = Assert.Single(found);
        Assert.Contains(id, Text(app!["notes"]));
        Assert.Equal("published", Text(app["publishingState"]));
        var assignments = (await Graph($"deviceAppManagement/mobileApps/{app["id"]}/assignments"))["value"]!.AsArray();
        Assert.Equal(LocalStack.GroupOf(Core.Ring.Lab).ToString(), Text(Assert.Single(assignments)!["target"]!["groupId"]));
    }

    [Fact]
    public async Task A_repeated_publish_answers_as_it_is_and_makes_no_second_app()
    {
        var id = await Active();

        var repeat = (await Publish(id)).Ok();

        Assert.Equal("success", Text(repeat["status"]));
        Assert.Equal(Text((await world.Deployment(id))["connector_status"]!["external_id"]), Text(repeat["external_id"]));
        Assert.Single(await AppsOf(id));
        Assert.Single(await world.EventTypes(id), type => type == "DEPLOYMENT_PUBLISHED");
    }

    [Fact]
    public async Task The_status_of_a_publish_is_returned_with_its_plane()
    {
        var id = await Active();

        var status = (await world.Publisher.Get($"connectors/status/{id}/")).Ok();

        Assert.Equal(("INTUNE", "success"), (Text(status["target_plane"]), Text(status["status"])));
        Assert.NotEmpty(Text(status["external_id"]));
        Assert.Equal("INTUNE", Text((await world.Publisher.Get("connectors/")).Ok()["connectors"]![0]!["target_plane"]));
        Assert.Equal("healthy", Text((await world.Publisher.Get("connectors/INTUNE/health")).Ok()["status"]));
        Assert.Equal(404, (await world.Publisher.Get("connectors/SCCM/health")).Status);
    }

    [Fact]
    public async Task What_is_published_is_logged_with_its_subject()
    {
        var id = await Active();

        var published = (await world.Publisher.Get($"deployments/{id}/events/")).Ok()["events"]!.AsArray().Single(each => Text(each!["event_type"]) == "DEPLOYMENT_PUBLISHED")!;

        Assert.Equal("LAB", Text(published["data"]!["ring"]));
        Assert.Equal(Text((await world.Deployment(id))["approval"]!["subject_digest"]), Text(published["data"]!["publication"]!["subject_digest"]));
    }

    [Fact]
    public async Task Without_an_artifact_a_publish_waits_and_says_so_until_a_pack_names_one()
    {
        var app = world.NextApp();
        var without = await world.Store(app, evidence => evidence with { ArtifactSha256 = null });
        var id = Text((await world.Submit(app, without.PackId)).Ok()["correlation_id"]);
        var approved = await world.Until(id, "APPROVED");
        Assert.Equal(["artifact"], approved["waiting_for"]!.AsArray().Select(Text));
        var refused = await Publish(id);
        Assert.Equal((409, "ARTIFACT_MISSING"), (refused.Status, refused.Code));

        var with = await world.Store(app);
        (await world.Publisher.Post($"deployments/{id}/evidence", new JsonObject { ["evidence_pack_id"] = with.PackId.DeepClone() })).Ok();

        var active = await world.Until(id, "ACTIVE");
        Assert.Equal(2, active["revision"]!.GetValue<int>());
    }

    [Fact]
    public async Task Bytes_that_arrive_later_let_the_publish_go_on()
    {
        var app = world.NextApp();
        var package = await SamplePackage.Make(app.App, app.Version);
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(package));
        var stored = await world.Store(app, evidence => evidence with { ArtifactSha256 = sha256, ArtifactBytes = package.Length });
        var id = Text((await world.Submit(app, stored.PackId)).Ok()["correlation_id"]);
        await world.Until(id, "APPROVED");

        await world.Publisher.Upload(package, "setup.intunewin", "artifact");
        var published = await Publish(id, "20");

        Assert.Equal("success", Text(published.Ok()["status"]));
        await world.Until(id, "ACTIVE");
    }

    [Fact]
    public async Task A_gate_below_its_rate_holds_the_first_ring_above_LAB()
    {
        var app = world.NextApp();
        var stored = await world.Store(app, evidence => evidence with { LabResults = Lab(succeeded: 97, failed: 3) });
        var id = Text((await world.Submit(app, stored.PackId, "CANARY")).Ok()["correlation_id"]);

        await world.Until(id, deployment => deployment["gate_failure"] is not null);

        var refused = await Publish(id);
        Assert.Equal((409, "GATE_NOT_PASSED"), (refused.Status, refused.Code));
        Assert.Equal("APPROVED", Text((await world.Deployment(id))["status"]));
        Assert.Contains("PROMOTION_GATE_FAILED", await world.EventTypes(id));
        Assert.Empty(await AppsOf(id));
    }

    [Fact]
    public async Task A_gate_at_its_rate_lets_the_first_ring_above_LAB_in()
    {
        var app = world.NextApp();
        var stored = await world.Store(app, evidence => evidence with { LabResults = Lab(succeeded: 98, failed: 2) });

        var id = Text((await world.Submit(app, stored.PackId, "CANARY")).Ok()["correlation_id"]);

        var active = await world.Until(id, "ACTIVE");
        Assert.Equal("PASS", Text(active["rings"]![0]!["gate"]!["verdict"]));
    }

    [Fact]
    public async Task A_failed_publish_is_logged_with_its_class_and_starts_remediation()
    {
        world.Stack.Intune.Simulator.Faults.Add(new() { Method = "POST", Path = "mobileApps$", Count = 100, Effect = new() { Answer = new(429, "TooManyRequests", RetryAfter: "300") } });
        try
        {
            var app = world.NextApp();
            var stored = await world.Store(app);
            var id = Text((await world.Submit(app, stored.PackId)).Ok()["correlation_id"]);

            var failed = await world.Until(id, deployment => deployment["remediation"] is not null);

            Assert.Equal("failure", Text(failed["connector_status"]!["status"]));
            Assert.Equal("transient", Text(failed["connector_status"]!["error_class"]));
            Assert.Equal(["DEPLOYMENT_PUBLISH_FAILED", "REMEDIATION_STARTED"], (await world.EventTypes(id)).TakeLast(2));
            Assert.Equal("APPROVED", Text(failed["status"]));
        }
        finally
        {
            world.Stack.Intune.Simulator.Faults.Clear();
        }
    }

    [Theory]
    [InlineData("RESYNC")]
    [InlineData("REMOVE")]
    public async Task A_remediation_mends_what_is_on_devices_once(string action)
    {
        var id = await Active();
        var wish = new JsonObject { ["deployment_id"] = id, ["reason"] = "Somebody changed it by hand.", ["action"] = action };

        var started = (await world.Publisher.Post("connectors/remediate/", wish)).Ok();

        Assert.Equal(action, Text(started["action"]));
        await Governance.Testing.Eventually.Holds(async () => (await world.EventTypes(id))[^1] == "REMEDIATION_SUCCEEDED", TimeSpan.FromSeconds(60));
        var app = Assert.Single(await AppsOf(id));
        var assignments = (await Graph($"deviceAppManagement/mobileApps/{app!["id"]}/assignments"))["value"]!.AsArray();
        Assert.Equal(action == "REMOVE" ? 0 : 1, assignments.Count);
        Assert.Null((await world.Deployment(id))["remediation"]);
    }

    [Fact]
    public async Task An_unknown_plane_and_deployment_are_refused()
    {
        var unknown = await world.Publisher.Post("connectors/publish/", new JsonObject { ["deployment_id"] = world.NextId().ToString(), ["target_plane"] = "SCCM" });
        Assert.Equal(400, unknown.Status);
        Assert.Contains("INTUNE", unknown.Body!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(404, (await Publish(world.NextId().ToString())).Status);
        var remediate = await world.Publisher.Post("connectors/remediate/", new JsonObject { ["deployment_id"] = world.NextId().ToString(), ["reason"] = "r", ["action"] = "RESYNC" });
        Assert.Equal(404, remediate.Status);
        Assert.Equal(404, (await world.Publisher.Get($"connectors/status/{world.NextId()}/")).Status);
    }

    private static JsonObject Lab(int succeeded, int failed) => new()
    {
        ["targeted"] = succeeded + failed,
        ["succeeded"] = succeeded,
        ["failed"] = failed,
        ["pending"] = 0,
        ["not_applicable"] = 0,
        ["observed_hours"] = 48,
    };

    private async Task<string> Active()
    {
        var app = world.NextApp();
        var stored = await world.Store(app);
        var id = Text((await world.Submit(app, stored.PackId)).Ok()["correlation_id"]);
        await world.Until(id, "ACTIVE");
        return id;
    }

    private Task<ApiAnswer> Publish(string id, string wait = "5") => world.Publisher.Post(
        "connectors/publish/", new JsonObject { ["deployment_id"] = id, ["target_plane"] = "INTUNE" }, ("Prefer", $"wait={wait}"));

    private async Task<IReadOnlyList<JsonNode?>> AppsOf(string id) =>
        [.. (await Graph("deviceAppManagement/mobileApps?$top=500"))["value"]!.AsArray().Where(app => app!["notes"]?.GetValue<string>().Contains(id, StringComparison.Ordinal) == true)];

    private async Task<JsonNode> Graph(string path)
    {
        using var http = new HttpClient { BaseAddress = new Uri(world.Stack.Intune.Root, "v1.0/") };
        return JsonNode.Parse(await http.GetStringAsync(path, TestContext.Current.CancellationToken))!;
    }
}
