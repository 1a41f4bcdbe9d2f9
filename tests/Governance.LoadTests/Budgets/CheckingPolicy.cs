using System.Globalization;
using System.Text.Json.Nodes;
using Governance.LoadTests.Measuring;
using Governance.LoadTests.Stack;

namespace Governance.LoadTests.Budgets;

/// <summary>From an intent to its policy check on an idle system, by the timestamps of the log.</summary>
internal static class CheckingPolicy
{
    private const int Intents = 300;

    internal static async IAsyncEnumerable<Figure> Measure()
    {
        await using var stack = await LoadStack.Start();
        var intents = new List<string>();
        for (var each = 0; each < Intents + 20; each++)
        {
            intents.Add(await stack.Api.Intent(risky: true));
        }

        var times = new List<double>();
        foreach (var intent in intents)
        {
            var (_, created) = await stack.Api.Post(stack.Api.Publisher, "/api/v1/deployments", intent, ("Prefer", "wait=30"));
            var events = (await stack.Api.Get(stack.Api.Publisher, $"/api/v1/deployments/{created["correlation_id"]}/events"))["events"]!.AsArray();
            times.Add((At(events, "POLICY_CHECK_COMPLETED") - At(events, "DEPLOYMENT_CREATED")).TotalMilliseconds);
        }

        var measured = Latencies.Of(times.Skip(20), TimeSpan.FromSeconds(1));
        yield return new(
            "create → POLICY_CHECK_COMPLETED, idle system",
            "p50 ≤ 60 ms, p99 ≤ 200 ms",
            string.Create(CultureInfo.InvariantCulture, $"p50 {measured.P50:0.0} ms, p99 {measured.P99:0.0} ms, longest {measured.Max:0.0} ms of {measured.Count}"),
            measured.P50 <= 60 && measured.P99 <= 200);
    }

    private static DateTimeOffset At(JsonArray events, string type) => events.Single(each => each!["event_type"]!.GetValue<string>() == type)!["timestamp"]!.GetValue<DateTimeOffset>();
}
