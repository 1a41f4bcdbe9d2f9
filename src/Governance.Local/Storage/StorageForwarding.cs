using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Governance.Local.Storage;

/// <summary>Carries requests of one service on to the real one, and brings its answers back, bodies as they flow.</summary>
/// <param name="real">The service's endpoint; only its host and port count.</param>
/// <param name="speaksJson">Whether its errors are OData's; else they are XML.</param>
internal sealed class StorageForwarding(Uri real, bool speaksJson) : IDisposable
{
    // Of one connection and not of the message.
    private static readonly HashSet<string> OfTheConnection = new(StringComparer.OrdinalIgnoreCase) { "Host", "Connection", "Transfer-Encoding", "Keep-Alive", "Expect", "Content-Length" };

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ActivityHeadersPropagator = null })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Answers one request as the trouble has it.</summary>
    public async Task Handle(HttpContext context, StorageTrouble trouble, TimeSpan lateBy)
    {
        switch (trouble)
        {
            case StorageTrouble.Dropped:
                context.Abort();
                return;
            case StorageTrouble.Busy:
                await Busy(context.Response);
                return;
            case StorageTrouble.Doubled:
                await Doubled(context);
                return;
        }

        var body = context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true ? new StreamContent(context.Request.Body) : null;
        using var request = Request(context.Request, body);

        // What has been sent whole is carried out whoever goes away: only the answer may be given up.
        using var answer = await Ask(context, request);
        switch (answer, trouble)
        {
            case (null, _) or (_, StorageTrouble.LostReply):
                context.Abort();
                return;
            case (_, StorageTrouble.Late):
                await Task.Delay(lateBy, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                break;
        }

        await Answer(context, answer!);
    }

    public void Dispose() => _http.Dispose();

    private static async Task Answer(HttpContext context, HttpResponseMessage answer)
    {
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => !OfTheConnection.Contains(header.Key)))
        {
            response.Headers[name] = values.ToArray();
        }

        response.ContentLength = answer.Content.Headers.ContentLength;
        try
        {
            if (context.Request.Method != HttpMethods.Head && response.StatusCode is not (204 or 304))
            {
                await answer.Content.CopyToAsync(response.Body, context.RequestAborted);
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or HttpRequestException)
        {
            // One of the two ends has gone away in the middle of the answer: so does the other one's connection.
            context.Abort();
        }
    }

    private async Task<HttpResponseMessage?> Ask(HttpContext context, HttpRequestMessage request)
    {
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, CancellationToken.None);
        }
        catch (Exception unanswered) when (unanswered is HttpRequestException or IOException || context.RequestAborted.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task Doubled(HttpContext context)
    {
        var whole = new MemoryStream();
        await context.Request.Body.CopyToAsync(whole, context.RequestAborted);
        var bytes = whole.ToArray();
        using var first = Request(context.Request, bytes.Length > 0 ? new ByteArrayContent(bytes) : null);
        using var second = Request(context.Request, bytes.Length > 0 ? new ByteArrayContent(bytes) : null);
        using var answer = await Ask(context, first);
        using var ignored = await Ask(context, second);
        if (answer is null)
        {
            context.Abort();
            return;
        }

        await Answer(context, answer);
    }

    private HttpRequestMessage Request(HttpRequest asked, HttpContent? body)
    {
        // The raw target: what is signed must not be written in another way.
        var target = asked.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var request = new HttpRequestMessage(new HttpMethod(asked.Method), new Uri($"http://{real.Authority}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Content = body ?? (asked.ContentLength == 0 ? new ByteArrayContent([]) : null),
        };
        foreach (var (name, values) in asked.Headers.Where(header => !OfTheConnection.Contains(header.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        if (request.Content is { } content && asked.ContentLength is { } length)
        {
            content.Headers.ContentLength = length;
        }

        return request;
    }

    private async Task Busy(HttpResponse response)
    {
        const string Sentence = "The server is busy.";
        var body = Encoding.UTF8.GetBytes(speaksJson
            ? $$"""{"odata.error": {"code": "ServerBusy", "message": {"lang": "en-US", "value": "{{Sentence}}"} } }"""
            : $"""<?xml version="1.0" encoding="utf-8"?><Error><Code>ServerBusy</Code><Message>{Sentence}</Message></Error>""");
        response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        response.Headers["x-ms-error-code"] = "ServerBusy";
        response.ContentType = speaksJson ? "application/json;odata=minimalmetadata;charset=utf-8" : "application/xml";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, response.HttpContext.RequestAborted);
    }
}
