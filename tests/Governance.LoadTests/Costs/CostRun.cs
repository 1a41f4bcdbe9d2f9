using System.Globalization;
using System.Text.Json.Nodes;
using Governance.LoadTests.Measuring;
using Governance.LoadTests.Stack;
using Governance.Storage.Hosting;
using Governance.Storage.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.LoadTests.Costs;

/// <summary>What one deployment costs, evidence included: operations of storage, turns, calls of Graph, rows and bytes that stay. The base of docs/capacity.md.</summary>
internal static class CostRun
{
    private const int Deployments = 40;

    private static readonly Dictionary<string, string[]> Wanted = new(StringComparer.Ordinal)
    {
        ["governance.storage.duration"] = ["service", "operation"],
        ["governance.hub.turns"] = [],
        ["governance.hub.activity.duration"] = [],
    };

    internal static async Task<int> Run()
    {
        await using var stack = await LoadStack.Start();
        using var meters = new Meters(Wanted);
        foreach (var (name, risky) in new[] { ("low risk, one ring", false), ("through the CAB, one ring", true) })
        {
            await One(stack, risky);
            await Task.Delay(TimeSpan.FromSeconds(8)); // What the first left to do, dispatched rows that are deleted every few seconds included, must not count.
            meters.Take();
            var graph = stack.Local.Intune.Simulator.Journal.Entries.Count;
            var before = await Kept(stack);
            for (var each = 0; each < Deployments; each++)
            {
                await One(stack, risky);
            }

            await Task.Delay(TimeSpan.FromSeconds(8));
            var after = await Kept(stack);
            Console.WriteLine($"## {name}, a deployment");
            foreach (var (what, count) in meters.Take())
            {
                Line(what, count);
            }

            Line("requests to Graph and its upload target", stack.Local.Intune.Simulator.Journal.Entries.Count - graph);
            Line("rows kept", after.Rows - before.Rows);
            Line("bytes kept in rows", after.Bytes - before.Bytes);
        }

        return 0;
    }

    private static void Line(string what, double total) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-50}{total / Deployments,12:0.0}"));

    private static async Task One(LoadStack stack, bool risky)
    {
        var (_, created) = await stack.Api.Post(stack.Api.Publisher, "/api/v1/deployments", await stack.Api.Intent(risky, withArtifact: true), ("Prefer", "wait=30"));
        var id = created["correlation_id"]!.GetValue<string>();
        if (risky)
        {
            await stack.Api.Post(stack.Api.Approver, $"/api/v1/cab/{id}/approve", """{"comments": "Seen."}""");
        }

        var body = new JsonObject { ["deployment_id"] = id, ["target_plane"] = "INTUNE" }.ToJsonString();
        while ((await stack.Api.Post(stack.Api.Publisher, "/api/v1/connectors/publish", body, ("Prefer", "wait=30"))).Body["status"]!.GetValue<string>() == "pending")
        {
        }
    }

    private static async Task<(long Rows, long Bytes)> Kept(LoadStack stack)
    {
        var layout = stack.Local.Services.GetRequiredService<StorageLayout>();
        var (rows, bytes) = (0L, 0L);
        foreach (var table in new[] { layout.Deployments, layout.Views, layout.Owners, stack.Local.Services.GetRequiredService<StorageClients>().Table("TaskHub") })
        {
            await foreach (var row in table.QueryAsync())
            {
                rows++;
                bytes += row.Sum(Size);
            }
        }

        return (rows, bytes);
    }

    // As Azure counts an entity: two bytes a character of names and texts, the length of bytes, eight for the rest.
    private static long Size(KeyValuePair<string, object> property) => (2L * property.Key.Length) + property.Value switch
    {
        string text => 2L * text.Length,
        byte[] bytes => bytes.Length,
        BinaryData data => data.ToMemory().Length,
        _ => 8,
    };
}
