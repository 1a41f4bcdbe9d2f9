using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Durable.Client;
using Governance.Functions.Orchestration;
using Governance.Functions.SignIn;
using Governance.Storage.Hosting;
using Governance.Testing;
using Governance.Testing.Web;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using static Governance.IntegrationTests.World;

namespace Governance.IntegrationTests;

/// <summary>The review pages over HTTP, as a browser without scripts uses them.</summary>
public sealed class ReviewPagesIntegrationTests(World world) : IClassFixture<World>
{
    private const string Hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";

    private static readonly Guid Bo = new("22222222-2222-4222-8222-222222222222");
    private static readonly Guid Cleo = new("33333333-3333-4333-8333-333333333333");
    private static readonly Guid Ada = new("55555555-5555-4555-8555-555555555555");
    private static readonly Guid Max = new("66666666-6666-4666-8666-666666666666");

    [Fact]
    public async Task A_request_is_in_the_queue_and_its_page_has_the_full_picture()
    {
        var waiting = await world.AwaitingCab();
        var id = Text(waiting["correlation_id"]);
        using var bo = await SignIn(Bo);

        await Eventually.Holds(async () => (await bo.Get("/review")).Body.Contains($"/review/{id}", StringComparison.Ordinal), TimeSpan.FromSeconds(20));
        var page = await bo.Get($"/review/{id}");

        Assert.Equal(200, page.Status);
        foreach (var part in new[]
        {
            Text(waiting["app_name"]), ">Risk: ", "The way down", "role=\"img\"", "Privilege impact", ">What changed", "<h2>Rules and completeness", "zlib", "<bdi>Zlib</bdi>: 1",
            ">Timeline", "CAB submission prepared", Text(waiting["cab"]!["subject_digest"]), "Whom it reaches", $"/review/{id}/approve", $"/review/{id}/reject",
        })
        {
            Assert.Contains(part, page.Body, StringComparison.Ordinal);
        }

        Assert.DoesNotContain($"/review/{id}/emergency", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain($"/review/{id}/revoke", page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_approval_with_conditions_counts_once_and_is_shown_with_what_became_of_it()
    {
        var id = Text((await world.AwaitingCab())["correlation_id"]);
        using var bo = await SignIn(Bo);

        var posted = await bo.Submit($"/review/{id}", $"/review/{id}/approve", ("comments", "Carefully."), ("max_ring", "LAB"), ("min_success_rate", "99.5"), ("note", "Tell the help desk."));
        Assert.Equal((303, $"/review/{id}?done=voted"), (posted.Status, posted.Location));

        await world.Until(id, "ACTIVE");
        var page = await bo.Get(posted.Location!);
        Assert.Contains("Your vote is recorded.", page.Body, StringComparison.Ordinal);
        Assert.Contains("A success rate of at least 99.5 %", page.Body, StringComparison.Ordinal);
        Assert.Contains("<span class=\"good\">kept</span>", page.Body, StringComparison.Ordinal);
        Assert.Contains("<span class=\"muted\">for people</span>", page.Body, StringComparison.Ordinal);
        var read = (await world.Publisher.Get($"cab/{id}/")).Ok();
        Assert.Equal(("CONDITIONAL", Bo.ToString()), (Text(read["decision"]), Text(read["approver"])));
        Assert.Equal(["kept", "pending", "for_people"], read["conditions_kept"]!.AsArray().Select(each => Text(each!["state"])));
    }

    [Fact]
    public async Task A_form_is_good_for_the_person_it_was_given_to_and_nobody_else()
    {
        var id = Text((await world.AwaitingCab())["correlation_id"]);
        using var bo = await SignIn(Bo);
        using var cleo = await SignIn(Cleo);
        var path = $"/review/{id}/approve";
        var form = PageBrowser.Forms((await bo.Get($"/review/{id}")).Body)[path];
        await cleo.Get($"/review/{id}");

        Assert.Equal(400, (await cleo.Post(path, form)).Status);
        Assert.Equal(400, (await bo.Post(path, form.Where(field => field.Key != "anti_forgery"))).Status);
        Assert.Equal(400, (await bo.Post(path, form, ("Sec-Fetch-Site", "cross-site"))).Status);
        bo.Cookies.Remove("governance-form");
        Assert.Equal(400, (await bo.Post(path, form)).Status);
        Assert.Equal(3, (await world.EventTypes(id)).Count);
    }

    [Fact]
    public async Task A_vote_on_what_was_shown_before_is_not_taken_and_the_page_shows_what_is_now()
    {
        var waiting = await world.AwaitingCab();
        var id = Text(waiting["correlation_id"]);
        using var bo = await SignIn(Bo);
        var path = $"/review/{id}/approve";
        var form = new Dictionary<string, string>(PageBrowser.Forms((await bo.Get($"/review/{id}")).Body)[path], StringComparer.Ordinal) { ["comments"] = "As I saw it." };
        var another = await world.Store((Text(waiting["app_name"]), Text(waiting["version"])), evidence => evidence with { Risky = true, Findings = (0, 0, 1, 0) });
        (await world.Publisher.Post($"deployments/{id}/evidence", new JsonObject { ["evidence_pack_id"] = another.PackId.DeepClone() })).Ok();
        var now = await world.Until(id, deployment => Text(deployment["status"]) == "AWAITING_CAB" && deployment["revision"]!.GetValue<int>() == 2);

        var stale = await bo.Post(path, form);

        Assert.Equal(412, stale.Status);
        Assert.Contains("Nothing was done.", stale.Body, StringComparison.Ordinal);
        Assert.Contains("As I saw it.", stale.Body, StringComparison.Ordinal);
        Assert.Contains($"name=\"subject_digest\" value=\"{Text(now["cab"]!["subject_digest"])}\"", stale.Body, StringComparison.Ordinal);
        Assert.Equal("AWAITING_CAB", Text((await world.Deployment(id))["status"]));
        foreach (var missing in new[] { "", "zz", "*" })
        {
            form["subject_digest"] = missing;
            Assert.Equal(400, (await bo.Post(path, form)).Status);
        }
    }

    [Fact]
    public async Task Hostile_names_and_words_are_shown_and_never_run()
    {
        var stored = await world.Store((Hostile, "1.0"), evidence => evidence with { Risky = true });
        var created = (await world.Submit((Hostile, "1.0"), stored.PackId)).Ok();
        var id = Text(created["correlation_id"]);
        await world.Until(id, "AWAITING_CAB");
        using var bo = await SignIn(Bo);
        await Eventually.Holds(async () => (await bo.Get("/review")).Body.Contains($"/review/{id}", StringComparison.Ordinal), TimeSpan.FromSeconds(20));

        var pages = new List<string> { (await bo.Get("/review")).Body, (await bo.Get($"/review/{id}")).Body };
        pages.Add((await bo.Submit($"/review/{id}", $"/review/{id}/approve", ("comments", "</textarea>" + Hostile), ("observe_hours", Hostile))).Body);
        Assert.Equal(303, (await bo.Submit($"/review/{id}", $"/review/{id}/reject", ("comments", Hostile))).Status);
        pages.Add((await bo.Get($"/review/{id}?done={Uri.EscapeDataString(Hostile)}")).Body);

        foreach (var page in pages)
        {
            Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Contains("<bdi>&lt;script&gt;alert(1)&lt;/script&gt;", pages[^1], StringComparison.Ordinal);
        Assert.Equal("REJECTED", Text((await world.Deployment(id))["status"]));
    }

    [Fact]
    public async Task Wrong_fields_are_named_and_nothing_is_done()
    {
        var id = Text((await world.AwaitingCab())["correlation_id"]);
        using var bo = await SignIn(Bo);

        var approve = await bo.Submit($"/review/{id}", $"/review/{id}/approve", ("min_success_rate", "101"), ("max_ring", "MOON"));
        var reject = await bo.Submit($"/review/{id}", $"/review/{id}/reject", ("comments", "  "));

        Assert.Equal((400, 400), (approve.Status, reject.Status));
        Assert.Contains("Min success rate a number from 0 to 100", approve.Body, StringComparison.Ordinal);
        Assert.Contains("Comments is required", reject.Body, StringComparison.Ordinal);
        Assert.Equal(3, (await world.EventTypes(id)).Count);
    }

    [Fact]
    public async Task An_approval_that_is_taken_back_halts_the_rollout_and_asks_again()
    {
        var id = Text((await world.AwaitingCab())["correlation_id"]);
        using var bo = await SignIn(Bo);
        await bo.Submit($"/review/{id}", $"/review/{id}/approve");
        await world.Until(id, "ACTIVE");

        Assert.Equal(303, (await bo.Submit($"/review/{id}", $"/review/{id}/revoke", ("reason", "The vendor withdrew it."))).Status);

        var halted = await world.Deployment(id);
        Assert.Equal(("ACTIVE", 2), (Text(halted["status"]), halted["revision"]!.GetValue<int>()));
        Assert.Contains("approval", halted["waiting_for"]!.AsArray().Select(each => Text(each)));
        await Waits(InstanceIds.CabApproval(CorrelationId.Parse(id, null), 1, 2));
        using var cleo = await SignIn(Cleo);
        Assert.Equal(303, (await cleo.Submit($"/review/{id}", $"/review/{id}/approve", ("comments", "Looked again."))).Status);
        await world.Until(id, deployment => deployment["waiting_for"]!.AsArray().Count == 0);
        Assert.Contains("ROLLOUT_RESUMED", await world.EventTypes(id));
    }

    [Fact]
    public async Task An_emergency_is_an_administrators_and_its_review_somebody_elses()
    {
        var id = Text((await world.AwaitingCab())["correlation_id"]);
        using var max = await SignIn(Max);
        using var bo = await SignIn(Bo);

        Assert.Equal(303, (await max.Submit($"/review/{id}", $"/review/{id}/emergency", ("incident_id", "INC-4711"), ("reason", "Exploited now."))).Status);

        await Eventually.Holds(async () => (await bo.Get("/review")).Body.Contains("Emergency approvals to be reviewed", StringComparison.Ordinal), TimeSpan.FromSeconds(20));
        await Waits(InstanceIds.EmergencyReview(CorrelationId.Parse(id, null), 1));
        var page = await bo.Get($"/review/{id}");
        Assert.Contains("INC-4711", page.Body, StringComparison.Ordinal);
        Assert.Equal(303, (await bo.Submit($"/review/{id}", $"/review/{id}/emergency-review", ("outcome", "confirmed"), ("comments", "It could not wait."))).Status);
        Assert.Equal("confirmed", Text((await world.Publisher.Get($"cab/{id}/")).Ok()["emergency_review"]!["outcome"]));
        Assert.DoesNotContain($"/review/{id}/emergency-review", (await bo.Get($"/review/{id}")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_only_reads_sees_everything_and_no_form_but_signing_out()
    {
        var id = Text((await world.AwaitingCab())["correlation_id"]);
        using var ada = await SignIn(Ada);

        var page = await ada.Get($"/review/{id}");

        Assert.Equal(["/review/sign-out"], PageBrowser.Forms(page.Body).Keys);
        Assert.Contains("CAB approvers decide on this.", page.Body, StringComparison.Ordinal);
        Assert.Equal(200, (await ada.Submit($"/review/{id}", "/review/sign-out")).Status);
        Assert.Equal(303, (await ada.Get($"/review/{id}")).Status);
    }

    [Fact]
    public async Task What_changed_since_the_last_approved_version_is_told()
    {
        var app = world.NextApp();
        var first = Text((await world.Submit(app, (await world.Store(app)).PackId)).Ok()["correlation_id"]);
        await world.Until(first, "ACTIVE");
        var next = (app.App, app.Version + ".1");
        var second = Text((await world.Submit(next, (await world.Store(next, evidence => evidence with { Risky = true })).PackId)).Ok()["correlation_id"]);
        await world.Until(second, "AWAITING_CAB");
        using var bo = await SignIn(Bo);

        await Eventually.Holds(
            async () => (await bo.Get($"/review/{second}")).Body.Contains("What changed since", StringComparison.Ordinal), TimeSpan.FromSeconds(20));
        var page = await bo.Get($"/review/{second}");

        Assert.Contains($"href=\"/review/{first}\"", page.Body, StringComparison.Ordinal);
        Assert.Contains("Factors of the risk that changed", page.Body, StringComparison.Ordinal);
        Assert.Contains("The same rings, groups and devices.", page.Body, StringComparison.Ordinal);
        Assert.Contains("No component is new.", page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deployment_that_is_not_there_is_a_page_that_says_so()
    {
        using var bo = await SignIn(Bo);
        foreach (var id in new[] { Guid.NewGuid().ToString(), "1", "%3Cscript%3E" })
        {
            var page = await bo.Get($"/review/{id}");
            Assert.Equal((404, "text/html; charset=utf-8"), (page.Status, page.Headers["Content-Type"]));
            Assert.DoesNotContain("<script", page.Body, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Another_instance_over_the_same_storage_knows_whoever_is_signed_in()
    {
        using var bo = await SignIn(Bo);
        var app = world.Stack.Services;
        var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System);
        PageSessions.Add(services, app.GetRequiredService<SignInSettings>(), _ => new BlobKeys(app.GetRequiredService<StorageLayout>().PageKeys));
        await using var other = services.BuildServiceProvider();

        var ticket = other.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(PageSessions.Scheme).TicketDataFormat.Unprotect(bo.Cookies["governance"]);

        Assert.Equal(Bo.ToString(), ticket?.Principal.FindFirst("oid")?.Value);
    }

    private Task Waits(string instance) => Eventually.Holds(
        async () => await world.Stack.Services.GetRequiredService<DurableTaskClient>().GetInstanceAsync(instance, TestContext.Current.CancellationToken) is { IsCompleted: false },
        TimeSpan.FromSeconds(30));

    private async Task<PageBrowser> SignIn(Guid person)
    {
        var browser = new PageBrowser(world.Stack.Address);
        Assert.Equal(303, (await browser.SignIn(person)).Status);
        return browser;
    }
}
