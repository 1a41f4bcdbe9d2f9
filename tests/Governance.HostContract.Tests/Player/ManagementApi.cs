using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Governance.HostContract.Tests.Player;

/// <summary>The HTTP management API of a played task hub.</summary>
internal static class ManagementApi
{
    private const string Base = "/runtime/webhooks/durabletask/";

    internal static async Task Serve(HttpContext context, PlayedHub hub, string key, ConcurrentQueue<string> calls)
    {
        var (request, response) = (context.Request, context.Response);
        var path = request.Path.Value!;
        calls.Enqueue($"http {request.Method} {path}");
        if (!path.StartsWith(Base, StringComparison.Ordinal) || !request.QueryString.Value!.Contains(key, StringComparison.Ordinal))
        {
            response.StatusCode = 401;
            return;
        }

        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync();
        switch (request.Method, path[Base.Length..].Split('/'))
        {
            case ("POST", ["orchestrators", var name, var id]):
                response.StatusCode = hub.Start(id, name, body.Length == 0 ? null : body) ? 202 : 409;
                break;
            case ("GET", ["instances", var id]) when hub.Find(id) is { } found:
                response.StatusCode = found.Ended ? 200 : 202;
                await response.WriteAsync(Status(found).ToJsonString());
                break;
            case ("POST", ["instances", var id, "raiseEvent", var name]):
                response.StatusCode = request.ContentType?.StartsWith("application/json", StringComparison.Ordinal) != true ? 400
                    : Sent(hub.Send(id, e => e.EventRaised = new() { Name = name, Input = body }));
                break;
            case ("POST", ["instances", var id, "terminate"]):
                response.StatusCode = Sent(hub.Send(id, e => e.ExecutionTerminated = new() { Input = request.Query["reason"].ToString() }));
                break;
            case ("POST", ["instances", var id, "suspend"]):
                response.StatusCode = Sent(hub.Send(id, e => e.ExecutionSuspended = new() { Input = request.Query["reason"].ToString() }));
                break;
            case ("POST", ["instances", var id, "resume"]):
                response.StatusCode = Sent(hub.Send(id, e => e.ExecutionResumed = new() { Input = request.Query["reason"].ToString() }));
                break;
            case ("DELETE", ["instances", var id]):
                response.StatusCode = hub.Find(id) is null ? 404 : hub.Purge(id) ? 200 : 412;
                break;
            default:
                response.StatusCode = 404;
                break;
        }
    }

    private static int Sent(bool? sent) => sent switch { null => 404, false => 410, true => 202 };

    private static JsonObject Status(PlayedInstance instance) => new()
    {
        ["name"] = instance.Name,
        ["instanceId"] = instance.Id,
        ["runtimeStatus"] = instance.Status.ToString(),
        ["input"] = Parsed(instance.Input),
        ["customStatus"] = Parsed(instance.CustomStatus),
        ["output"] = Parsed(instance.Output),
        ["createdTime"] = $"{instance.CreatedAt:yyyy-MM-ddTHH:mm:ssZ}",
        ["lastUpdatedTime"] = $"{instance.UpdatedAt:yyyy-MM-ddTHH:mm:ssZ}",
    };

    private static JsonNode? Parsed(string? text)
    {
        try
        {
            return text is null ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
