using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Teams.Approvers;
using Governance.Teams.Cab;
using Governance.Teams.Connector;
using Governance.Teams.SignIn;
using Governance.Testing;
using Governance.Testing.Deployments;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.Teams.Tests.Testing;

/// <summary>Callbacks with everything outside played in memory: issuer, connector, directory, desk, clock.</summary>
internal sealed class Bench : IDisposable
{
    public const string ServiceUrl = "https://smba.trafficmanager.net/emea/";
    public const string Conversation = "19:cab@thread.tacv2;messageid=100";
    public const string Message = "100";
    public static readonly Guid Tenant = new("71110000-0000-4000-8000-000000000001");
    public static readonly Guid BotId = new("b0700000-0000-4000-8000-000000000001");

    private readonly ConnectorKeys _keys;
    private int _ids;

    public Bench(Story<DeploymentState, DeploymentEvent>? story = null)
    {
        Clock = new FakeClock(Sample.Noon.AddHours(1));
        Issuer = new(Clock);
        Desk = new(story ?? DeploymentStories.AwaitingCab(), Clock);
        Http = new((request, _) => Issuer.Answer(request) ?? Member(request));
        var client = Http.Client;
        _keys = new(Options.Bot!.OpenIdMetadata, client, Clock, Log);
        var composer = new CardComposer(Options, Signer, Directory);
        Callbacks = new(
            Options,
            new(Options.Bot, false, _keys, Clock),
            Signer,
            new(new(Options, new(client, Clock), new NoTokens(), Clock), Directory),
            new(Desk, composer, Log),
            Clock,
            Log);
        Composer = composer;
    }

    public static TeamsOptions Options { get; } = new()
    {
        TenantId = Tenant,
        PublicAddress = new("https://governance.contoso.com"),
        Bot = new() { AppId = BotId, ChannelId = "19:cab@thread.tacv2", CardKey = Enumerable.Range(0, 32).Select(number => (byte)number).ToArray() },
        Approvers = new() { Listed = [People.Bob] },
        OutgoingWebhooks = [new(Convert.FromBase64String("vqF0En+Z0ucuRTM/01o2GuhMH3hKKk/N2bOmlM31zaA="), null)],
    };

    public static CardSigner Signer { get; } = new(Options.Bot!.CardKey, default);

    public FakeClock Clock { get; }

    public TestIssuer Issuer { get; }

    public MemoryDesk Desk { get; }

    public FakeHttp Http { get; }

    public FakeDirectory Directory { get; } = new();

    public KeptLog Log { get; } = new();

    public TeamsCallbacks Callbacks { get; }

    public CardComposer Composer { get; }

    /// <summary>What the roster says about a sender; null for nothing.</summary>
    public Func<string, JsonObject?> Roster { get; set; } = from => new()
    {
        ["id"] = from,
        ["aadObjectId"] = new Guid(from["29:".Length..]).ToString(),
        ["tenantId"] = Tenant.ToString(),
        ["userRole"] = "user",
    };

    public CardBinding Binding => new(Desk.State.Id, 1, Desk.State.Cab!.SubjectDigest, "nonce", Desk.State.Cab.ExpiresAt, Conversation, Message);

    /// <summary>A pressed button as Teams sends it; a test changes what it is about.</summary>
    public JsonObject Press(PersonId by, string verb = CardVerbs.Approve, Action<JsonObject>? change = null, CardBinding? binding = null)
    {
        var data = Signer.Sign(binding ?? Binding, verb);
        if (verb == CardVerbs.Reject)
        {
            data["reason"] = "Not like this.";
        }

        var activity = new JsonObject
        {
            ["type"] = "invoke",
            ["name"] = "adaptiveCard/action",
            ["id"] = $"f:{Interlocked.Increment(ref _ids)}",
            ["channelId"] = "msteams",
            ["serviceUrl"] = ServiceUrl,
            ["replyToId"] = Message,
            ["from"] = new JsonObject { ["id"] = $"29:{by.Value:N}", ["aadObjectId"] = by.ToString() },
            ["conversation"] = new JsonObject { ["id"] = Conversation, ["tenantId"] = Tenant.ToString() },
            ["channelData"] = new JsonObject { ["tenant"] = new JsonObject { ["id"] = Tenant.ToString() } },
            ["value"] = new JsonObject { ["action"] = new JsonObject { ["type"] = "Action.Execute", ["verb"] = verb, ["data"] = data }, ["trigger"] = "manual" },
        };
        change?.Invoke(activity);
        return activity;
    }

    public Task<CallbackAnswer> Deliver(JsonObject activity, string? token = null) =>
        Callbacks.Answer($"Bearer {token ?? Issuer.Token(ServiceUrl)}", Encoding.UTF8.GetBytes(activity.ToJsonString()), CancellationToken.None);

    public Task<CallbackAnswer> Tap(PersonId by, string verb = CardVerbs.Approve, Action<JsonObject>? change = null) => Deliver(Press(by, verb, change));

    public void Dispose()
    {
        _keys.Dispose();
        Issuer.Dispose();
        Http.Dispose();
    }

    private HttpResponseMessage Member(HttpRequestMessage request) =>
        Roster(Uri.UnescapeDataString(request.RequestUri!.Segments[^1])) is { } member ? FakeHttp.Json(member.ToJsonString()) : FakeHttp.Json("{}", HttpStatusCode.NotFound);
}

/// <summary>Who is an approver, as a test says.</summary>
internal sealed class FakeDirectory : IApproverDirectory
{
    public Func<PersonId, ApproverStanding> Standing { get; set; } = _ => ApproverStanding.Approver;

    public ValueTask<ApproverStanding> Find(PersonId person, CancellationToken cancellation) => new(Standing(person));

    public string? NameOf(PersonId person) => person == People.Bob ? "Bob <b>[x](y)" : null;
}

/// <summary>Keeps what is logged.</summary>
internal sealed class KeptLog : ILogger<TeamsCallbacks>, ILogger<CardDelivery>, ILogger<StatusAnswers>
{
    public System.Collections.Concurrent.ConcurrentQueue<(int Id, string Text)> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => NullLogger.Instance.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue((eventId.Id, formatter(state, exception)));
}

/// <summary>What an answer says.</summary>
internal static class AnswersOfCallbacks
{
    public static (int Status, string Code) Problem(this CallbackAnswer answer)
    {
        var problem = Assert.IsType<CallbackAnswer.Problem>(answer);
        return (problem.Status, problem.Code);
    }

    public static string Toast(this CallbackAnswer answer) => Invoke(answer, "application/vnd.microsoft.activity.message").GetValue<string>();

    public static JsonObject Card(this CallbackAnswer answer) => Invoke(answer, "application/vnd.microsoft.card.adaptive").AsObject();

    /// <summary>All texts of a card in one.</summary>
    public static string Texts(this JsonNode card) => string.Join('\n', All(card));

    private static JsonNode Invoke(CallbackAnswer answer, string type)
    {
        var json = Assert.IsType<CallbackAnswer.Json>(answer);
        Assert.Equal(200, json.Status);
        Assert.Equal(type, json.Body!["type"]!.GetValue<string>());
        Assert.Equal(200, json.Body["statusCode"]!.GetValue<int>());
        return json.Body["value"]!;
    }

    private static IEnumerable<string> All(JsonNode? node) => node switch
    {
        JsonObject item => item.Where(member => member.Key is "text" or "title" or "value" or "label").Select(member => member.Value).OfType<JsonValue>()
            .Select(value => value.ToString()).Concat(item.Where(member => member.Value is JsonObject or JsonArray).SelectMany(member => All(member.Value))),
        JsonArray items => items.SelectMany(All),
        _ => [],
    };
}
