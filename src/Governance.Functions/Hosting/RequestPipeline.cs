using System.Diagnostics;
using Governance.Functions.Http;
using Governance.Functions.Observability;
using Governance.Functions.Pages;
using Microsoft.AspNetCore.Connections;

namespace Governance.Functions.Hosting;

/// <summary>
/// Around everything: gives each request its id, sets the headers that every answer has, turns bare statuses of the web server into problem details, and is the one place where a fault ends.
/// </summary>
internal sealed class RequestPipeline(RequestDelegate next, HttpSettings settings, ILogger<RequestPipeline> log)
{
    private static readonly string[] ForgeableIdentities =
        ["X-MS-CLIENT-PRINCIPAL", "X-MS-CLIENT-PRINCIPAL-ID", "X-MS-CLIENT-PRINCIPAL-NAME", "X-MS-CLIENT-PRINCIPAL-IDP"];

    /// <summary>Serves one request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var refused = RequestIdentity.Assign(context);
        Prepare(context);
        Activity.Current?.SetTag("correlation_id", RequestIdentity.Of(context));
        using var scope = log.BeginScope(new CorrelationScope(RequestIdentity.Of(context)));
        try
        {
            if (refused is not null)
            {
                await refused.ExecuteAsync(context);
                return;
            }

            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null or 0 })
            {
                await Problems.OfStatus(context.Response.StatusCode, context.Request).ExecuteAsync(context);
            }
        }
        catch (Exception ended) when (ended is ConnectionResetException or ConnectionAbortedException || (ended is OperationCanceledException && context.RequestAborted.IsCancellationRequested))
        {
            // Nobody is there to read an answer; 499 is what the request log of a proxy would say.
            if (!context.Response.HasStarted)
            {
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            }

            // Else the web server would read the rest of the body from a connection that is gone, and log that as a fault.
            context.Abort();
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            var answer = Faults.Answer(fault, settings, log);
            Reset(context);
            await ErrorPage.InPlaceOf(answer, context).ExecuteAsync(context);
        }
    }

    private static void Prepare(HttpContext context)
    {
        // Only the App Service platform may set these, and Governance trusts tokens alone; no code below can come to read a forged one.
        foreach (var forgeable in ForgeableIdentities)
        {
            context.Request.Headers.Remove(forgeable);
        }

        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
        }
    }

    // What a handler wrote into the headers before its fault belongs to an answer that is not given.
    private static void Reset(HttpContext context)
    {
        var id = context.Response.Headers[RequestIdentity.Header];
        context.Response.Clear();
        context.Response.Headers[RequestIdentity.Header] = id;
        Prepare(context);
    }
}
