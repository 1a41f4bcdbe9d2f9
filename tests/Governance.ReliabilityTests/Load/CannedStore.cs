using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Core.Audit;
using Governance.Core.Events;
using Governance.LoadTests.Load;

namespace Governance.ReliabilityTests.Load;

/// <summary>A store as the API shows it, sound at first: deployments of two events each that wait for the CAB. A test spoils one thing of it.</summary>
internal sealed class CannedStore
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 3, 12, 0, 0, TimeSpan.Zero);

    internal CannedStore(int deployments)
    {
        Ids = [.. Enumerable.Range(1, deployments).Select(number => new Guid(number, 0, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 1))];
        Listed = [.. Ids];
        Logged = [.. Ids];
        Pending = [.. Ids];
        Logs = Ids.ToDictionary(id => id, Log);
        Heads = Ids.ToDictionary(id => id, id => (200, Head(id)));
    }

    internal List<Guid> Ids { get; }

    internal List<Guid> Listed { get; }

    internal List<Guid> Logged { get; }

    internal List<Guid> Pending { get; }

    internal Dictionary<Guid, JsonArray> Logs { get; }

    internal Dictionary<Guid, (int Status, string Body)> Heads { get; }

    /// <summary>A run that was answered that all of them were made.</summary>
    internal LoadBench Bench()
    {
        var bench = new StubApp(Answer).Bench();
        foreach (var id in Ids)
        {
            bench.Ledger.Created(id, "App", "AWAITING_CAB");
        }

        return bench;
    }

    private (int Status, string Body) Answer(HttpRequestMessage request)
    {
        var path = request.RequestUri!.AbsolutePath["/api/v1/".Length..];
        return path.Split('/') switch
        {
            ["deployments"] => List("deployments", Listed, id => new() { ["correlation_id"] = id, ["status"] = "AWAITING_CAB" }),
            ["events"] => List("events", Logged, id => new() { ["correlation_id"] = id, ["event_type"] = "DEPLOYMENT_CREATED" }),
            ["cab", "pending"] => List("approvals", Pending, id => new() { ["id"] = id, ["app_name"] = "App" }),
            ["deployments", var id, "events"] => (200, new JsonObject { ["events"] = Logs[Guid.Parse(id)].DeepClone(), ["continuation_token"] = null }.ToJsonString()),
            ["deployments", var id] => Heads[Guid.Parse(id)],
            _ => (404, "{}"),
        };
    }

    private static (int Status, string Body) List(string name, List<Guid> ids, Func<Guid, JsonObject> row) =>
        (200, new JsonObject { [name] = new JsonArray([.. ids.Select(row)]), ["continuation_token"] = null }.ToJsonString());

    private string Head(Guid id) => new JsonObject
    {
        ["correlation_id"] = id,
        ["status"] = "AWAITING_CAB",
        ["sequence"] = Logs[id].Count,
        ["head_hash"] = Logs[id][^1]!["hash"]!.DeepClone(),
    }.ToJsonString();

    private static JsonArray Log(Guid id)
    {
        var (events, previous) = (new List<EventEnvelope>(), Digest.Zero);
        foreach (var (type, data) in new[] { ("DEPLOYMENT_CREATED", """{"app_name":"App"}"""), ("CAB_SUBMISSION_PREPARED", """{"quorum":1}""") })
        {
            var happened = new EventEnvelope(
                new CorrelationId(id), events.Count + 1, type, Noon.AddSeconds(events.Count), Actor.System, JsonSerializer.Deserialize<JsonElement>(data), previous, Digest.Zero);
            events.Add(happened with { Hash = EventChain.HashOf(happened) });
            previous = events[^1].Hash;
        }

        return JsonNode.Parse(Encoding.UTF8.GetString(BundleEvents.Write(events)))!.AsArray();
    }
}
