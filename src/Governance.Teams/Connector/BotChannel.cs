using System.Text.Json.Nodes;
using Governance.Core.Cab;

namespace Governance.Teams.Connector;

/// <summary>Cards through the bot connector.</summary>
/// <remarks>https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference</remarks>
internal sealed class BotChannel(TeamsOptions options, BotOptions bot, ChannelCalls calls, IAccessTokens tokens) : ICardChannel
{
    internal const string Scope = "https://api.botframework.com/.default";

    /// <inheritdoc/>
    public bool CanUpdate => true;

    /// <inheritdoc/>
    public async Task<Delivery> Post(CardMessage message, NoticeAudience audience, string? conversationId, CancellationToken cancellation)
    {
        var activity = Activity(message);
        var channel = audience == NoticeAudience.Backup ? bot.BackupChannelId ?? bot.ChannelId : bot.ChannelId;
        var (path, body) = conversationId is null
            ? ("v3/conversations", new JsonObject
            {
                ["isGroup"] = true,
                ["tenantId"] = options.TenantId.ToString("D"),
                ["channelData"] = new JsonObject { ["channel"] = new JsonObject { ["id"] = channel }, ["tenant"] = new JsonObject { ["id"] = options.TenantId.ToString("D") } },
                ["activity"] = activity,
            })
            : ($"v3/conversations/{Uri.EscapeDataString(conversationId)}/activities", activity);
        var (answer, failed) = await Call(HttpMethod.Post, path, body, repeatable: false, cancellation).ConfigureAwait(false);
        if (failed is not null)
        {
            return failed;
        }

        return (Text(answer, conversationId is null ? "activityId" : "id"), conversationId ?? Text(answer, "id")) is ({ } sent, { } thread)
            ? new Delivery.Done(thread, sent)
            : new Delivery.Unclear("the connector's answer names no message");
    }

    /// <inheritdoc/>
    public async Task<Delivery> Update(CardMessage message, string conversationId, string activityId, CancellationToken cancellation)
    {
        var path = $"v3/conversations/{Uri.EscapeDataString(conversationId)}/activities/{Uri.EscapeDataString(activityId)}";
        var activity = Activity(message);
        activity["id"] = activityId;
        var (_, failed) = await Call(HttpMethod.Put, path, activity, repeatable: true, cancellation).ConfigureAwait(false);
        return failed ?? new Delivery.Done(conversationId, activityId);
    }

    internal static JsonObject Activity(CardMessage message) => new()
    {
        ["type"] = "message",
        ["summary"] = message.Summary,
        ["attachments"] = new JsonArray(new JsonObject
        {
            ["contentType"] = "application/vnd.microsoft.card.adaptive",
            ["content"] = message.Card.DeepClone(),
        }),
    };

    private async Task<(JsonObject? Body, Delivery? Failed)> Call(HttpMethod method, string path, JsonObject body, bool repeatable, CancellationToken cancellation)
    {
        string? token;
        try
        {
            token = await tokens.Get(Scope, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException none)
        {
            return (null, new Delivery.NotSent($"no token for the connector: {none.Message}"));
        }

        return await calls.Send(method, new Uri(bot.ServiceUrl, path), token, body, repeatable, cancellation).ConfigureAwait(false);
    }

    private static string? Text(JsonObject? answer, string name) =>
        answer?[name] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length is > 0 and <= 500 ? text : null;
}
