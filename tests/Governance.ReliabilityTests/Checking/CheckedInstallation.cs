using System.Text.Json.Nodes;
using Governance.Azurite;
using Governance.Core;
using Governance.IntegrationTests;
using Governance.LoadTests.Faults;
using Governance.LoadTests.Faults.Checking;
using Governance.LoadTests.Stack;
using Governance.Local.Intune;
using Governance.Local.Stack;
using Governance.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Governance.ReliabilityTests.Checking;

/// <summary>
/// An installation that was used and has ended: one deployment completed, one that waits for the CAB, one that waits for its pack. Each test spoils
/// something and puts it back.
/// </summary>
public sealed class CheckedInstallation : IAsyncLifetime
{
    private const string Prefix = "checked";

    private AzuriteServer? _azurite;
    private CheckedStore? _store;

    internal CheckedStore Store => _store!;

    internal CorrelationId Completed { get; } = new(new("00000000-0000-4000-8000-00000000c001"));

    internal CorrelationId Awaiting { get; } = new(new("00000000-0000-4000-8000-00000000c002"));

    internal CorrelationId Waiting { get; } = new(new("00000000-0000-4000-8000-00000000c003"));

    internal IReadOnlyList<TenantApp> Apps { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        _azurite = await AzuriteServer.Start(new());
        _store = new(_azurite.ConnectionString, Prefix);
        await using var local = await LocalStack.Start(
            new()
            {
                Port = 0,
                ConnectionString = _azurite.ConnectionString,
                Prefix = Prefix,
                Speed = 86_400,
                LogLevel = LogLevel.Error,
                Intune = new TenantOptions(0, 12).Tenant,
            },
            CancellationToken.None);
        using var caller = await ApiCaller.Connect(local.Address);
        var api = new PatientApi(caller, seed: 1, CancellationToken.None);
        var package = await SamplePackage.Make("Checked", "1.0");
        var sha256 = await caller.Upload(package);
        await Pack(api, new("00000000-0000-4000-8000-00000000e001"), "Completed", EvidenceBuilder.LowRisk with { ArtifactSha256 = sha256, ArtifactBytes = package.Length });
        await Pack(api, new("00000000-0000-4000-8000-00000000e002"), "Awaiting", EvidenceBuilder.LowRisk with { Risky = true });
        await Intent(api, Completed, new("00000000-0000-4000-8000-00000000e001"), "Completed");
        await Intent(api, Awaiting, new("00000000-0000-4000-8000-00000000e002"), "Awaiting");
        await Intent(api, Waiting, new("00000000-0000-4000-8000-00000000e003"), "Waiting");
        await Eventually.Holds(async () => await Status(api, Completed) == "COMPLETED" && await Status(api, Awaiting) == "AWAITING_CAB", TimeSpan.FromSeconds(60));
        await Eventually.Holds(async () => (await StoreCheck.Unrest(Store, CancellationToken.None)).Count == 0, TimeSpan.FromSeconds(30));
        Apps = await TenantApp.Read(local.Intune.Root, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        _store?.Dispose();
        if (_azurite is not null)
        {
            await _azurite.DisposeAsync();
        }
    }

    internal async Task<IReadOnlyList<Violation>> Check(IReadOnlyList<TenantApp>? apps = null, ToldClients? told = null) =>
        (await StoreCheck.Run(Store, apps ?? Apps, told ?? ToldClients.Nothing, TestContext.Current.CancellationToken)).Violations;

    private static Task<JsonNode> Pack(PatientApi api, Guid pack, string app, EvidenceBuilder evidence) => api.Post(
        Player.Publisher, "/api/v1/evidence/store", new() { ["app_name"] = app, ["version"] = "1.0", ["evidence_pack_id"] = pack, ["evidence"] = evidence.Build() });

    private static Task<JsonNode> Intent(PatientApi api, CorrelationId id, Guid pack, string app) => api.Post(
        Player.Publisher,
        "/api/v1/deployments",
        new() { ["app_name"] = app, ["version"] = "1.0", ["target_ring"] = "LAB", ["evidence_pack_id"] = pack, ["correlation_id"] = id.Value });

    private static async Task<string> Status(PatientApi api, CorrelationId id) =>
        (await api.Get(Player.Publisher, $"/api/v1/deployments/{id}"))["status"]!.GetValue<string>();
}
