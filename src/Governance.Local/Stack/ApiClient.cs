using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Governance.Local.Stack;

/// <summary>Calls the app as a pipeline or a person would: with a token, over HTTP.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;

    private ApiClient(HttpClient http) => _http = http;

    /// <summary>Is shown every answer before its caller is; what it throws reaches the caller.</summary>
    public Action<HttpMethod, string, ApiAnswer>? Seen { get; set; }

    /// <summary>Signs in with a development token.</summary>
    /// <param name="address">The app.</param>
    /// <param name="objectId">Who.</param>
    /// <param name="kind">user or app.</param>
    /// <param name="roles">Their app roles.</param>
    public static async Task<ApiClient> SignIn(Uri address, Guid objectId, string kind, params string[] roles)
    {
        var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(100) };
        using var answer = await http.PostAsJsonAsync("/development/tokens", new { object_id = objectId, kind, roles });
        answer.EnsureSuccessStatusCode();
        var token = (await answer.Content.ReadFromJsonAsync<JsonObject>())!["access_token"]!.GetValue<string>();
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return new(http);
    }

    /// <summary>Reads.</summary>
    public Task<ApiAnswer> Get(string path) => Send(HttpMethod.Get, path, null);

    /// <summary>Changes.</summary>
    public Task<ApiAnswer> Post(string path, JsonNode? body, params (string Name, string Value)[] headers) => Send(HttpMethod.Post, path, body, headers);

    /// <summary>Any call under the API's base.</summary>
    public Task<ApiAnswer> Send(HttpMethod method, string path, JsonNode? body, params (string Name, string Value)[] headers) => SendContent(
        method,
        path,
        body is null ? null : new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body)) { Headers = { ContentType = new("application/json") } },
        headers);

    /// <summary>Any call, with a body as it is.</summary>
    public async Task<ApiAnswer> SendContent(HttpMethod method, string path, HttpContent? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : "/api/v1/" + path) { Content = body };

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        var given = new ApiAnswer(
            (int)answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), answer.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value)));
        Seen?.Invoke(method, request.RequestUri!.AbsolutePath, given);
        return given;
    }

    /// <summary>Reads what is no JSON.</summary>
    /// <exception cref="HttpRequestException">It was refused.</exception>
    public Task<byte[]> Download(string path) => _http.GetByteArrayAsync(new Uri("/api/v1/" + path, UriKind.Relative));

    /// <summary>Uploads bytes to the address that the app gives for them.</summary>
    /// <returns>Their SHA-256.</returns>
    public async Task<string> Upload(byte[] bytes, string fileName, string kind)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var begun = (await Post("evidence/uploads/", new JsonObject
        {
            ["sha256"] = sha256,
            ["size_bytes"] = bytes.LongLength,
            ["file_name"] = fileName,
            ["kind"] = kind,
        })).Ok();
        if (begun["upload_url"]?.GetValue<string>() is { } address)
        {
            using var anonymous = new HttpClient();
            using var put = new HttpRequestMessage(HttpMethod.Put, address) { Content = new ByteArrayContent(bytes) };
            put.Headers.TryAddWithoutValidation("x-ms-blob-type", "BlockBlob");
            using var stored = await anonymous.SendAsync(put);
            stored.EnsureSuccessStatusCode();
        }

        return sha256;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}

/// <summary>An answer of the app.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The JSON; null where there is none.</param>
/// <param name="Headers">Its headers.</param>
internal sealed record ApiAnswer(int Status, JsonNode? Body, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The problem's code; null for a success.</summary>
    public string? Code => Status >= 400 ? Body?["code"]?.GetValue<string>() : null;

    /// <summary>The body of a success.</summary>
    /// <exception cref="InvalidOperationException">It was none; the message holds the problem.</exception>
    public JsonObject Ok() => Status < 300 ? Body!.AsObject() : throw new InvalidOperationException($"{Status}: {Body?.ToJsonString()}");
}
