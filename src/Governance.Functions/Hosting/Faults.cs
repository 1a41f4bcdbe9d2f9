using System.Net.Sockets;
using Azure;
using Azure.Identity;
using Governance.Functions.Http;
using Governance.Functions.Observability;

namespace Governance.Functions.Hosting;

/// <summary>What a client is told about an exception that nobody below could act on, and what the operator's log says.</summary>
internal static class Faults
{
    /// <summary>Logs the fault once and chooses the answer: 4xx where the web server found the request itself broken, 503 where something outside does not answer, 500 for the rest.</summary>
    public static IResult Answer(Exception fault, HttpSettings settings, ILogger log)
    {
        if (fault is BadHttpRequestException bad)
        {
            return bad.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => Problems.Of(413, "BODY_TOO_LARGE", "The body is larger than this route takes."),
                StatusCodes.Status408RequestTimeout => Problems.Of(408, "BODY_TOO_SLOW", "The body did not arrive in time."),
                _ => Problems.Invalid("request", "is not HTTP as expected"),
            };
        }

        if (IsOutside(fault))
        {
            log.DependencyUnavailable(fault);
            return Problems.Unavailable(settings.RetryAfter);
        }

        log.RequestFailed(fault);
        return Problems.Of(StatusCodes.Status500InternalServerError, "INTERNAL_ERROR", "Something went wrong inside Governance. Tell the platform team the correlation_id.");
    }

    private static bool IsOutside(Exception fault) => fault switch
    {
        RequestFailedException { Status: 0 or 408 or 429 or >= 500 } => true,
        AuthenticationFailedException => true,
        HttpRequestException or TimeoutException or SocketException or OperationCanceledException { InnerException: TimeoutException } => true,

        // The storage client's own time limit: it says so in the text alone, around the cancellation that it caused.
        TaskCanceledException { InnerException: TaskCanceledException } => true,
        AggregateException several => several.InnerExceptions.All(IsOutside),
        _ => false,
    };
}
