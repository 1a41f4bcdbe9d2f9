using System.Text.Json.Nodes;
using Governance.LoadTests.Stack;

namespace Governance.ReliabilityTests;

/// <summary>The stack that load and faults are run against: app, tenant and storage as processes.</summary>
public sealed class ProcessesOfTheirOwn
{
    [Fact]
    public async Task The_app_that_was_killed_comes_back_at_its_address_with_all_it_had_answered()
    {
        await using var stack = await ProcessStack.Start(new());
        using var api = await ApiCaller.Connect(stack.Address);
        var (_, created) = await api.Post(api.Publisher, "/api/v1/deployments", await api.Intent(risky: false, withArtifact: true));
        var id = created["correlation_id"]!.GetValue<string>();

        await stack.App.Kill();
        await stack.StartApp();
        await api.SignIn();

        var body = new JsonObject { ["deployment_id"] = id, ["target_plane"] = "INTUNE" }.ToJsonString();
        while ((await api.Post(api.Publisher, "/api/v1/connectors/publish", body, ("Prefer", "wait=30"))).Body["status"]!.GetValue<string>() == "pending")
        {
        }

        Assert.Equal("ACTIVE", (await api.Get(api.Publisher, $"/api/v1/deployments/{id}"))["status"]!.GetValue<string>());
    }
}
