using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Governance.Local.Teams;

/// <summary>A page that shows the channels as Teams would, and presses buttons as whomever one chooses. On this machine only.</summary>
internal static class ChannelPage
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    internal static void Map(WebApplication app, TeamsSimulator simulator, string npm)
    {
        app.MapGet("/", () => Asset("page.html", "text/html; charset=utf-8"));
        app.MapGet("/page.js", () => Asset("page.js", "text/javascript; charset=utf-8"));
        app.MapGet("/page.css", () => Asset("page.css", "text/css; charset=utf-8"));
        app.MapGet("/adaptivecards.js", () => Package(npm, "adaptivecards", "dist", "adaptivecards.min.js"));
        app.MapGet("/markdown-it.js", () => Package(npm, "markdown-it", "dist", "markdown-it.min.js"));
        app.MapGet("/people", () => ConnectorEndpoints.Json(new JsonArray([.. simulator.People.Values.OrderBy(person => person.Name, StringComparer.Ordinal)
            .Select(person => new JsonObject { ["id"] = person.ObjectId.ToString(), ["name"] = person.Name, ["role"] = person.Guest ? "guest" : person.Approver ? "approver" : "no approver" })])));
        app.MapGet("/messages", () => ConnectorEndpoints.Json(new JsonArray([.. simulator.Channel.Messages.Select(Shown)])));
        app.MapPost("/taps", context => Tap(context, simulator));
        app.MapPost("/mentions", context => Mention(context, simulator));
    }

    private static JsonObject Shown(SimulatedMessage message) => new()
    {
        ["id"] = message.ActivityId,
        ["channel"] = message.ChannelId,
        ["from"] = message.From,
        ["updates"] = message.Updates,
        ["card"] = message.Card?.DeepClone(),
    };

    private static async Task Tap(HttpContext context, TeamsSimulator simulator)
    {
        if (await Read(context) is not { } body)
        {
            return;
        }

        if (simulator.Channel.Find(Text(body, "id")) is not { } message || !Guid.TryParse(Text(body, "by"), out var by))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var inputs = (body["inputs"] as JsonObject ?? []).Select(input => (input.Key, input.Value?.ToString() ?? string.Empty)).ToArray();
        await Answer(context, await simulator.Tap(message, Text(body, "verb"), by, inputs));
    }

    private static async Task Mention(HttpContext context, TeamsSimulator simulator)
    {
        if (await Read(context) is { } body && Guid.TryParse(Text(body, "by"), out var by))
        {
            await Answer(context, await simulator.Mention(Text(body, "text"), by));
        }
    }

    private static Task Answer(HttpContext context, SimulatedAnswer answer) => ConnectorEndpoints.Json(new JsonObject
    {
        ["status"] = (int)answer.Status,
        ["toast"] = answer.Card is null ? answer.Says : null,
        ["card"] = answer.Card?.DeepClone(),
    }).ExecuteAsync(context);

    // Another site's page could post a form here, but neither with this media type nor under this host's name.
    private static async Task<JsonObject?> Read(HttpContext context)
    {
        if (!context.Request.HasJsonContentType() || context.Request.Host.Host is not ("localhost" or "127.0.0.1"))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return null;
        }

        return (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted)) as JsonObject;
    }

    private static string Text(JsonObject body, string name) => body[name]?.ToString() ?? string.Empty;

    private static Page Asset(string name, string type)
    {
        using var stream = typeof(ChannelPage).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the program.");
        using var reader = new StreamReader(stream);
        return new Page(reader.ReadToEnd(), type);
    }

    private static IResult Package(string npm, params string[] path)
    {
        var file = Path.Combine([npm, "node_modules", .. path]);
        return File.Exists(file) ? Results.File(file, "text/javascript; charset=utf-8") : Results.NotFound();
    }

    private sealed class Page(string text, string type) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.ContentType = type;
            httpContext.Response.Headers.ContentSecurityPolicy = Policy;
            httpContext.Response.Headers.XContentTypeOptions = "nosniff";
            httpContext.Response.Headers.CacheControl = "no-store";
            return httpContext.Response.WriteAsync(text, httpContext.RequestAborted);
        }
    }
}
