using System.Diagnostics;
using System.Text.Json.Nodes;
using Governance.Azurite;
using Governance.Local.Stack;
using Governance.Local.Teams;
using Governance.Testing;
using static Governance.IntegrationTests.World;

namespace Governance.IntegrationTests.Teams;

/// <summary>Each test changes something of the team or of storage that others would notice, so each has a world of its own.</summary>
public sealed class TeamsTroubleIntegrationTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task A_card_whose_sending_was_unclear_shows_as_unknown_and_never_decides()
    {
        await using var world = await Begin(new TeamsWorld(azurite));
        world.Team.Faults.Enqueue(new ChannelFault(502, Done: true));
        var id = Text((await world.AwaitingCab())["correlation_id"]);

        JsonNode? row = null;
        await Eventually.Holds(
            async () => (row = (await world.Publisher.Get("cab/pending/")).Ok()["approvals"]!.AsArray().FirstOrDefault(each => Text(each!["id"]) == id))?["card"] is not null,
            TimeSpan.FromSeconds(30));

        Assert.Equal("unknown", Text(row!["card"]));
        Assert.Empty(Assert.Single(world.Team.Channel.Messages).Buttons);
        (await world.Approver.Post($"cab/{id}/approve/", new JsonObject())).Ok();
        await world.Until(id, "ACTIVE");
        Assert.Single(world.Team.Channel.Messages);
    }

    [Fact]
    public async Task The_first_callback_after_the_connector_changed_its_key_holds()
    {
        await using var world = await Begin(new TeamsWorld(azurite));
        var (_, card) = await world.Asked();
        var old = world.Team.Issuer.Token(world.Team.ServiceUrl);
        world.Team.Issuer.Rotate();

        // The keys were read when the app started; within five minutes of that they are not read again for an unknown one.
        var early = await world.Team.Tap(card, "cab.refresh", world.NextId());

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, early.Status);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await world.Team.Deliver(world.Team.Press(card, "cab.approve", world.NextId()), old)).Status);
    }

    [Fact]
    public async Task An_approver_who_lost_the_role_before_the_quorum_does_not_count()
    {
        await using var world = await Begin(new TeamsWorld(azurite));
        var (id, card) = await TwoNeeded(world);
        var (first, second, third) = (world.NextId(), world.NextId(), world.NextId());
        Assert.Contains("1 of 2", (await world.Team.Tap(card, "cab.approve", first)).Says, StringComparison.Ordinal);
        world.Team.People[first] = new(first, "Moved on") { Approver = false };

        await world.Team.Tap(card, "cab.approve", second);
        Assert.Equal("AWAITING_CAB", Text((await world.Deployment(id))["status"]));
        Assert.Contains("is recorded.", (await world.Team.Tap(card, "cab.approve", third)).Says, StringComparison.Ordinal);
        await world.Until(id, each => Text(each["status"]) != "AWAITING_CAB");
    }

    [Fact]
    public async Task Stopped_storage_does_not_hold_up_the_answer()
    {
        await using var storage = await AzuriteServer.Start(new AzuriteOptions());
        await using var world = await Begin(new LonelyWorld(azurite, storage.ConnectionString));
        var (id, card) = await world.Asked();
        Signal(storage, "STOP");
        try
        {
            var since = Stopwatch.StartNew();
            var answer = await world.Team.Tap(card, "cab.approve", world.NextId());

            Assert.True(since.Elapsed < TimeSpan.FromSeconds(5), $"It took {since.Elapsed}.");
            Assert.Contains("not known whether your decision was recorded", answer.Toast, StringComparison.Ordinal);
        }
        finally
        {
            Signal(storage, "CONT");
        }

        await Eventually.Holds(async () => (await world.Team.Tap(card, "cab.approve", world.ApproverId)).Says is "Your approval is recorded." or
            "Not recorded. This request was decided already: APPROVED.", TimeSpan.FromSeconds(30));
        Assert.Single(await world.EventTypes(id), type => type == "CAB_APPROVED");
    }

    // An application submits and no person is known behind it: two approve, whatever the score.
    private static async Task<(string Id, SimulatedMessage Card)> TwoNeeded(TeamsWorld world)
    {
        var app = world.NextApp();
        var pack = (await world.Store(app, builder => builder with { Risky = true })).PackId;
        using var pipeline = await ApiClient.SignIn(world.Stack.Address, world.NextId(), "app", "Publisher");
        var id = Text((await pipeline.Post("deployments/", new JsonObject
        {
            ["app_name"] = app.App,
            ["version"] = app.Version,
            ["target_ring"] = "LAB",
            ["evidence_pack_id"] = pack.DeepClone(),
        })).Ok()["correlation_id"]);
        await world.Until(id, "AWAITING_CAB");
        return (id, await world.CardOf(id));
    }

    private static async Task<T> Begin<T>(T world)
        where T : World
    {
        await world.InitializeAsync();
        return world;
    }

    private static void Signal(AzuriteServer storage, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", .. storage.ProcessIds.Select(id => id.ToString(System.Globalization.CultureInfo.InvariantCulture))]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>A world on storage of its own, which may be stopped.</summary>
    private sealed class LonelyWorld(AzuriteFixture azurite, string connection) : TeamsWorld(azurite)
    {
        private protected override LocalStackOptions Change(LocalStackOptions options) => base.Change(options) with { ConnectionString = connection };
    }
}
