using System.Text.Json.Nodes;

namespace Governance.Teams.Connector;

/// <summary>What a callback is answered with.</summary>
public abstract record CallbackAnswer
{
    private CallbackAnswer()
    {
    }

    /// <summary>JSON that Teams understands.</summary>
    /// <param name="Status">The HTTP status.</param>
    /// <param name="Body">The body; null for none.</param>
    public sealed record Json(int Status, JsonNode? Body) : CallbackAnswer;

    /// <summary>The caller did not prove to be Teams, or sent what Teams does not send.</summary>
    /// <param name="Status">The HTTP status.</param>
    /// <param name="Code">Stable, UPPER_SNAKE.</param>
    /// <param name="Detail">For a person; says nothing about what would have been right.</param>
    public sealed record Problem(int Status, string Code, string Detail) : CallbackAnswer;

    /// <summary>Taken, nothing to say.</summary>
    internal static CallbackAnswer Nothing { get; } = new Json(200, null);

    /// <summary>A text that Teams shows to whoever pressed the button.</summary>
    internal static CallbackAnswer Toast(string text) => Invoke(200, "application/vnd.microsoft.activity.message", JsonValue.Create(text));

    /// <summary>A card in place of the one whose button was pressed.</summary>
    internal static CallbackAnswer Card(JsonObject card) => Invoke(200, "application/vnd.microsoft.card.adaptive", card);

    private static Json Invoke(int status, string type, JsonNode value) => new(200, new JsonObject { ["statusCode"] = status, ["type"] = type, ["value"] = value });
}
