using System.Text.Json.Nodes;
using Governance.Durable.Client;
using Governance.Functions.Orchestration;
using Microsoft.Extensions.DependencyInjection;
using static Governance.IntegrationTests.World;

namespace Governance.IntegrationTests;

public sealed class ExceptionFlowIntegrationTests(World world) : IClassFixture<World>
{
    [Fact]
    public async Task An_approved_exception_has_a_blocked_deployment_checked_again()
    {
        var app = world.NextApp();
        var stored = await world.Store(app, evidence => evidence with { Findings = (1, 0, 0, 0) });
        var id = Text((await world.Submit(app, stored.PackId)).Ok()["correlation_id"]);
        await world.Until(id, "BLOCKED");
        var rule = (await world.Deployment(id))["policy"]!["rules"]!.AsArray().First(each => Text(each!["effect"]) == "BLOCK" && Text(each["result"]) == "fail")!;
        var wish = Wish(app.App, Text(rule["id"]));

        var asked = await world.Publisher.Post("cab/exceptions/", wish);
        var again = await world.Publisher.Post("cab/exceptions/", wish.DeepClone());
        Assert.Equal((201, 200), (asked.Status, again.Status));
        var exception = Text(asked.Body!["id"]);
        await Governance.Testing.Eventually.Holds(async () => (await Pending()).Contains(exception), TimeSpan.FromSeconds(20));
        var self = await (await world.SignIn(world.PublisherId, "SecurityReviewer")).Post($"cab/exceptions/{exception}/approve/", Comments());
        Assert.Equal((403, "SELF_APPROVAL"), (self.Status, self.Code));
        var wrongRole = await world.Approver.Post($"cab/exceptions/{exception}/approve/", Comments());
        Assert.Equal((403, "ROLE_REQUIRED"), (wrongRole.Status, wrongRole.Code));

        var reviewer = await world.SignIn(world.NextId(), "SecurityReviewer");
        var approved = (await reviewer.Post($"cab/exceptions/{exception}/approve/", Comments())).Ok();

        Assert.Equal("APPROVED", Text(approved["status"]));
        await world.Until(id, deployment => Text(deployment["status"]) is not ("BLOCKED" or "PENDING"));
        Assert.Contains("RECHECK_REQUESTED", await world.EventTypes(id));
        await Governance.Testing.Eventually.Holds(async () => !(await Pending()).Contains(exception), TimeSpan.FromSeconds(20));
        Assert.Equal("APPROVED", Text((await world.Publisher.Get($"cab/exceptions/{exception}/")).Ok()["status"]));
    }

    [Fact]
    public async Task A_denied_exception_lifts_nothing()
    {
        var asked = (await world.Publisher.Post("cab/exceptions/", Wish(world.NextApp().App, "critical-findings"))).Ok();
        var reviewer = await world.SignIn(world.NextId(), "SecurityReviewer");

        var denied = (await reviewer.Post($"cab/exceptions/{asked["id"]}/reject/", Comments())).Ok();

        Assert.Equal("DENIED", Text(denied["status"]));
        Assert.Equal((409, "ALREADY_DECIDED"), Outcome(await (await world.SignIn(world.NextId(), "SecurityReviewer")).Post($"cab/exceptions/{asked["id"]}/approve/", Comments())));
    }

    [Fact]
    public async Task An_exception_without_controls_or_of_a_missing_deployment_is_refused()
    {
        var without = Wish(world.NextApp().App, "r");
        without["compensating_controls"] = new JsonArray();
        Assert.Equal((422, "CONTROLS_REQUIRED"), Outcome(await world.Publisher.Post("cab/exceptions/", without)));
        Assert.Equal((404, "EXCEPTION_UNKNOWN"), Outcome(await world.Publisher.Get($"cab/exceptions/{world.NextId()}/")));
        Assert.Equal(400, (await world.Publisher.Post("cab/exceptions/", new JsonObject { ["kind"] = "magic" })).Status);
    }

    [Fact]
    public async Task An_approved_exception_ends_on_time_by_its_own_timer()
    {
        var wish = Wish(world.NextApp().App, "critical-findings");
        var end = TimeProvider.System.GetUtcNow().AddSeconds(6);
        wish["expires_at"] = end.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        var id = Text((await world.Publisher.Post("cab/exceptions/", wish)).Ok()["id"]);
        var reviewer = await world.SignIn(world.NextId(), "SecurityReviewer");
        (await reviewer.Post($"cab/exceptions/{id}/approve/", Comments())).Ok();

        var client = world.Stack.Services.GetRequiredService<DurableTaskClient>();
        await Governance.Testing.Eventually.Holds(
            async () => (await client.GetInstanceAsync(InstanceIds.ExceptionTerm(Guid.Parse(id)), TestContext.Current.CancellationToken))?.IsCompleted == true, TimeSpan.FromSeconds(60));

        Assert.Equal("EXPIRED", Text((await world.Publisher.Get($"cab/exceptions/{id}/")).Ok()["status"]));
        Assert.True(TimeProvider.System.GetUtcNow() >= end);
    }

    [Fact]
    public async Task A_renewal_names_what_it_replaces_and_is_about_the_same()
    {
        var app = world.NextApp().App;
        var id = Text((await world.Publisher.Post("cab/exceptions/", Wish(app, "critical-findings"))).Ok()["id"]);
        var renewal = Wish(app, "critical-findings");
        renewal["replaces"] = id;
        Assert.Equal((422, "RENEWAL_MISMATCH"), Outcome(await world.Publisher.Post("cab/exceptions/", renewal)));
        (await (await world.SignIn(world.NextId(), "SecurityReviewer")).Post($"cab/exceptions/{id}/approve/", Comments())).Ok();

        var asked = (await world.Publisher.Post("cab/exceptions/", renewal)).Ok();

        Assert.Equal(id, Text(asked["replaces"]));
        renewal["replaces"] = world.NextId().ToString();
        Assert.Equal((404, "EXCEPTION_UNKNOWN"), Outcome(await world.Publisher.Post("cab/exceptions/", renewal)));
    }

    [Fact]
    public async Task Applications_show_their_versions()
    {
        var app = world.NextApp();
        await world.Submit(app, JsonValue.Create(world.NextId().ToString()));

        await Governance.Testing.Eventually.Holds(
            async () => (await world.Publisher.Get("deployments/applications?limit=200")).Ok()["applications"]!.AsArray().Any(each =>
                Text(each!["app_name"]) == app.App && Text(each["versions"]![0]!["version"]) == app.Version),
            TimeSpan.FromSeconds(20));
    }

    private static (int, string?) Outcome(Governance.Local.Stack.ApiAnswer answer) => (answer.Status, answer.Code);

    private static JsonObject Comments() => new() { ["comments"] = "Until the vendor's fix." };

    private static JsonObject Wish(string app, string rule) => new()
    {
        ["kind"] = "rule",
        ["app_name"] = app,
        ["rule_id"] = rule,
        ["reason"] = "Not reachable in our configuration.",
        ["compensating_controls"] = new JsonArray("Switched off by policy."),
        ["expires_at"] = TimeProvider.System.GetUtcNow().AddDays(30).ToString("O", System.Globalization.CultureInfo.InvariantCulture),
    };

    private async Task<IReadOnlyList<string>> Pending() =>
        [.. (await world.Publisher.Get("cab/exceptions/pending/?limit=200")).Ok()["exceptions"]!.AsArray().Select(each => Text(each!["id"]))];
}
