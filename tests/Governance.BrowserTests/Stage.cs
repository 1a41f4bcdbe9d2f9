using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Local.Demo;
using Governance.Local.Intune;
using Governance.Local.Stack;
using Governance.Testing;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]

namespace Governance.BrowserTests;

/// <summary>The whole app with an app whose first version is out and whose second waits for the CAB, and a browser.</summary>
public sealed class Stage(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly Guid Pat = new("11111111-1111-4111-8111-111111111111");

    private LocalStack? _stack;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private ApiClient? _publisher;
    private string _reason = string.Empty;

    /// <summary>The app.</summary>
    internal Uri Address => _stack!.Address;

    /// <summary>Where screenshots go that the docs show; null where none are wanted.</summary>
    internal static string? Screenshots => Environment.GetEnvironmentVariable("GOVERNANCE_SCREENSHOTS") is { Length: > 0 } folder ? folder : null;

    public async ValueTask InitializeAsync()
    {
        (var chromium, _reason) = await Chromium.Find();
        if (chromium is null)
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Headless = true, Args = ["--no-sandbox", "--disable-gpu"] });
        _stack = await LocalStack.Start(
            new()
            {
                Port = 0,
                ConnectionString = azurite.ConnectionString,
                Prefix = azurite.NextPrefix(),
                LogLevel = Microsoft.Extensions.Logging.LogLevel.Error,
                Intune = new()
                {
                    Groups = [.. Rings.All.Select(ring => new SimulatedGroup { Id = LocalStack.GroupOf(ring), Name = ring.WireName(), Devices = 12 })],
                    Devices = new() { CheckIn = TimeSpan.FromSeconds(1), Install = TimeSpan.FromSeconds(1), ReportLag = TimeSpan.Zero },
                },
            },
            CancellationToken.None);
        _publisher = await ApiClient.SignIn(Address, Pat, "user", "Publisher");
    }

    public async ValueTask DisposeAsync()
    {
        _publisher?.Dispose();
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_stack is not null)
        {
            await _stack.DisposeAsync();
        }
    }

    /// <summary>A person's own browser window, not signed in yet. Skips the test where there is no browser.</summary>
    internal async Task<IPage> Open(int width = 1100, int height = 1000)
    {
        Assert.SkipWhen(_browser is null, _reason);
        var context = await _browser!.NewContextAsync(new() { BaseURL = Address.ToString(), ViewportSize = new() { Width = width, Height = height }, Locale = "en-GB" });
        context.SetDefaultTimeout(20_000);
        return await context.NewPageAsync();
    }

    /// <summary>Has an app's first version approved by policy and its second wait for the CAB.</summary>
    /// <returns>The second one's id.</returns>
    internal async Task<string> Submit(string app)
    {
        Assert.SkipWhen(_browser is null, _reason);
        var first = await Submit(app, "4.1.9", DemoEvidence.LowRisk, upload: false);
        await Until(first, "APPROVED");
        var second = await Submit(app, "4.2.0", DemoEvidence.HighRisk, upload: true);
        await Until(second, "AWAITING_CAB");
        return second;
    }

    /// <summary>Where a deployment stands.</summary>
    internal async Task<JsonObject> Deployment(string id) => (await _publisher!.Get($"deployments/{id}/")).Ok();

    /// <summary>Waits until it stands there.</summary>
    internal Task Until(string id, string status) =>
        Eventually.Holds(async () => (await Deployment(id))["status"]!.GetValue<string>() == status, TimeSpan.FromSeconds(60));

    // The first version's package never comes, so its rollout does not stand in the second one's way.
    private async Task<string> Submit(string app, string version, Func<string, long, DateTimeOffset, JsonObject> evidence, bool upload)
    {
        var package = await SamplePackage.Make(app, version, buffer => new Seeded(version.Length).NextBytes(buffer.Length).CopyTo(buffer));
        var sha256 = upload ? await _publisher!.Upload(package, "setup.intunewin", "artifact") : Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(package));
        var stored = (await _publisher!.Post("evidence/store/", new JsonObject
        {
            ["app_name"] = app,
            ["version"] = version,
            ["evidence"] = evidence(sha256, package.Length, TimeProvider.System.GetUtcNow()),
        })).Ok();
        var created = (await _publisher.Post("deployments/", new JsonObject
        {
            ["app_name"] = app,
            ["version"] = version,
            ["target_ring"] = "LAB",
            ["evidence_pack_id"] = stored["evidence_pack_id"]!.DeepClone(),
        })).Ok();
        return created["correlation_id"]!.GetValue<string>();
    }
}
