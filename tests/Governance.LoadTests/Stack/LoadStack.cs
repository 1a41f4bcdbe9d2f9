using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Governance.Azurite;
using Governance.Core;
using Governance.IntegrationTests;
using Governance.Local.Intune;
using Governance.Local.Stack;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Governance.LoadTests.Stack;

/// <summary>The whole app in this process, on an emulator that uses both cores, with a tenant that answers without delay.</summary>
internal sealed class LoadStack : IAsyncDisposable
{
    private readonly AzuriteServer _azurite;
    private readonly HttpClient _http;
    private int _apps;

    private LoadStack(AzuriteServer azurite, LocalStack stack)
    {
        (_azurite, Local) = (azurite, stack);
        _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 512, PooledConnectionLifetime = TimeSpan.FromMinutes(10) }) { BaseAddress = stack.Address };
    }

    internal LocalStack Local { get; }

    internal string Publisher { get; private set; } = string.Empty;

    internal string Approver { get; private set; } = string.Empty;

    /// <summary>Starts everything.</summary>
    /// <param name="customise">Changes to the app's services.</param>
    internal static async Task<LoadStack> Start(Action<WebApplicationBuilder>? customise = null)
    {
        var azurite = await AzuriteServer.Start(new() { SeparateProcesses = true });
        var local = await LocalStack.Start(
            new()
            {
                Port = 0,
                ConnectionString = azurite.ConnectionString,
                LogLevel = LogLevel.Error,
                Customise = customise,
                Intune = new()
                {
                    Groups = [.. Rings.All.Select(ring => new SimulatedGroup { Id = LocalStack.GroupOf(ring), Name = ring.WireName(), Devices = 12 })],
                    Devices = new() { CheckIn = TimeSpan.Zero, Install = TimeSpan.Zero, ReportLag = TimeSpan.Zero },
                },
            },
            CancellationToken.None);
        var stack = new LoadStack(azurite, local);
        stack.Publisher = await stack.Token(new("00000000-0000-4000-8000-0000000000a1"), "Publisher");
        stack.Approver = await stack.Token(new("00000000-0000-4000-8000-0000000000b1"), "CabApprover");
        return stack;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Local.DisposeAsync();
        await _azurite.DisposeAsync();
    }

    /// <summary>A development token.</summary>
    internal async Task<string> Token(Guid person, params string[] roles)
    {
        var (_, answer) = await Post(string.Empty, "/development/tokens", JsonSerializer.Serialize(new { object_id = person, kind = "user", roles }));
        return answer["access_token"]!.GetValue<string>();
    }

    /// <summary>Posts, and reads the answer to its end.</summary>
    /// <exception cref="RefusedCallException">Not a success; the message has the problem.</exception>
    internal async Task<(int Status, JsonNode Body)> Post(string token, string path, string json, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new("application/json") } } };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Send(token, request);
    }

    /// <summary>Reads.</summary>
    /// <exception cref="RefusedCallException">Not a success; the message has the problem.</exception>
    internal async Task<JsonNode> Get(string token, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return (await Send(token, request)).Body;
    }

    /// <summary>Stores a pack of an app that nobody has yet, and gives the body of its intent.</summary>
    internal async Task<string> Intent(bool risky, string ring = "LAB", bool withArtifact = false)
    {
        var app = $"Load {Interlocked.Increment(ref _apps)}";
        var evidence = EvidenceBuilder.LowRisk with { Risky = risky };
        if (withArtifact)
        {
            var package = await SamplePackage.Make(app, "1.0");
            var sha256 = await Upload(package);
            evidence = evidence with { ArtifactSha256 = sha256, ArtifactBytes = package.Length };
        }

        var (_, pack) = await Patiently("/api/v1/evidence/store", new JsonObject { ["app_name"] = app, ["version"] = "1.0", ["evidence"] = evidence.Build() }.ToJsonString());
        return new JsonObject { ["app_name"] = app, ["version"] = "1.0", ["target_ring"] = ring, ["evidence_pack_id"] = pack["evidence_pack_id"]!.DeepClone() }.ToJsonString();
    }

    private async Task<string> Upload(byte[] package)
    {
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(package));
        var (_, begun) = await Patiently(
            "/api/v1/evidence/uploads", new JsonObject { ["sha256"] = sha256, ["size_bytes"] = package.LongLength, ["file_name"] = "setup.intunewin", ["kind"] = "artifact" }.ToJsonString());
        using var put = new HttpRequestMessage(HttpMethod.Put, begun["upload_url"]!.GetValue<string>()) { Content = new ByteArrayContent(package) };
        put.Headers.TryAddWithoutValidation("x-ms-blob-type", "BlockBlob");
        using var stored = await _http.SendAsync(put);
        stored.EnsureSuccessStatusCode();
        return sha256;
    }

    // Preparing is not measured: what is turned away comes again.
    private async Task<(int Status, JsonNode Body)> Patiently(string path, string json)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await Post(Publisher, path, json);
            }
            catch (RefusedCallException busy) when (busy.Status == 503 && tries < 60)
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
            }
        }
    }

    private async Task<(int Status, JsonNode Body)> Send(string token, HttpRequestMessage request)
    {
        if (token.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? ((int)answer.StatusCode, JsonNode.Parse(text)!)
            : throw new RefusedCallException((int)answer.StatusCode, $"{request.Method} {request.RequestUri}: {(int)answer.StatusCode} {text}");
    }
}

/// <summary>A call that was not answered with a success.</summary>
internal sealed class RefusedCallException(int status, string message) : Exception(message)
{
    internal int Status => status;
}
