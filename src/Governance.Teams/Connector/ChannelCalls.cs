using System.Net;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Governance.Teams.Connector;

/// <summary>One HTTP call to a channel, and the one place that reads whether it was carried out.</summary>
/// <param name="http">No address, no default headers, no retries.</param>
/// <param name="clock">For the time limit.</param>
internal sealed class ChannelCalls(HttpClient http, TimeProvider clock)
{
    internal static readonly JsonSerializerOptions Wire = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private const int MaxAnswer = 256 * 1024;

    /// <returns>The answer's JSON where it is a success (null where it has none), or the delivery that went wrong.</returns>
    internal async Task<(JsonObject? Body, Delivery? Failed)> Send(
        HttpMethod method, Uri address, string? token, JsonNode? body, bool repeatable, CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        using var request = new HttpRequestMessage(method, address);
        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, Wire)) { Headers = { ContentType = new("application/json") } };
        }

        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            return answer.IsSuccessStatusCode
                ? (await Read(answer, either.Token).ConfigureAwait(false), null)
                : (null, Failure(answer, repeatable));
        }
        catch (HttpRequestException unsent) when (unsent.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            return (null, new Delivery.NotSent($"{address.Host} could not be reached: {unsent.HttpRequestError}"));
        }
        catch (HttpRequestException lost)
        {
            return (null, Lost($"{address.Host} gave no answer: {lost.HttpRequestError}", repeatable));
        }
        catch (IOException lost)
        {
            return (null, Lost($"{address.Host} gave no whole answer: {lost.GetType().Name}", repeatable));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, Lost($"{address.Host} gave no answer within {Limit.TotalSeconds} s", repeatable));
        }
    }

    private static Delivery Failure(HttpResponseMessage answer, bool repeatable)
    {
        var reason = $"{answer.RequestMessage!.RequestUri!.Host} answered {(int)answer.StatusCode}";
        return answer.StatusCode == HttpStatusCode.RequestTimeout || (int)answer.StatusCode >= 500
            ? Lost(reason, repeatable)
            : new Delivery.NotSent(reason, RetryAfter(answer.Headers.RetryAfter));
    }

    private static Delivery Lost(string reason, bool repeatable) => repeatable ? new Delivery.NotSent(reason) : new Delivery.Unclear(reason);

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header) => header?.Delta;

    private static async Task<JsonObject?> Read(HttpResponseMessage answer, CancellationToken cancellation)
    {
        var stream = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new byte[MaxAnswer];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            try
            {
                return JsonNode.Parse(buffer.AsSpan(0, length)) as JsonObject;
            }
            catch (JsonException)
            {
                // A flow answers with a plain text or nothing.
                return null;
            }
        }
    }
}
