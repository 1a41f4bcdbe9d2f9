using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Governance.Local.Teams;

/// <summary>The bot connector's REST service and its keys, and the HTTP trigger of a flow.</summary>
internal static class ConnectorEndpoints
{
    private const int MaxMessage = 80 * 1024;
    private const int MaxFlow = 28 * 1024;

    internal static void Map(WebApplication app, TeamsSimulator simulator)
    {
        app.MapGet("/v1/.well-known/openidconfiguration", () => Json(ConnectorIssuer.Metadata(simulator.Root)));
        app.MapGet("/v1/.well-known/keys", () => Json(simulator.Issuer.Keys()));
        app.MapPost("/connector/v3/conversations", context => Begin(context, simulator));
        app.MapPost("/connector/v3/conversations/{conversation}/activities", context => Reply(context, simulator));
        app.MapPut("/connector/v3/conversations/{conversation}/activities/{activity}", context => Update(context, simulator));
        app.MapGet("/connector/v3/conversations/{conversation}/members/{member}", context => Member(context, simulator));
        app.MapPost("/workflows/cab", context => Flow(context, simulator));
    }

    internal static IResult Json(JsonNode body, int status = 200) => Results.Text(body.ToJsonString(), "application/json", statusCode: status);

    private static Task Begin(HttpContext context, TeamsSimulator simulator) => Faulty(context, simulator, async body =>
    {
        var channel = body["channelData"]?["channel"]?["id"]?.GetValue<string>();
        if (body["activity"] is not JsonObject activity || channel is null)
        {
            return Error(400, "BadSyntax", "activity and channelData.channel.id are required");
        }

        if (channel != simulator.Options.ChannelId && channel != simulator.Options.BackupChannelId)
        {
            return Error(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.");
        }

        await Task.CompletedTask;
        var message = simulator.Channel.Post(channel, null, activity.DeepClone().AsObject(), "bot");
        return Json(new JsonObject { ["id"] = message.ConversationId, ["activityId"] = message.ActivityId }, 201);
    });

    private static Task Reply(HttpContext context, TeamsSimulator simulator) => Faulty(context, simulator, body =>
    {
        var conversation = Route(context, "conversation");
        var message = simulator.Channel.Post(conversation.Split(';')[0], conversation, body.DeepClone().AsObject(), "bot");
        return Task.FromResult(Json(new JsonObject { ["id"] = message.ActivityId }, 201));
    });

    private static Task Update(HttpContext context, TeamsSimulator simulator) => Faulty(context, simulator, body => Task.FromResult(
        simulator.Channel.Update(Route(context, "activity"), body.DeepClone().AsObject())
            ? Json(new JsonObject { ["id"] = Route(context, "activity") })
            : Error(404, "ActivityNotFoundInConversation", "Activity not found")));

    private static Task Member(HttpContext context, TeamsSimulator simulator)
    {
        var id = Route(context, "member");
        var person = Guid.TryParseExact(id.Replace("29:", string.Empty, StringComparison.Ordinal), "N", out var oid) ? simulator.Person(oid) : null;
        return (person is null ? Error(404, "MemberNotFoundInConversation", "The member is not in the conversation.") : Json(new JsonObject
        {
            ["id"] = id,
            ["name"] = person.Name,
            ["aadObjectId"] = person.ObjectId.ToString(),
            ["objectId"] = person.ObjectId.ToString(),
            ["tenantId"] = simulator.Options.TenantId.ToString("D"),
            ["userRole"] = person.Guest ? "guest" : "user",
        })).ExecuteAsync(context);
    }

    private static Task Flow(HttpContext context, TeamsSimulator simulator) => Faulty(context, simulator, body =>
    {
        simulator.Channel.Post(simulator.Options.ChannelId, null, body.DeepClone().AsObject(), "workflow");
        return Task.FromResult(Results.StatusCode(202));
    }, MaxFlow);

    private static async Task Faulty(HttpContext context, TeamsSimulator simulator, Func<JsonObject, Task<IResult>> serve, int max = MaxMessage)
    {
        var fault = simulator.Faults.TryDequeue(out var next) ? next : null;
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        if (fault is null or { Done: true })
        {
            var result = text.Length > max ? Error(413, "MessageSizeTooBig", "The message is too large.") : await serve(JsonNode.Parse(text)!.AsObject());
            if (fault is null)
            {
                await result.ExecuteAsync(context);
                return;
            }
        }

        if (fault.Status == 0)
        {
            context.Abort();
            return;
        }

        if (fault.RetryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        await Error(fault.Status, "ServiceError", "Told to fail.").ExecuteAsync(context);
    }

    private static IResult Error(int status, string code, string message) =>
        Json(new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } }, status);

    private static string Route(HttpContext context, string name) => Uri.UnescapeDataString(context.Request.RouteValues[name]!.ToString()!);
}
