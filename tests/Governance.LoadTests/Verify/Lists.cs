using System.Text.Json;
using Governance.LoadTests.Load;

namespace Governance.LoadTests.Verify;

/// <summary>Reads whole lists, page after page.</summary>
internal static class Lists
{
    /// <summary>All deployments with their status.</summary>
    /// <exception cref="LoadException">A page was refused.</exception>
    internal static Task<Listing> Deployments(LoadClient client, string token, CancellationToken cancellation) =>
        All(client, token, "deployments?limit=200", "deployments", row => (Id(row, "correlation_id"), row.GetProperty("status").GetString()!), cancellation);

    /// <summary>All open requests of the CAB with their app.</summary>
    /// <exception cref="LoadException">A page was refused.</exception>
    internal static Task<Listing> Pending(LoadClient client, string token, CancellationToken cancellation) =>
        All(client, token, "cab/pending?limit=200", "approvals", row => (Id(row, "id"), row.GetProperty("app_name").GetString()!), cancellation);

    /// <summary>All deployments that the list of events knows as created since then.</summary>
    /// <exception cref="LoadException">A page was refused.</exception>
    internal static Task<Listing> Created(LoadClient client, string token, DateTimeOffset since, CancellationToken cancellation) => All(
        client,
        token,
        $"events?limit=200&event_type=DEPLOYMENT_CREATED&from={since.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}",
        "events",
        row => (Id(row, "correlation_id"), row.GetProperty("event_type").GetString()!),
        cancellation);

    private static async Task<Listing> All(
        LoadClient client, string token, string path, string list, Func<JsonElement, (Guid Id, string Value)> read, CancellationToken cancellation)
    {
        var all = new Listing([], []);
        for (string? next = null; ;)
        {
            var page = Requests.Base + path + (next is null ? string.Empty : "&continuation_token=" + Uri.EscapeDataString(next));
            using var answer = await Patiently.Get(client, token, page, cancellation);
            if (answer.Status != 200)
            {
                throw new LoadException($"A page of {list} was answered {answer.Describe()}");
            }

            foreach (var row in answer.Json.GetProperty(list).EnumerateArray())
            {
                var (id, value) = read(row);
                if (!all.Rows.TryAdd(id, value))
                {
                    all.Twice.Add(id);
                }
            }

            next = Requests.Text(answer, "continuation_token");
            if (next is null)
            {
                return all;
            }
        }
    }

    private static Guid Id(JsonElement row, string name) => row.GetProperty(name).GetGuid();
}

/// <summary>A whole list.</summary>
/// <param name="Rows">What the list says of each.</param>
/// <param name="Twice">What stands in it more than once.</param>
internal sealed record Listing(Dictionary<Guid, string> Rows, List<Guid> Twice);

/// <summary>Checking is not measured: what is turned away comes again.</summary>
internal static class Patiently
{
    private const int MostTries = 60;

    internal static async Task<Answer> Get(LoadClient client, string token, string path, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            var answer = await client.Get(token, path, cancellation);
            if (!answer.IsRefusal || tries == MostTries)
            {
                return answer;
            }

            await Task.Delay(answer.RetryAfter!.Value, cancellation);
            answer.Dispose();
        }
    }
}
