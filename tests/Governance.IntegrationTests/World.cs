using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Local.Intune;
using Governance.Local.Stack;
using Governance.Testing;
using Governance.Testing.Web;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]

namespace Governance.IntegrationTests;

/// <summary>The whole app on Azurite with its own storage prefix, the Intune simulator, and people to act.</summary>
public class World : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly AzuriteFixture _azurite;
    private readonly Seeded _seeded;
    private readonly List<ApiClient> _clients = [];
    private int _apps;
    private LocalStack? _stack;
    private ApiClient? _publisher;
    private ApiClient? _approver;
    private ApiClient? _secondApprover;
    private ApiClient? _everybody;
    private DescribedApi? _described;

    public World(AzuriteFixture azurite)
    {
        _azurite = azurite;
        Prefix = azurite.NextPrefix();
        _seeded = new(Prefix.Sum(character => character));
        PublisherId = _seeded.NextGuid();
        ApproverId = _seeded.NextGuid();
    }

    internal string Prefix { get; }

    /// <summary>How many times faster than policy says periods run.</summary>
    internal int Speed { get; init; } = 1;

    internal Guid PublisherId { get; }

    internal Guid ApproverId { get; }

    internal LocalStack Stack => _stack!;

    internal ApiClient Publisher => _publisher!;

    internal ApiClient Approver => _approver!;

    internal ApiClient SecondApprover => _secondApprover!;

    /// <summary>What a kind of world does differently.</summary>
    private protected virtual LocalStackOptions Change(LocalStackOptions options) => options;

    public virtual async ValueTask InitializeAsync()
    {
        _stack = await LocalStack.Start(
            Change(new()
            {
                Port = 0,
                ConnectionString = _azurite.ConnectionString,
                Prefix = Prefix,
                Speed = Speed,
                LogLevel = Microsoft.Extensions.Logging.LogLevel.Error,
                Intune = new()
                {
                    Groups = [.. Rings.All.Select(ring => new SimulatedGroup { Id = LocalStack.GroupOf(ring), Name = ring.WireName(), Devices = 12 })],
                    Devices = new() { CheckIn = TimeSpan.FromSeconds(1), Install = TimeSpan.FromSeconds(1), ReportLag = TimeSpan.Zero },
                },
            }),
            CancellationToken.None);
        _publisher = await SignIn(PublisherId, "Publisher");
        _approver = await SignIn(ApproverId, "CabApprover");
        _secondApprover = await SignIn(_seeded.NextGuid(), "CabApprover");
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _clients.ForEach(client => client.Dispose());
        if (_stack is not null)
        {
            await _stack.DisposeAsync();
        }
    }

    internal async Task<ApiClient> SignIn(Guid person, params string[] roles)
    {
        var client = await ApiClient.SignIn(Stack.Address, person, "user", roles);
        client.Seen = (await DescribedApi()).Check;
        _clients.Add(client);
        return client;
    }

    /// <summary>A person with every role there is.</summary>
    internal async Task<ApiClient> Everybody() => _everybody ??= await SignIn(NextId(), "Publisher", "CabApprover", "SecurityReviewer", "Auditor", "PlatformAdmin");

    /// <summary>What the app says of itself in OpenAPI; every answer that a test gets is held against it.</summary>
    internal async Task<DescribedApi> DescribedApi() => _described ??= await Testing.Web.DescribedApi.Read(Stack.Address);

    internal Guid NextId() => _seeded.NextGuid();

    internal (string App, string Version) NextApp() => ($"App {Prefix} {Interlocked.Increment(ref _apps)}", $"{_seeded.Next(1, 9)}.{_seeded.Next(0, 99)}");

    /// <summary>Stores a pack whose artifact is uploaded.</summary>
    internal async Task<Stored> Store((string App, string Version) app, Func<EvidenceBuilder, EvidenceBuilder>? change = null, Guid? packId = null)
    {
        var package = await SamplePackage.Make(app.App, app.Version, buffer => new Seeded(app.App.Length).NextBytes(buffer.Length).CopyTo(buffer));
        var sha256 = await Publisher.Upload(package, "setup.intunewin", "artifact");
        var builder = EvidenceBuilder.LowRisk with { ArtifactSha256 = sha256, ArtifactBytes = package.Length };
        var body = new JsonObject { ["app_name"] = app.App, ["version"] = app.Version, ["evidence"] = (change?.Invoke(builder) ?? builder).Build() };
        if (packId is { } id)
        {
            body["evidence_pack_id"] = id.ToString();
        }

        var answer = await Publisher.Post("evidence/store/", body);
        return new(answer, body);
    }

    internal Task<ApiAnswer> Submit((string App, string Version) app, JsonNode pack, string ring = "LAB", params (string Name, string Value)[] headers) => Publisher.Post(
        "deployments/", new JsonObject { ["app_name"] = app.App, ["version"] = app.Version, ["target_ring"] = ring, ["evidence_pack_id"] = pack.DeepClone() }, headers);

    internal async Task<JsonObject> Deployment(string id) => (await Publisher.Get($"deployments/{id}/")).Ok();

    /// <summary>Waits until a deployment is as wished.</summary>
    internal async Task<JsonObject> Until(string id, Func<JsonObject, bool> wished)
    {
        JsonObject? last = null;
        try
        {
            await Eventually.Holds(async () => wished(last = await Deployment(id)), Patience);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message} It was {last?["status"]}, waiting for {last?["waiting_for"]?.ToJsonString()}, after {string.Join(' ', await EventTypes(id))}.", late);
        }

        return last!;
    }

    internal Task<JsonObject> Until(string id, string status) => Until(id, deployment => Text(deployment["status"]) == status);

    internal async Task<IReadOnlyList<string>> EventTypes(string id) =>
        [.. (await Publisher.Get($"deployments/{id}/events/?limit=200")).Ok()["events"]!.AsArray().Select(each => Text(each!["event_type"]))];

    /// <summary>A deployment that waits for the CAB.</summary>
    internal async Task<JsonObject> AwaitingCab(Func<EvidenceBuilder, EvidenceBuilder>? change = null)
    {
        var app = NextApp();
        var stored = await Store(app, builder => (change ?? (each => each))(builder with { Risky = true }));
        var created = (await Submit(app, stored.PackId)).Ok();
        return await Until(Text(created["correlation_id"]), "AWAITING_CAB");
    }

    internal static string Text(JsonNode? node) => node!.GetValue<string>();
}

/// <summary>What came of storing a pack.</summary>
internal sealed record Stored(ApiAnswer Answer, JsonObject Body)
{
    internal JsonNode PackId => Answer.Ok()["evidence_pack_id"]!;
}
