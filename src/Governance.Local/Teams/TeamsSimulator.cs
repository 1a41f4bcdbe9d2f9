using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Governance.Local.Teams;

/// <summary>One simulated team with a bot, a flow and an outgoing webhook: takes cards, and presses their buttons as a person of the tenant.</summary>
internal sealed class TeamsSimulator : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(15) };
    private int _activities;

    internal TeamsSimulator(SimulatedTeamsOptions options, TimeProvider clock)
    {
        (Options, _clock) = (options, clock);
        Issuer = new(options.BotId, clock);
        foreach (var person in options.People)
        {
            People[person.ObjectId] = person;
        }
    }

    /// <summary>The tenant.</summary>
    internal SimulatedTeamsOptions Options { get; }

    /// <summary>Signs callbacks.</summary>
    internal ConnectorIssuer Issuer { get; }

    /// <summary>What is in the team's channels.</summary>
    internal SimulatedChannel Channel { get; } = new();

    /// <summary>People by object id; may be changed while it runs.</summary>
    internal System.Collections.Concurrent.ConcurrentDictionary<Guid, SimulatedPerson> People { get; } = new();

    /// <summary>What goes wrong with the next calls to the connector or flow, in order.</summary>
    internal System.Collections.Concurrent.ConcurrentQueue<ChannelFault> Faults { get; } = new();

    /// <summary>The outgoing webhook's secret.</summary>
    internal byte[] WebhookSecret { get; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>Where the simulator itself is; set once it listens.</summary>
    internal Uri Root { get; set; } = new("http://127.0.0.1");

    /// <summary>The app whose callbacks are called; set once it listens.</summary>
    internal Uri App { get; set; } = new("http://127.0.0.1:7071");

    /// <summary>What the connector calls its service address.</summary>
    internal string ServiceUrl => new Uri(Root, "/connector/").AbsoluteUri;

    /// <summary>A person as the directory has them; null for nobody.</summary>
    internal SimulatedPerson? Person(Guid id) =>
        People.TryGetValue(id, out var person) ? person : Options.OthersApprove ? new SimulatedPerson(id, $"Person {id.ToString()[..8]}") : null;

    /// <summary>The newest message whose buttons decide on a deployment; null while there is none.</summary>
    internal SimulatedMessage? CardOf(string deploymentId) => Channel.Messages.LastOrDefault(message => message.DecidesOn == deploymentId);

    /// <summary>The activity of a pressed button, as Teams sends it.</summary>
    /// <param name="message">The card.</param>
    /// <param name="verb">Which of its buttons.</param>
    /// <param name="by">Who presses it.</param>
    /// <param name="inputs">What they filled in.</param>
    internal JsonObject Press(SimulatedMessage message, string verb, Guid by, params (string Id, string Value)[] inputs)
    {
        var button = message.Buttons.FirstOrDefault(each => each["verb"]!.GetValue<string>() == verb) ?? message.Card!["refresh"]?["action"]
            ?? throw new InvalidOperationException($"The card has no button {verb}.");
        var data = button["data"]!.DeepClone().AsObject();
        foreach (var (id, value) in inputs)
        {
            data[id] = value;
        }

        var tenant = Options.TenantId.ToString("D");
        return new()
        {
            ["type"] = "invoke",
            ["name"] = "adaptiveCard/action",
            ["id"] = $"f:{Interlocked.Increment(ref _activities):x8}",
            ["channelId"] = "msteams",
            ["serviceUrl"] = ServiceUrl,
            ["timestamp"] = _clock.GetUtcNow().ToString("o"),
            ["replyToId"] = message.ActivityId,
            ["from"] = new JsonObject { ["id"] = new SimulatedPerson(by, string.Empty).TeamsId, ["name"] = Person(by)?.Name, ["aadObjectId"] = by.ToString() },
            ["recipient"] = new JsonObject { ["id"] = $"28:{Options.BotId}", ["name"] = "CAB" },
            ["conversation"] = new JsonObject { ["id"] = message.ConversationId, ["conversationType"] = "channel", ["isGroup"] = true, ["tenantId"] = tenant },
            ["channelData"] = new JsonObject
            {
                ["tenant"] = new JsonObject { ["id"] = tenant },
                ["channel"] = new JsonObject { ["id"] = message.ChannelId },
                ["source"] = new JsonObject { ["name"] = "message" },
            },
            ["value"] = new JsonObject
            {
                ["action"] = new JsonObject { ["type"] = "Action.Execute", ["title"] = button["title"]?.DeepClone(), ["verb"] = verb, ["data"] = data },
                ["trigger"] = "manual",
            },
        };
    }

    /// <summary>Sends an activity to the app with the connector's token, and shows a card that comes back in place of the pressed one.</summary>
    /// <param name="token">Another token than the connector's own; for tests of refusals.</param>
    internal async Task<SimulatedAnswer> Deliver(JsonObject activity, string? token = null)
    {
        var answer = await Post("/api/v1/teams/messages", Encoding.UTF8.GetBytes(activity.ToJsonString()), $"Bearer {token ?? Issuer.Token(activity["serviceUrl"]!.GetValue<string>())}");
        return answer;
    }

    /// <summary>Presses a button and delivers it.</summary>
    internal Task<SimulatedAnswer> Tap(SimulatedMessage message, string verb, Guid by, params (string Id, string Value)[] inputs) => Deliver(Press(message, verb, by, inputs));

    /// <summary>Mentions the outgoing webhook, as somebody of the team.</summary>
    internal Task<SimulatedAnswer> Mention(string text, Guid by, Action<JsonObject>? change = null)
    {
        var message = new JsonObject
        {
            ["type"] = "message",
            ["id"] = $"w{Interlocked.Increment(ref _activities):x8}",
            ["timestamp"] = _clock.GetUtcNow().ToString("o"),
            ["text"] = $"<at>CAB</at> {text}",
            ["from"] = new JsonObject { ["id"] = new SimulatedPerson(by, string.Empty).TeamsId, ["name"] = Person(by)?.Name, ["aadObjectId"] = by.ToString() },
            ["conversation"] = new JsonObject { ["id"] = $"{Options.ChannelId};messageid=1" },
            ["channelData"] = new JsonObject { ["tenant"] = new JsonObject { ["id"] = Options.TenantId.ToString("D") }, ["teamsTeamId"] = "19:team@thread.tacv2" },
        };
        change?.Invoke(message);
        var body = Encoding.UTF8.GetBytes(message.ToJsonString());
        return Post("/api/v1/teams/outgoing-webhook", body, $"HMAC {Convert.ToBase64String(HMACSHA256.HashData(WebhookSecret, body))}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Issuer.Dispose();
        _http.Dispose();
    }

    internal async Task<SimulatedAnswer> Post(string path, byte[] body, string authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(App, path)) { Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } } };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return new(answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text) as JsonObject);
    }
}

/// <summary>What the app answered a callback with.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The JSON; null where there is none.</param>
internal sealed record SimulatedAnswer(HttpStatusCode Status, JsonObject? Body)
{
    /// <summary>The text that Teams would show to whoever pressed; null where it is none.</summary>
    internal string? Toast => Value?.GetValueKind() == JsonValueKind.String ? Value.GetValue<string>() : null;

    /// <summary>The card that Teams would show in place of the pressed one; null where it is none.</summary>
    internal JsonObject? Card => Body?["type"]?.GetValue<string>() == "application/vnd.microsoft.card.adaptive" ? Value as JsonObject : null;

    /// <summary>The first text of the card, or the toast, or the problem's code.</summary>
    internal string? Says => Toast ?? Card?["body"]?[0]?["text"]?.GetValue<string>() ?? Body?["code"]?.GetValue<string>() ?? Body?["text"]?.GetValue<string>();

    private JsonNode? Value => Body?["value"];
}

/// <summary>What goes wrong with one call.</summary>
/// <param name="Status">What is answered; 0 cuts the connection.</param>
/// <param name="Done">Whether the call was carried out all the same.</param>
/// <param name="RetryAfter">Seconds; null for none.</param>
internal sealed record ChannelFault(int Status, bool Done, int? RetryAfter = null);
