using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Governance.IntegrationTests;
using Governance.Local.Stack;

namespace Governance.LoadTests.Stack;

/// <summary>Calls an app over HTTP, wherever it runs, and reads each answer to its end.</summary>
internal sealed class ApiCaller : IDisposable
{
    private readonly HttpClient _http;
    private int _apps;

    private ApiCaller(Uri address) =>
        _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 2048, PooledConnectionLifetime = TimeSpan.FromMinutes(10) }) { BaseAddress = address };

    /// <summary>Where the app is.</summary>
    internal Uri Address => _http.BaseAddress!;

    /// <summary>A token of a person who may publish.</summary>
    internal string Publisher { get; private set; } = string.Empty;

    /// <summary>A token of another person, who may approve.</summary>
    internal string Approver { get; private set; } = string.Empty;

    /// <summary>Signs in at an app.</summary>
    internal static async Task<ApiCaller> Connect(Uri address)
    {
        var caller = new ApiCaller(address);
        await caller.SignIn();
        return caller;
    }

    /// <summary>Calls with tokens that are there already.</summary>
    internal static ApiCaller With(Uri address, string publisher, string approver) => new(address) { Publisher = publisher, Approver = approver };

    /// <summary>Signs both people in, in development; needed again after the app was started anew, whose key for such tokens is its process's own.</summary>
    internal async Task SignIn()
    {
        Publisher = await Token(new("00000000-0000-4000-8000-0000000000a1"), "Publisher");
        Approver = await Token(new("00000000-0000-4000-8000-0000000000b1"), "CabApprover");
    }

    public void Dispose() => _http.Dispose();

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

    /// <summary>Posts, and hangs up when it is told to.</summary>
    /// <exception cref="OperationCanceledException">It has hung up; what was posted may be carried out.</exception>
    /// <exception cref="RefusedCallException">Not a success; the message has the problem.</exception>
    internal async Task<JsonNode> Post(string token, string path, string json, CancellationToken hangUp)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new("application/json") } } };
        return (await Send(token, request, hangUp)).Body;
    }

    /// <summary>Reads.</summary>
    /// <exception cref="RefusedCallException">Not a success; the message has the problem.</exception>
    internal async Task<JsonNode> Get(string token, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return (await Send(token, request)).Body;
    }

    /// <summary>Stores a pack, and gives the body of its intent.</summary>
    /// <param name="risky">Whether the CAB will have to decide.</param>
    /// <param name="ring">The target ring.</param>
    /// <param name="withArtifact">Uploads a package that the pack names.</param>
    /// <param name="app">Its app; null for one that nobody has yet.</param>
    internal async Task<string> Intent(bool risky, string ring = "LAB", bool withArtifact = false, string? app = null)
    {
        app ??= $"Load {Interlocked.Increment(ref _apps)}";
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

    /// <summary>Uploads an artifact.</summary>
    /// <returns>Its digest.</returns>
    internal async Task<string> Upload(byte[] package)
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

    private async Task<(int Status, JsonNode Body)> Send(string token, HttpRequestMessage request, CancellationToken hangUp = default)
    {
        if (token.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var answer = await _http.SendAsync(request, hangUp);
        var text = await answer.Content.ReadAsStringAsync(hangUp);
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
