using Governance.Core;
using Governance.Functions.Http;
using Governance.Functions.Pages;
using Governance.Functions.SignIn;
using Governance.Storage.Hosting;
using Microsoft.AspNetCore.Http.Features;

namespace Governance.Functions.Hosting;

/// <summary>Makes an ASP.NET Core endpoint of every HTTP function. Nothing else maps endpoints, so none can be without an access rule and a limit.</summary>
internal sealed class FunctionEndpoints(HttpSettings settings, SignInSettings signIn, Callers callers, Gates gates, PageTokens tokens, TimeProvider clock)
{
    /// <summary>Maps all HTTP functions of the catalog. Routing itself answers 404, and 405 with Allow.</summary>
    public void Map(IEndpointRouteBuilder routes, FunctionCatalog catalog)
    {
        foreach (var (name, trigger) in catalog.On<HttpTrigger>())
        {
            routes.MapMethods($"/{trigger.FullRoute}", [trigger.Method], context => Serve(context, name, trigger))
                .WithDisplayName(name)
                .WithMetadata(new FunctionMetadata(name, trigger));
        }
    }

    private async Task Serve(HttpContext context, string name, HttpTrigger trigger)
    {
        using var trips = RoundTrips.Count();
        var result = await Answer(context, name, trigger);
        if (signIn.Mode == SignInMode.Development)
        {
            // What an answer has cost is the developer's to see, and not everybody's.
            context.Response.Headers["Server-Timing"] = $"reads;desc={trips.Reads}, queries;desc={trips.Queries}, writes;desc={trips.Writes}";
        }

        await ErrorPage.InPlaceOf(result, context).ExecuteAsync(context);
    }

    private async Task<IResult> Answer(HttpContext context, string name, HttpTrigger trigger)
    {
        var (caller, refused) = await callers.Admit(context, trigger.Access);
        if (refused is not null)
        {
            return refused;
        }

        if (context.Request.RouteValues.TryGetValue("id", out var id) && !CorrelationId.TryParse(id as string, null, out _))
        {
            return Problems.NotFound($"'{id}'");
        }

        if (trigger.Body != BodyLimit.None && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            // RequestBody counts what it reads; the web server would count the framing of chunks too, and cut the connection in place of an answer.
            size.MaxRequestBodySize = null;
        }

        using var timer = new CancellationTokenSource(settings.TimeoutOf(trigger.Group), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, context.RequestAborted);
        try
        {
            using var place = await gates.Enter(trigger.Group, either.Token);
            return place is null
                ? Problems.Busy(settings.RetryAfter)
                : await trigger.Serve(new Call(name, new ApiRequest(context, caller, place, either.Token), settings, tokens));
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            return Problems.TimedOut(settings.RetryAfter);
        }
    }
}

/// <summary>On every endpoint: which function it is.</summary>
internal sealed record FunctionMetadata(string Name, HttpTrigger Trigger);
