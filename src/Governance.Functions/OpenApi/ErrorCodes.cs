using System.Globalization;
using System.Text.Json.Nodes;
using Governance.Functions.Hosting;
using Microsoft.AspNetCore.WebUtilities;

namespace Governance.Functions.OpenApi;

/// <summary>Which error codes a client of a function may see: those that all functions share, by what the function takes, and its own refusals.</summary>
internal static class ErrorCodes
{
    /// <summary>The codes by status, in order.</summary>
    public static IEnumerable<(int Status, IReadOnlyList<string> Codes)> Of(HttpTrigger trigger) => Shared(trigger)
        .Concat(trigger.Docs.Refusals.Select(Read))
        .Distinct()
        .GroupBy(error => error.Status)
        .OrderBy(group => group.Key)
        .Select(group => (group.Key, (IReadOnlyList<string>)[.. group.Select(error => error.Code)]));

    /// <summary>What an answer with this code looks like.</summary>
    public static JsonObject Example(int status, string code)
    {
        var problem = new JsonObject
        {
            ["type"] = "about:blank",
            ["title"] = ReasonPhrases.GetReasonPhrase(status),
            ["status"] = status,
            ["code"] = code,
            ["detail"] = "What is wrong, and what to do next.",
            ["correlation_id"] = "5f0c2f0e-6d0c-4f57-9d3e-0a4f6f6f9a11",
        };
        if (code == "INVALID_REQUEST")
        {
            problem["errors"] = new JsonArray(new JsonObject { ["field"] = "target_ring", ["message"] = "is required" });
        }

        return problem;
    }

    private static IEnumerable<(int Status, string Code)> Shared(HttpTrigger trigger)
    {
        yield return (400, "INVALID_REQUEST");
        if (trigger.Access.Kind == AccessKind.SignedIn)
        {
            yield return (401, "SIGN_IN_REQUIRED");
            yield return (401, "TOKEN_REFUSED");
            yield return (403, "ROLE_MISSING");
            yield return (403, "SCOPE_MISSING");
            yield return (403, "GUEST_REFUSED");
        }

        if (trigger.Access.Kind == AccessKind.LocalMachine)
        {
            yield return (403, "LOCAL_ONLY");
        }

        if (trigger.Route.Contains('{', StringComparison.Ordinal))
        {
            yield return (404, "NOT_FOUND");
        }

        if (trigger.Body != BodyLimit.None)
        {
            yield return (408, "BODY_TOO_SLOW");
            yield return (413, "BODY_TOO_LARGE");
            yield return (415, "UNSUPPORTED_MEDIA_TYPE");
        }

        yield return (500, "INTERNAL_ERROR");
        if (trigger.Group != FunctionGroup.Unlimited)
        {
            yield return (503, "BUSY");
        }

        yield return (503, "TIMED_OUT");
        yield return (503, "UNAVAILABLE");
    }

    private static (int Status, string Code) Read(string refusal)
    {
        var parts = refusal.Split(' ', 2);
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1]);
    }
}
