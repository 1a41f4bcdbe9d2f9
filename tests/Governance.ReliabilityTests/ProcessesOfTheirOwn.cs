using Governance.LoadTests.Stack;
using Governance.Testing;

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

        await Eventually.Holds(async () => await Status(api, id) == "ACTIVE", TimeSpan.FromSeconds(60));
    }

    private static async Task<string> Status(ApiCaller api, string id) => (await api.Get(api.Publisher, $"/api/v1/deployments/{id}"))["status"]!.GetValue<string>();
}
