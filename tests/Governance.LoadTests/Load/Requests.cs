using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Governance.LoadTests.Load;

/// <summary>The requests that users make, each with what must be true of its answer.</summary>
internal static class Requests
{
    internal const string Base = "/api/v1/";

    /// <summary>A new intent.</summary>
    /// <param name="bench">Where it is taken down.</param>
    /// <param name="token">Whose.</param>
    /// <param name="intent">Of which app and pack.</param>
    /// <param name="comesTo">The status that it comes to by itself.</param>
    internal static Request Create(LoadBench bench, string token, Intent intent, string comesTo)
    {
        var id = bench.NextId();
        return new("create", new(HttpMethod.Post, token, Base + "deployments", intent.With(id)), (answer, again) =>
        {
            // What was turned away may have been done all the same; then the repeat finds it.
            var expected = answer.Status == 201 || (again && answer.Status == 200);
            if (!expected || Text(answer, "correlation_id") != id.ToString("D") || Text(answer, "app_name") != intent.App || Text(answer, "status") is null)
            {
                return $"not the deployment that was asked for: {answer.Describe()}";
            }

            bench.Ledger.Created(id, intent.App, comesTo);
            return null;
        });
    }

    /// <summary>The newest deployments.</summary>
    internal static Request List(string token) => new(
        "list", new(HttpMethod.Get, token, Base + "deployments", null), (answer, _) => CheckList(answer, "deployments", "correlation_id", "created_at", newestFirst: true));

    /// <summary>What waits for the CAB.</summary>
    internal static Request Pending(string token) => new(
        "list pending", new(HttpMethod.Get, token, Base + "cab/pending", null), (answer, _) => CheckList(answer, "approvals", "id", "due_at", newestFirst: false));

    /// <summary>One deployment.</summary>
    internal static Request Get(string token, Guid id, Made made) => new(
        "get", new(HttpMethod.Get, token, $"{Base}deployments/{id:D}", null), (answer, _) =>
            answer.Status == 200 && Text(answer, "correlation_id") == id.ToString("D") && Text(answer, "app_name") == made.App && answer.Json.GetProperty("sequence").GetInt64() >= 1
                ? null
                : $"not the deployment that was asked for: {answer.Describe()}");

    /// <summary>A decision of the CAB, by somebody who is not involved.</summary>
    internal static Request Decide(LoadBench bench, string token, Guid id, bool approve) => new(
        approve ? "approve" : "reject",
        new(HttpMethod.Post, token, $"{Base}cab/{id:D}/{(approve ? "approve" : "reject")}", """{"comments": "Seen."}"""u8.ToArray()),
        (answer, _) =>
        {
            var decision = approve ? "APPROVED" : "REJECTED";
            if (answer.Status != 200 || Text(answer, "id") != id.ToString("D") || Text(answer, "decision") != decision)
            {
                return $"not decided as asked: {answer.Describe()}";
            }

            bench.Ledger.Became(id, decision);
            return null;
        });

    /// <summary>A publish of what is published.</summary>
    internal static Request Publish(string token, Guid id) => new(
        "publish",
        new(HttpMethod.Post, token, Base + "connectors/publish", JsonSerializer.SerializeToUtf8Bytes(new { deployment_id = id, target_plane = "INTUNE" })),
        (answer, _) => answer.Status == 200 && Text(answer, "correlation_id") == id.ToString("D") && Text(answer, "status") == "success" && Text(answer, "external_id") is { Length: > 0 }
            ? null
            : $"not what is published: {answer.Describe()}");

    /// <summary>How a deployment stands in its plane.</summary>
    internal static Request Status(string token, Guid id) => new(
        "status",
        new(HttpMethod.Get, token, $"{Base}connectors/status/{id:D}", null),
        (answer, _) => answer.Status == 200 && Text(answer, "correlation_id") == id.ToString("D") && Text(answer, "status") == "success" ? null : $"not its standing: {answer.Describe()}");

    /// <summary>A remediation, of the submitter's own.</summary>
    internal static Request Remediate(string token, Guid id) => new(
        "remediate",
        new(HttpMethod.Post, token, Base + "connectors/remediate", JsonSerializer.SerializeToUtf8Bytes(new { deployment_id = id, reason = "Asked for under load.", action = "RESYNC" })),
        (answer, _) => answer.Status == 200 && Text(answer, "correlation_id") == id.ToString("D") && Guid.TryParse(Text(answer, "remediation_id"), out var _) ? null : $"no remediation: {answer.Describe()}");

    /// <summary>A text member of an answer; null where there is none.</summary>
    internal static string? Text(Answer answer, string name) =>
        answer.Body is { RootElement: { ValueKind: JsonValueKind.Object } root } && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? CheckList(Answer answer, string list, string id, string at, bool newestFirst)
    {
        if (answer.Status != 200 || !answer.Json.TryGetProperty(list, out var rows) || rows.ValueKind != JsonValueKind.Array || !answer.Json.TryGetProperty("continuation_token", out _))
        {
            return $"no page of a list: {answer.Describe()}";
        }

        // Escalated requests stand in front of all others, whenever they are due.
        var times = rows.EnumerateArray().Where(row => !row.TryGetProperty("escalated", out var escalated) || !escalated.GetBoolean())
            .Select(row => DateTimeOffset.Parse(row.GetProperty(at).GetString()!, CultureInfo.InvariantCulture)).ToImmutableArray();
        var ids = rows.EnumerateArray().Select(row => row.GetProperty(id).GetString()).ToImmutableArray();
        return ids.Length == 0 ? "the list is empty"
            : ids.Distinct(StringComparer.Ordinal).Count() != ids.Length ? "a deployment is listed twice on one page"
            : newestFirst && times.Zip(times.Skip(1)).Any(pair => pair.First < pair.Second - Slack) ? "the list is not in its order"
            : !newestFirst && times.Zip(times.Skip(1)).Any(pair => pair.First > pair.Second + Slack) ? "the list is not in its order"
            : null;
    }

    // Lists are in the order in which follow-up work reached them; what was made at the same moment may have changed places.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(30);
}
