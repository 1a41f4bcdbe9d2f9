using System.Text.Json.Nodes;
using Governance.Local.Stack;
using Governance.Local.Teams;
using Governance.Testing;

namespace Governance.IntegrationTests.Teams;

/// <summary>The whole app with a simulated team.</summary>
public class TeamsWorld(AzuriteFixture azurite) : World(azurite)
{
    internal TeamsSimulator Team => Stack.Teams!.Simulator;

    private protected override LocalStackOptions Change(LocalStackOptions options) => options with { Teams = new() };

    /// <summary>A deployment that waits for the CAB, and its card with buttons.</summary>
    internal async Task<(string Id, SimulatedMessage Card)> Asked()
    {
        var id = Text((await AwaitingCab())["correlation_id"]);
        return (id, await CardOf(id));
    }

    internal async Task<SimulatedMessage> CardOf(string id)
    {
        SimulatedMessage? card = null;
        await Eventually.Holds(() => (card = Team.CardOf(id)) is not null, TimeSpan.FromSeconds(30));
        return card!;
    }

    /// <summary>Deployments over one pack that wait for the CAB.</summary>
    internal async Task<IReadOnlyList<string>> AwaitingCab(int count)
    {
        var app = NextApp();
        var pack = (await Store(app, builder => builder with { Risky = true })).PackId;
        var ids = Enumerable.Range(0, count).Select(_ => NextId().ToString()).ToList();
        foreach (var id in ids)
        {
            (await Publisher.Post("deployments/", new JsonObject
            {
                ["app_name"] = app.App,
                ["version"] = app.Version,
                ["target_ring"] = "LAB",
                ["evidence_pack_id"] = pack.DeepClone(),
                ["correlation_id"] = id,
            })).Ok();
        }

        foreach (var id in ids)
        {
            await Until(id, "AWAITING_CAB");
        }

        return ids;
    }
}
