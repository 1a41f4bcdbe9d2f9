using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Governance.HostContract.Tests.Player;

/// <summary>Plays the part of the Functions host that calls the handler, and judges its answers as the host does.</summary>
internal sealed class HostPlayer(Uri handler) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = handler, Timeout = TimeSpan.FromMinutes(2) };

    /// <summary>Asks as the host does for a handler that has just been started: any answer at all will do.</summary>
    internal async Task<HttpStatusCode?> Ping()
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri("/", UriKind.Relative));
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    internal Task<Outcome> Invoke(string function, JsonNode payload) => Invoke(function, payload.ToJsonString());

    internal async Task<Outcome> Invoke(string function, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/{function}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("User-Agent", "Azure-Functions-Host/4.1037.0.0");
        request.Headers.TryAddWithoutValidation("X-Azure-Functions-HostVersion", "4.1037.0.0");
        request.Headers.TryAddWithoutValidation("X-Azure-Functions-InvocationId", Guid.NewGuid().ToString("D"));
        try
        {
            using var answer = await _http.SendAsync(request);
            return Judge(answer, await answer.Content.ReadAsStringAsync());
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return new(Made.Crash, broken.Message, null);
        }
    }

    /// <summary>Forwards a call of an HTTP function.</summary>
    internal async Task<(int Status, string? MediaType, string Body)> Forward(HttpMethod method, string pathAndQuery)
    {
        using var request = new HttpRequestMessage(method, pathAndQuery);
        request.Headers.TryAddWithoutValidation("X-Azure-Functions-InvocationId", Guid.NewGuid().ToString("D"));
        using var answer = await _http.SendAsync(request);
        return ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsStringAsync());
    }

    public void Dispose() => _http.Dispose();

    private static Outcome Judge(HttpResponseMessage answer, string body)
    {
        if (!answer.IsSuccessStatusCode)
        {
            return new(Made.Refusal, $"Response status code does not indicate success: {(int)answer.StatusCode}", Parse(body));
        }

        if (body.Length == 0 || answer.StatusCode == HttpStatusCode.NoContent || body.Trim() == "null")
        {
            return new(Made.Silence, "An empty answer.", null);
        }

        return answer.Content.Headers.ContentType?.MediaType is "application/json" or "text/json" && Parse(body) is { } parsed
            ? new(Made.Reply, "200", parsed)
            : new(Made.Nonsense, $"Invalid HttpResponseMessage: {body}", null);
    }

    private static JsonObject? Parse(string body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
