using Governance.Core;
using Governance.Functions.Http;
using Governance.Functions.Observability;
using Governance.Functions.Pages;
using Governance.Functions.SignIn;
using Governance.Storage.Hosting;
using Microsoft.AspNetCore.Http.Features;

namespace Governance.Functions.Hosting;

/// <summary>Makes an ASP.NET Core endpoint of every HTTP function. Nothing else maps endpoints, so none can be without an access rule and a limit.</summary>
internal sealed class FunctionEndpoints(HttpSettings settings, SignInSettings signIn, Callers callers, Gates gates, Intake intake, PageTokens tokens, TimeProvider clock)
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
        // What an answer has cost is the developer's to see, and not everybody's.
        using var trips = signIn.Mode == SignInMode.Development ? RoundTrips.Count() : null;
        var (result, place) = await Answer(context, name, trigger);

        // An answer may be made while it is written, so the place is held until it is.
        using (place)
        {
            if (trips is not null)
            {
                context.Response.Headers["Server-Timing"] = $"reads;desc={trips.Reads}, queries;desc={trips.Queries}, writes;desc={trips.Writes}";
            }

            await ErrorPage.InPlaceOf(result, context).ExecuteAsync(context);
        }
    }

    private async Task<(IResult Result, Place? Place)> Answer(HttpContext context, string name, HttpTrigger trigger)
    {
        if (gates.IsClosed(trigger.Group, out var retryAfter))
        {
            return (Problems.Busy(retryAfter), null);
        }

        using var timer = new CancellationTokenSource(settings.TimeoutOf(trigger.Group), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, context.RequestAborted);
        Place? place = null;
        try
        {
            var (caller, refused) = await Admit(context, trigger, either.Token);
            if (refused is not null)
            {
                return (refused, null);
            }

            if (trigger.BeginsWork && !intake.LetsIn(caller?.Id.Value ?? Guid.Empty, out retryAfter))
            {
                Metrics.Refused(trigger.Group);
                return (Problems.Busy(retryAfter), null);
            }

            var admission = await gates.Enter(trigger.Group, caller, either.Token);
            place = admission.Place;
            if (place is null)
            {
                return (Problems.Busy(admission.RetryAfter), null);
            }

            var request = new ApiRequest(context, caller, place, gates.LongPolls, either.Token);
            var result = await trigger.Serve(new Call(name, request, settings, tokens));
            (var held, place) = (place, null);
            return (result, held);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            return (Problems.TimedOut(settings.RetryAfter), null);
        }
        finally
        {
            place?.Dispose();
        }
    }

    // In whose line a call waits can only be told once it is known who calls; that is all that happens before the gate.
    private async ValueTask<(Caller? Caller, IResult? Refused)> Admit(HttpContext context, HttpTrigger trigger, CancellationToken cancellation)
    {
        var (caller, refused) = trigger.Group == FunctionGroup.Unlimited
            ? await callers.Admit(context, trigger.Access, cancellation)
            : await AdmitAtTheDoor(context, trigger, cancellation);
        if (refused is not null)
        {
            return (null, refused);
        }

        if (context.Request.RouteValues.TryGetValue("id", out var id) && !CorrelationId.TryParse(id as string, null, out _))
        {
            return (null, Problems.NotFound($"'{id}'"));
        }

        if (trigger.Body != BodyLimit.None && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            // RequestBody counts what it reads; the web server would count the framing of chunks too, and cut the connection in place of an answer.
            size.MaxRequestBodySize = null;
        }

        return (caller, null);
    }

    private async ValueTask<(Caller? Caller, IResult? Refused)> AdmitAtTheDoor(HttpContext context, HttpTrigger trigger, CancellationToken cancellation)
    {
        var door = await gates.Admit(trigger.Group, cancellation);
        using var place = door.Place;
        return place is null ? (null, Problems.Busy(door.RetryAfter)) : await callers.Admit(context, trigger.Access, cancellation);
    }
}

/// <summary>On every endpoint: which function it is.</summary>
internal sealed record FunctionMetadata(string Name, HttpTrigger Trigger);
