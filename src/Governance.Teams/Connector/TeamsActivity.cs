using System.Text.Json;

namespace Governance.Teams.Connector;

/// <summary>What Teams delivers, as far as Governance looks at it. Nothing in it is trusted before the proof that came with it holds, and what a person typed or a client sent never is.</summary>
internal sealed record TeamsActivity
{
    /// <summary>No callback of Teams is larger; bytes.</summary>
    internal const int MaxBytes = 256 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    internal string? Type { get; private init; }

    internal string? Name { get; private init; }

    internal string? Id { get; private init; }

    internal string? ChannelId { get; private init; }

    internal string? ServiceUrl { get; private init; }

    internal string? ReplyToId { get; private init; }

    internal string? Text { get; private init; }

    internal DateTimeOffset? Timestamp { get; private init; }

    internal string? ConversationId { get; private init; }

    /// <summary>Every tenant that the activity names.</summary>
    internal IReadOnlyList<string> Tenants { get; private init; } = [];

    internal string? TeamId { get; private init; }

    internal string? FromId { get; private init; }

    internal string? FromObjectId { get; private init; }

    /// <summary>Whether the sender says that it is software.</summary>
    internal bool FromAgent { get; private init; }

    internal string? Trigger { get; private init; }

    internal string? Verb { get; private init; }

    /// <summary>The pressed button's data with the inputs beside it, texts, numbers and truths as text; what is nested is left out.</summary>
    internal IReadOnlyDictionary<string, string> Data { get; private init; } = new Dictionary<string, string>();

    /// <returns>Null for what is no activity.</returns>
    internal static TeamsActivity? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement) : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // The second is what comes of a name that is half a character, where names are compared to find those that come twice.
            return null;
        }
    }

    private static TeamsActivity Read(JsonElement root)
    {
        var (from, conversation, channel) = (Part(root, "from"), Part(root, "conversation"), Part(root, "channelData"));
        var value = Part(root, "value");
        var action = Part(value, "action");
        return new()
        {
            Type = Said(root, "type"),
            Name = Said(root, "name"),
            Id = Said(root, "id"),
            ChannelId = Said(root, "channelId"),
            ServiceUrl = Said(root, "serviceUrl"),
            ReplyToId = Said(root, "replyToId"),
            Text = Said(root, "text"),
            Timestamp = Said(root, "timestamp") is { } at
                && DateTimeOffset.TryParse(at, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var instant) ? instant : null,
            ConversationId = Said(conversation, "id"),
            Tenants = [.. new[] { Said(conversation, "tenantId"), Said(Part(channel, "tenant"), "id"), Said(from, "tenantId") }.OfType<string>()],
            TeamId = Said(channel, "teamsTeamId") ?? Said(Part(channel, "team"), "id"),
            FromId = Said(from, "id"),
            FromObjectId = Said(from, "aadObjectId"),
            FromAgent = Said(from, "role") is "agenticUser" or "agenticAppInstance" or "skill" or "agent" or "bot" || Has(from, "agenticUserId") || Has(from, "agenticAppId"),
            Trigger = Said(value, "trigger"),
            Verb = Said(action, "verb"),
            Data = Flat(Part(action, "data")),
        };
    }

    private static Dictionary<string, string> Flat(JsonElement data)
    {
        var flat = new Dictionary<string, string>(StringComparer.Ordinal);
        if (data.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in data.EnumerateObject().Take(64))
            {
                if (Scalar(member.Value) is { } text)
                {
                    flat[member.Name] = text;
                }
            }
        }

        return flat;
    }

    private static string? Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Said(value),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };

    private static JsonElement Part(JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var part) ? part : default;

    private static bool Has(JsonElement from, string name) => Part(from, name).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    private static string? Said(JsonElement from, string name) => Part(from, name) is { ValueKind: JsonValueKind.String } text ? Said(text) : null;

    // Half a character in an escape passes the parser and throws only here: such a text is none.
    private static string? Said(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
