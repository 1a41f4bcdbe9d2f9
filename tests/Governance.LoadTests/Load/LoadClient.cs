using System.Net.Http.Headers;

namespace Governance.LoadTests.Load;

/// <summary>Asks an app over HTTP and gives back whatever came, also where nothing did: under load no answer is an exception.</summary>
internal sealed class LoadClient : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(100);

    private readonly HttpClient _http;

    /// <param name="address">The app.</param>
    /// <param name="handler">Stands between; null for the network itself.</param>
    internal LoadClient(Uri address, HttpMessageHandler? handler = null) => _http = new(
        handler ?? new SocketsHttpHandler { MaxConnectionsPerServer = 4096, PooledConnectionLifetime = TimeSpan.FromMinutes(15), UseCookies = false, UseProxy = false })
    {
        BaseAddress = address,
        Timeout = LongestWait,
    };

    public void Dispose() => _http.Dispose();

    /// <summary>Reads.</summary>
    internal Task<Answer> Get(string token, string path, CancellationToken cancellation = default) => Send(new(HttpMethod.Get, token, path, null), cancellation);

    /// <summary>Sends one call and reads its answer to the end.</summary>
    internal async Task<Answer> Send(Call call, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(call.Method, call.Path);
        if (call.Body is { } body)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
        }

        if (call.Token.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", call.Token);
        }

        if (call.Wait is { } wait)
        {
            request.Headers.TryAddWithoutValidation("Prefer", $"wait={wait}");
        }

        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return await Answer.Of(answer, cancellation);
        }
        catch (HttpRequestException broken)
        {
            return new(0, null, null, null, broken.Message);
        }
        catch (IOException broken)
        {
            return new(0, null, null, null, broken.Message);
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new(0, null, null, null, $"No answer within {LongestWait.TotalSeconds:0} s.");
        }
    }
}

/// <summary>One call.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Token">Whose; empty for nobody's.</param>
/// <param name="Path">From the root.</param>
/// <param name="Body">UTF-8 JSON; null for none.</param>
internal sealed record Call(HttpMethod Method, string Token, string Path, byte[]? Body)
{
    /// <summary>How many seconds the answer may wait for what was asked for; null for at once.</summary>
    internal int? Wait { get; init; }
}
