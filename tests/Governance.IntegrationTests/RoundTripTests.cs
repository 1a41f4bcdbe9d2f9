using System.Text.Json.Nodes;
using Governance.Local.Stack;
using static Governance.IntegrationTests.World;

namespace Governance.IntegrationTests;

/// <summary>What answers cost in storage operations, as the app itself counts them.</summary>
public sealed class RoundTripTests(World world) : IClassFixture<World>
{
    [Fact]
    public async Task An_intent_costs_one_write_and_one_read_where_its_pack_is_not_in_memory_yet()
    {
        var app = world.NextApp();
        var stored = await world.Store(app);
        var unknown = await world.Submit(world.NextApp(), JsonValue.Create(world.NextId()));
        Assert.Equal((201, "reads;desc=1, queries;desc=0, writes;desc=1"), (unknown.Status, Cost(unknown)));

        var created = await world.Submit(app, stored.PackId);
        Assert.Equal((201, "reads;desc=0, queries;desc=0, writes;desc=1"), (created.Status, Cost(created)));
    }

    [Fact]
    public async Task A_decision_of_the_CAB_costs_one_read_and_one_write()
    {
        var approved = await world.AwaitingCab();
        var rejected = await world.AwaitingCab();

        var approval = await world.Approver.Post($"cab/{Text(approved["correlation_id"])}/approve/", new JsonObject { ["comments"] = "Seen." });
        Assert.Equal((200, "reads;desc=1, queries;desc=0, writes;desc=1"), (approval.Status, Cost(approval)));

        var rejection = await world.Approver.Post($"cab/{Text(rejected["correlation_id"])}/reject/", new JsonObject { ["comments"] = "Not this one." });
        Assert.Equal((200, "reads;desc=1, queries;desc=0, writes;desc=1"), (rejection.Status, Cost(rejection)));
    }

    [Fact]
    public async Task No_read_of_any_route_makes_a_query()
    {
        var id = Text((await world.AwaitingCab())["correlation_id"]);
        foreach (var path in (await world.DescribedApi()).Calls.Where(call => call.Method == HttpMethod.Get && call.Path.StartsWith("/api/", StringComparison.Ordinal) && call.AnswersJson))
        {
            var answer = await (await world.Everybody()).Get(path.Path.Replace("{id}", id, StringComparison.Ordinal).Replace("{plane}", "INTUNE", StringComparison.Ordinal));
            Assert.True(Cost(answer).Contains("queries;desc=0", StringComparison.Ordinal), $"{path}: {Cost(answer)}");
        }
    }

    private static string Cost(ApiAnswer answer) => answer.Headers["Server-Timing"];
}
