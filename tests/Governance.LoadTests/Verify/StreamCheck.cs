using System.Text.Json;
using Governance.Core;
using Governance.Core.Audit;
using Governance.Core.Events;
using Governance.LoadTests.Load;

namespace Governance.LoadTests.Verify;

/// <summary>Whether one deployment is what its log says: every event recomputed, and the head at its end.</summary>
internal static class StreamCheck
{
    // A deployment that is at work may get another event between the two reads.
    private const int Looks = 5;

    /// <summary>Reads head and log over the API and compares them.</summary>
    /// <returns>How many events stand, and what is wrong; null where nothing is.</returns>
    internal static async Task<(long Events, string? Problem)> Check(LoadClient client, string token, Guid id, string expected, CancellationToken cancellation)
    {
        for (var look = 1; ; look++)
        {
            using var head = await Patiently.Get(client, token, $"{Requests.Base}deployments/{id:D}", cancellation);
            if (head.Status != 200)
            {
                return (0, $"{id} cannot be read: {head.Describe()}");
            }

            var (events, problem) = await Log(client, token, id, cancellation);
            if (problem is not null)
            {
                return (0, problem);
            }

            if (events.Count > head.Json.GetProperty("sequence").GetInt64() && look < Looks)
            {
                continue;
            }

            return (events.Count, Judge(id, head.Json, events, expected));
        }
    }

    /// <summary>Compares a head with its log.</summary>
    /// <param name="id">Whose they are.</param>
    /// <param name="head">As the API shows the deployment.</param>
    /// <param name="events">The whole log.</param>
    /// <param name="expected">The status that it must have come to.</param>
    /// <returns>What is wrong, in a sentence; null where nothing is.</returns>
    internal static string? Judge(Guid id, JsonElement head, IReadOnlyList<EventEnvelope> events, string expected)
    {
        var chain = EventChain.Verify(new CorrelationId(id), events);
        var (sequence, hash, status) = (head.GetProperty("sequence").GetInt64(), head.GetProperty("head_hash").GetString(), head.GetProperty("status").GetString());
        return chain.FirstBadSequence is { } bad ? $"{id}: event {bad} {chain.Flaw}"
            : events.Count == 0 || events[0].EventType != "DEPLOYMENT_CREATED" ? $"{id}: its log does not begin with its creation"
            : chain.Checked != sequence ? $"{id}: its head is at {sequence}, its log at {chain.Checked}"
            : chain.HeadHash.ToString() != hash ? $"{id}: its head's hash is not its log's"
            : status != expected ? $"{id}: is {status}, not {expected}"
            : null;
    }

    private static async Task<(IReadOnlyList<EventEnvelope> Events, string? Problem)> Log(LoadClient client, string token, Guid id, CancellationToken cancellation)
    {
        var all = new List<EventEnvelope>();
        for (string? next = null; ;)
        {
            var path = $"{Requests.Base}deployments/{id:D}/events?limit=200" + (next is null ? string.Empty : "&continuation_token=" + Uri.EscapeDataString(next));
            using var page = await Patiently.Get(client, token, path, cancellation);
            if (page.Status != 200)
            {
                return ([], $"the log of {id} cannot be read: {page.Describe()}");
            }

            try
            {
                all.AddRange(BundleEvents.Read(JsonSerializer.SerializeToUtf8Bytes(page.Json.GetProperty("events"))));
            }
            catch (JsonException unreadable)
            {
                return ([], $"the log of {id} cannot be read: {unreadable.Message}");
            }

            next = Requests.Text(page, "continuation_token");
            if (next is null)
            {
                return (all, null);
            }
        }
    }
}
