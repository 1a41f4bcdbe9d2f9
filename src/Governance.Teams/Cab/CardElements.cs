using System.Text.Json.Nodes;

namespace Governance.Teams.Cab;

/// <summary>The elements of Adaptive Cards that Governance uses: version 1.4, which all of Teams' clients show.</summary>
/// <remarks>https://adaptivecards.io/explorer/. Texts arrive neutral.</remarks>
internal static class CardElements
{
    internal const string Version = "1.4";

    internal static JsonObject Card(IEnumerable<JsonNode> body, string fallback) => new()
    {
        ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
        ["type"] = "AdaptiveCard",
        ["version"] = Version,
        ["fallbackText"] = fallback,
        ["body"] = Array(body),
    };

    internal static JsonObject Text(string text, bool bold = false, bool large = false, bool separate = false, bool subtle = false)
    {
        var element = new JsonObject { ["type"] = "TextBlock", ["text"] = text, ["wrap"] = true };
        if (bold)
        {
            element["weight"] = "Bolder";
        }

        if (large)
        {
            element["size"] = "Medium";
        }

        if (separate)
        {
            element["separator"] = true;
        }

        if (subtle)
        {
            element["isSubtle"] = true;
        }

        return element;
    }

    internal static JsonObject Facts(IEnumerable<(string Title, string Value)> facts) => new()
    {
        ["type"] = "FactSet",
        ["facts"] = Array(facts.Select(fact => new JsonObject { ["title"] = fact.Title, ["value"] = fact.Value })),
    };

    internal static JsonObject Actions(params IEnumerable<JsonNode> actions) => new() { ["type"] = "ActionSet", ["actions"] = Array(actions) };

    internal static JsonObject Open(string title, Uri address) => new() { ["type"] = "Action.OpenUrl", ["title"] = title, ["url"] = address.AbsoluteUri };

    internal static JsonObject Show(string title, IEnumerable<JsonNode> body) => new()
    {
        ["type"] = "Action.ShowCard",
        ["title"] = title,
        ["card"] = new JsonObject { ["type"] = "AdaptiveCard", ["version"] = Version, ["body"] = Array(body) },
    };

    internal static JsonObject Execute(string title, string verb, JsonObject data, JsonNode fallback) => new()
    {
        ["type"] = "Action.Execute",
        ["title"] = title,
        ["verb"] = verb,
        ["data"] = data,
        ["fallback"] = fallback,
    };

    internal static JsonObject Input(string id, string label, bool multiline = false, string? required = null)
    {
        var input = new JsonObject { ["type"] = "Input.Text", ["id"] = id, ["label"] = label, ["maxLength"] = 1000 };
        if (multiline)
        {
            input["isMultiline"] = true;
        }

        if (required is not null)
        {
            (input["isRequired"], input["errorMessage"]) = (true, required);
        }

        return input;
    }

    internal static JsonObject Number(string id, string label, int min, int max) =>
        new() { ["type"] = "Input.Number", ["id"] = id, ["label"] = label, ["min"] = min, ["max"] = max };

    internal static JsonObject Date(string id, string label) => new() { ["type"] = "Input.Date", ["id"] = id, ["label"] = label };

    internal static JsonObject Choice(string id, string label, IEnumerable<(string Title, string Value)> choices) => new()
    {
        ["type"] = "Input.ChoiceSet",
        ["id"] = id,
        ["label"] = label,
        ["placeholder"] = "No limit",
        ["choices"] = Array(choices.Select(choice => new JsonObject { ["title"] = choice.Title, ["value"] = choice.Value })),
    };

    private static JsonArray Array(IEnumerable<JsonNode> items) => [.. items];
}
