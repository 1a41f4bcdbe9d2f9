using System.Collections.Frozen;
using Governance.Functions.Hosting;
using Governance.Functions.Observability;
using Microsoft.AspNetCore.Http.Features;

namespace Governance.Functions.FunctionsHost;

/// <summary>
/// In front of everything behind the Functions host: takes its invocations, <c>POST /{function}</c>, and its ping, <c>GET /</c>. What else comes is a
/// forwarded HTTP call. Outsiders cannot reach these paths: the host forwards only calls whose route belongs to an HTTP function, and no such route is a function's name.
/// </summary>
internal sealed class HostInvocations(RequestDelegate next, FunctionCatalog catalog, HostCalls calls, ILogger<HostInvocations> log)
{
    private const string InvocationId = "X-Azure-Functions-InvocationId";

    private readonly FrozenDictionary<string, Function> _functions = catalog.Functions
        .Where(function => function.Trigger is not HttpTrigger).ToFrozenDictionary(function => $"/{function.Name}", StringComparer.Ordinal);

    /// <summary>Serves one request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var request = context.Request;
        return HttpMethods.IsPost(request.Method) && _functions.TryGetValue(request.Path.Value ?? string.Empty, out var function) ? Invoke(context, function)
            : HttpMethods.IsGet(request.Method) && request.Path == "/" ? context.Response.WriteAsync("Governance")
            : next(context);
    }

    private async Task Invoke(HttpContext context, Function function)
    {
        // A turn brings its whole history, base64 in JSON.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        using var invocation = InvocationLog.Begin();
        using var scope = log.BeginScope(new CorrelationScope(context.Request.Headers[InvocationId].ToString() is { Length: > 0 } id ? id : context.TraceIdentifier));
        var reply = await calls.Answer(function, context.Request.Body, context.RequestAborted);
        await (reply with { Logs = invocation.Lines }).Write(context.Response);
    }
}
