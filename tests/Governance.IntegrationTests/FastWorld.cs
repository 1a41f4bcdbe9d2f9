using System.Text.Json.Nodes;
using Governance.Local.Intune;
using Governance.Local.Stack;
using Governance.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.IntegrationTests;

/// <summary>A world in which a day passes in four seconds, with an administrator, and a look into the simulated tenant.</summary>
public class FastWorld(AzuriteFixture azurite) : World(azurite)
{
    internal ApiClient Admin => _admin!;

    private ApiClient? _admin;

    private protected override LocalStackOptions Change(LocalStackOptions options) => options with
    {
        Speed = 20_000,
        Intune = options.Intune with { Devices = new() { CheckIn = TimeSpan.FromMilliseconds(300), Install = TimeSpan.FromMilliseconds(200), ReportLag = TimeSpan.Zero } },
    };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _admin = await SignIn(NextId(), "PlatformAdmin");
    }

    /// <summary>A deployment of this version that has got through LAB.</summary>
    internal async Task<string> Completed((string App, string Version) app) => await Finished(await Submitted(app));

    internal async Task<string> Submitted((string App, string Version) app, string ring = "LAB", string? start = null, Func<EvidenceBuilder, EvidenceBuilder>? change = null)
    {
        var stored = await Store(app, change);
        var body = new JsonObject { ["app_name"] = app.App, ["version"] = app.Version, ["target_ring"] = ring, ["evidence_pack_id"] = stored.PackId.DeepClone() };
        if (start is not null)
        {
            body["start_ring"] = start;
        }

        return Text((await Publisher.Post("deployments/", body)).Ok()["correlation_id"]);
    }

    internal async Task<string> Finished(string id)
    {
        await Until(id, "COMPLETED");
        return id;
    }

    /// <summary>Runs a whole round of the drift sweep.</summary>
    internal async Task Sweep()
    {
        var sweep = Stack.Services.GetRequiredService<Governance.Functions.Remediation.SweepDrift>();
        for (var cursor = (string?)null; ;)
        {
            cursor = (await sweep.Step(cursor, TestContext.Current.CancellationToken)).Next;
            if (cursor is null)
            {
                return;
            }
        }
    }

    /// <summary>The app of a deployment in the simulated tenant; null where it is gone.</summary>
    internal SimulatedApp? AppOf(string id) => Stack.Intune.Simulator.Tenant.Apps.SingleOrDefault(app => app.Text("notes").Contains(id, StringComparison.Ordinal));

    internal (string Intent, string Group)[] AssignmentsOf(string id) => AppOf(id) is { } app ? [.. app.Assignments.Select(each => (each.Intent, each.GroupId!))] : [];

    internal Task<ApiAnswer> RollBack(string id) => Admin.Post($"deployments/{id}/rollback", new JsonObject { ["reason"] = "It breaks printing." });

    internal async Task<JsonNode> Event(string id, string type) =>
        (await Publisher.Get($"deployments/{id}/events/?limit=200")).Ok()["events"]!.AsArray().Single(each => Text(each!["event_type"]) == type)!["data"]!;
}
