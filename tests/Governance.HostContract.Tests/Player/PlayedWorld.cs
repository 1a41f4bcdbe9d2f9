using System.Text.Json.Nodes;
using Azure.Storage.Queues;
using Governance.Azurite;
using Governance.Core;
using Governance.Local.Demo;
using Governance.Local.Intune;
using Governance.Local.Stack;
using Governance.Testing;

namespace Governance.HostContract.Tests.Player;

/// <summary>The Functions host with its triggers and the durable extension, storage and a simulated tenant around a handler, and people to act.</summary>
internal sealed class PlayedWorld : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly IntuneSimulatorHost _intune;
    private readonly PlayedQueue _queue;
    private readonly string _folder;
    private int _apps;

    private PlayedWorld(IHandler handler, IntuneSimulatorHost intune, Uri address, HostPlayer host, PlayedHub hub, HubEndpoint endpoint, PlayedQueue queue, string folder)
    {
        (Handler, _intune, Address, Host, Hub, Endpoint, _queue, _folder) = (handler, intune, address, host, hub, endpoint, queue, folder);
    }

    internal IHandler Handler { get; }

    internal Uri Address { get; }

    internal HostPlayer Host { get; }

    internal PlayedHub Hub { get; }

    internal HubEndpoint Endpoint { get; }

    internal PlayedQueue Queue => _queue;

    internal ApiClient Publisher { get; private set; } = null!;

    internal ApiClient Approver { get; private set; } = null!;

    internal ApiClient Admin { get; private set; } = null!;

    internal static async Task<PlayedWorld> Start(IHandler handler, AzuriteFixture azurite)
    {
        var prefix = azurite.NextPrefix();
        var folder = Directory.CreateTempSubdirectory("host-contract-").FullName;
        var intune = await IntuneSimulatorHost.Start(
            new()
            {
                Groups = [.. Rings.All.Select(ring => new SimulatedGroup { Id = LocalStack.GroupOf(ring), Name = ring.WireName(), Devices = 12 })],
                Devices = new() { CheckIn = TimeSpan.FromSeconds(1), Install = TimeSpan.FromSeconds(1), ReportLag = TimeSpan.Zero },
            },
            TimeProvider.System);
        var port = LoopbackPort.Free();
        var address = new Uri($"http://127.0.0.1:{port}");
        await handler.Start(port, Settings(azurite.ConnectionString, prefix, folder, intune.GraphAddress));
        var host = new HostPlayer(address);
        var hub = new PlayedHub(host);
        var endpoint = await HubEndpoint.Start(hub);
        var queue = new PlayedQueue(
            new QueueClient(azurite.ConnectionString, $"{prefix}outbox", new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 }), "DispatchOutbox", host, () => endpoint.Binding);
        var world = new PlayedWorld(handler, intune, address, host, hub, endpoint, queue, folder);
        queue.Start();
        await world.SignIn();
        return world;
    }

    internal static Dictionary<string, string> Settings(string storage, string prefix, string folder, Uri graph)
    {
        var settings = new Dictionary<string, string>
        {
            ["AzureWebJobsStorage"] = storage,
            ["Storage__Prefix"] = prefix,
            ["SignIn__Mode"] = "Development",
            ["SignIn__KeyFile"] = Path.Combine(folder, "sign-in.pem"),
            ["Intune__BaseAddress"] = graph.ToString(),
            ["Intune__SignIn__Kind"] = "Anonymous",
            ["Intune__Budget__Unlimited"] = "true",
            ["Sweeps__StuckAfter"] = "00:00:01",
        };
        foreach (var ring in Rings.All)
        {
            settings[$"Rings__{ring.WireName()}__Groups"] = LocalStack.GroupOf(ring).ToString();
        }

        return settings;
    }

    /// <summary>Fires a timer, as the host does when it is due.</summary>
    internal Task<Outcome> Fire(string timer) => Host.Invoke(timer, Payloads.Timer(DateTimeOffset.UtcNow, Endpoint.Binding));

    /// <summary>Stores evidence with an uploaded package, and asks for the deployment.</summary>
    /// <returns>The correlation id.</returns>
    internal async Task<string> Submit(bool risky = false)
    {
        var (app, version) = ($"App {Interlocked.Increment(ref _apps)}", "1.0.0");
        var package = await SamplePackage.Make(app, version, buffer => new Seeded(app.Length).NextBytes(buffer.Length).CopyTo(buffer));
        var sha256 = await Publisher.Upload(package, "setup.intunewin", "artifact");
        var evidence = risky ? DemoEvidence.HighRisk(sha256, package.Length, DateTimeOffset.UtcNow) : DemoEvidence.LowRisk(sha256, package.Length, DateTimeOffset.UtcNow);
        var pack = (await Publisher.Post("evidence/store/", new JsonObject { ["app_name"] = app, ["version"] = version, ["evidence"] = evidence })).Ok()["evidence_pack_id"]!;
        var created = (await Publisher.Post(
            "deployments/", new JsonObject { ["app_name"] = app, ["version"] = version, ["target_ring"] = "LAB", ["evidence_pack_id"] = pack.DeepClone() })).Ok();
        return created["correlation_id"]!.GetValue<string>();
    }

    internal async Task Approve(string id)
    {
        var seen = (await Approver.Get($"cab/{id}/")).Ok()["subject_digest"]!.GetValue<string>();
        (await Approver.Post($"cab/{id}/approve/", new JsonObject { ["comments"] = "Seen." }, ("If-Match", $"\"{seen}\""))).Ok();
    }

    internal async Task<JsonObject> Until(string id, string status)
    {
        JsonObject? last = null;
        try
        {
            await Eventually.Holds(async () => (last = (await Publisher.Get($"deployments/{id}/")).Ok())["status"]!.GetValue<string>() == status, Patience);
        }
        catch (TimeoutException late)
        {
            var instances = Hub.Instances.Where(each => each.Id.StartsWith(id, StringComparison.Ordinal)).Select(each => $"{each.Id} {each.Status} {each.Output}");
            throw new TimeoutException($"{last?.ToJsonString()} {string.Join("; ", instances)}", late);
        }

        return last!;
    }

    internal async Task<IReadOnlyList<string>> EventTypes(string id) =>
        [.. (await Publisher.Get($"deployments/{id}/events/?limit=200")).Ok()["events"]!.AsArray().Select(each => each!["event_type"]!.GetValue<string>())];

    internal async Task<int> AppsOf(string id)
    {
        using var graph = new HttpClient();
        var apps = JsonNode.Parse(await graph.GetStringAsync(new Uri($"{_intune.GraphAddress}/deviceAppManagement/mobileApps")))!["value"]!.AsArray();
        return apps.Count(app => app!["notes"]?.GetValue<string>().Contains(id, StringComparison.Ordinal) == true);
    }

    public async ValueTask DisposeAsync()
    {
        Publisher?.Dispose();
        Approver?.Dispose();
        Admin?.Dispose();
        await _queue.DisposeAsync();
        Hub.Dispose();
        await Handler.DisposeAsync();
        await Endpoint.DisposeAsync();
        await _intune.DisposeAsync();
        Host.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task SignIn()
    {
        Publisher = await ApiClient.SignIn(Address, new("11111111-1111-4111-8111-111111111111"), "user", "Publisher", "Auditor");
        Approver = await ApiClient.SignIn(Address, new("22222222-2222-4222-8222-222222222222"), "user", "CabApprover");
        Admin = await ApiClient.SignIn(Address, new("33333333-3333-4333-8333-333333333333"), "user", "PlatformAdmin");
    }
}
