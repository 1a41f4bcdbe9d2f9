using System.Globalization;
using Governance.Functions.Http;
using Governance.Functions.SignIn;

namespace Governance.Functions.Hosting;

/// <summary>What a handler knows of the call that it answers.</summary>
/// <param name="http">The call itself.</param>
/// <param name="caller">Null on routes that need no sign-in.</param>
/// <param name="place">The call's place under its group's concurrency limit.</param>
/// <param name="polls">The calls that have stepped out of their places.</param>
/// <param name="cancellation">Ends when the client has gone or the call's time is over.</param>
internal sealed class ApiRequest(HttpContext http, Caller? caller, Place place, LongPolls polls, CancellationToken cancellation)
{
    /// <summary>The call as ASP.NET Core sees it; for headers and answers of unusual kinds.</summary>
    public HttpContext Http => http;

    /// <summary>Who calls.</summary>
    /// <exception cref="InvalidOperationException">The function is declared without sign-in: a fault of ours.</exception>
    public Caller Caller => caller ?? throw new InvalidOperationException($"{http.Request.Path} is declared without sign-in and has no caller.");

    /// <summary>The id of this request, as <c>X-Correlation-Id</c> carries it; not a deployment's id.</summary>
    public string RequestId => RequestIdentity.Of(http);

    /// <summary>Ends when the client has gone or the call's time is over.</summary>
    public CancellationToken Cancellation => cancellation;

    /// <summary>The app's clock, UTC.</summary>
    public DateTimeOffset Now => Service<TimeProvider>().GetUtcNow();

    /// <summary>A service of the composition root.</summary>
    public T Service<T>()
        where T : notnull => http.RequestServices.GetRequiredService<T>();

    /// <summary>Computes something that goes through so many bytes; off the threads that serve, where that takes long.</summary>
    /// <param name="bytes">How much there is to go through.</param>
    /// <param name="work">Does no I/O and waits for nothing.</param>
    public Task<T> Compute<T>(long bytes, Func<T> work) => Service<HeavyWork>().Run(bytes, work, Cancellation);

    /// <summary>The route's <c>{id}</c>. That it is a UUID was checked before the handler is called; anything else has been answered with 404.</summary>
    public T Id<T>()
        where T : IParsable<T> => T.Parse(Route("id"), CultureInfo.InvariantCulture);

    /// <summary>A text parameter of the route, decoded.</summary>
    public string Route(string name) => http.Request.RouteValues[name] as string ?? throw new InvalidOperationException($"The route has no parameter '{name}'.");

    /// <summary>Gives up the call's place under the concurrency limit: before a wait that uses next to nothing, such as <c>Prefer: wait</c>.</summary>
    /// <returns>False where too many wait already: answer with how things stand.</returns>
    public bool StepOut() => place.StepOut(polls);
}
