using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Governance.Local.Teams;

/// <summary>The messages of the simulated team, in the order in which they came.</summary>
internal sealed class SimulatedChannel
{
    private readonly ConcurrentDictionary<string, SimulatedMessage> _messages = new(StringComparer.Ordinal);
    private long _last = 1_794_031_000_000;

    /// <summary>Every message, oldest first.</summary>
    internal IReadOnlyList<SimulatedMessage> Messages => [.. _messages.Values.OrderBy(message => message.ActivityId, StringComparer.Ordinal)];

    /// <summary>Posts; a thread begins with its first message.</summary>
    internal SimulatedMessage Post(string channelId, string? conversationId, JsonObject activity, string from)
    {
        var id = Interlocked.Increment(ref _last).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var message = new SimulatedMessage(id, channelId, conversationId ?? $"{channelId};messageid={id}", activity, from, 0);
        _messages[id] = message;
        return message;
    }

    /// <summary>Replaces a message's content.</summary>
    /// <returns>False where there is no such message.</returns>
    internal bool Update(string activityId, JsonObject activity)
    {
        while (_messages.TryGetValue(activityId, out var message))
        {
            if (_messages.TryUpdate(activityId, message with { Activity = activity, Updates = message.Updates + 1 }, message))
            {
                return true;
            }
        }

        return false;
    }

    internal SimulatedMessage? Find(string activityId) => _messages.GetValueOrDefault(activityId);
}

/// <summary>One message.</summary>
/// <param name="ActivityId">Its id.</param>
/// <param name="ChannelId">Where it is.</param>
/// <param name="ConversationId">Its thread.</param>
/// <param name="Activity">As it was sent.</param>
/// <param name="From">bot or workflow.</param>
/// <param name="Updates">How often it was replaced.</param>
internal sealed record SimulatedMessage(string ActivityId, string ChannelId, string ConversationId, JsonObject Activity, string From, int Updates)
{
    /// <summary>Its card; null for a message without one.</summary>
    internal JsonObject? Card => Activity["attachments"]?[0]?["content"] as JsonObject;

    /// <summary>The deployment that its buttons decide on; null for a card without buttons.</summary>
    internal string? DecidesOn => Buttons.Select(button => button["data"]?["rid"]?.GetValue<string>()).FirstOrDefault(id => id is not null);

    /// <summary>All buttons that execute something, of the card and of those nested in it.</summary>
    internal IReadOnlyList<JsonObject> Buttons => Card is null ? [] : [.. Executes(Card)];

    private static IEnumerable<JsonObject> Executes(JsonNode? node) => node switch
    {
        JsonObject item when item["type"]?.GetValueKind() == System.Text.Json.JsonValueKind.String && item["type"]!.GetValue<string>() == "Action.Execute" => [item],
        JsonObject item => item.Where(member => member.Key is not ("refresh" or "data")).SelectMany(member => Executes(member.Value)),
        JsonArray items => items.SelectMany(Executes),
        _ => [],
    };
}
