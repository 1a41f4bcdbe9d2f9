using System.Diagnostics;
using Governance.Local.Stack;
using static Governance.IntegrationTests.World;

namespace Governance.IntegrationTests;

public sealed class TraceTests(World world) : IClassFixture<World>
{
    [Fact]
    public async Task One_trace_leads_from_the_intent_to_the_calls_of_Graph()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Governance" or "Microsoft.AspNetCore" or "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        var trace = ActivityTraceId.CreateFromBytes(world.NextId().ToByteArray());
        var app = world.NextApp();
        var stored = await world.Store(app);

        var created = await world.Submit(app, stored.PackId, "LAB", ("traceparent", $"00-{trace}-0123456789abcdef-01"));
        await world.Until(Text(created.Ok()["correlation_id"]), "ACTIVE");

        // The app is made, its content uploaded and assigned, all of it asked for by activities of the orchestration that the intent started.
        var graph = world.Stack.Intune.Simulator.Journal.Entries.Where(entry => entry.TraceParent?.Contains(trace.ToString(), StringComparison.Ordinal) == true).ToList();
        Assert.Contains(graph, entry => entry.Method == "POST" && entry.Path.EndsWith("/mobileApps", StringComparison.Ordinal));
        Assert.Contains(graph, entry => entry.Path.EndsWith("/assign", StringComparison.Ordinal) || entry.Path.EndsWith("/assignments", StringComparison.Ordinal));
    }
}
