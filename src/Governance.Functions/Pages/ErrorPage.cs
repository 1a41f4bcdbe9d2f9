using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Governance.Functions.Pages;

/// <summary>What the API says as problem details, for a person in a browser.</summary>
internal static class ErrorPage
{
    /// <summary>The answer as a page where it is a problem and the function is one of a browser's; else as it is.</summary>
    public static IResult InPlaceOf(IResult answer, HttpContext context) =>
        answer is ProblemResult problem && context.GetEndpoint()?.Metadata.GetMetadata<FunctionMetadata>()?.Trigger.ForBrowsers == true
            ? new PageResult(Page(problem, RequestIdentity.Of(context)), problem.StatusCode ?? 500)
            : answer;

    private static Html Page(ProblemResult problem, string requestId) => Layout.Page(
        Title(problem),
        Html.Of($"""
            <h1>{Title(problem)}</h1>
            <p role="alert">{problem.Detail}</p>
            <p><a href="/review">To the queue</a>{SignIn(problem)}</p>
            <p class="muted">{problem.Code} · {requestId}</p>
            """),
        person: null);

    private static string Title(ProblemResult problem) => problem.StatusCode switch
    {
        401 => "Sign in",
        403 => "Not for you",
        404 => "Not found",
        409 or 412 => "It has changed",
        503 => "Not now",
        { } status => ReasonPhrases.GetReasonPhrase(status),
        _ => "Something went wrong",
    };

    private static Html SignIn(ProblemResult problem) =>
        problem.StatusCode is 401 or 403 ? Html.Of($""" · <a href="/review/sign-in?again=1">Sign in again, or as somebody else</a>""") : Html.Empty;
}
