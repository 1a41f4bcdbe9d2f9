using System.Globalization;
using Governance.Core;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Governance.Functions.Http;

/// <summary>The one place where error answers are made. Each method's doc names its code.</summary>
internal static class Problems
{
    /// <summary>The media type of every error answer.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>A refusal of the domain, with its own code, sentence and status.</summary>
    public static IResult From(Refusal refusal) => Of(refusal.Status, refusal.Code, refusal.Message);

    /// <summary>400 <c>INVALID_REQUEST</c> with everything that is wrong, in the order in which it was found.</summary>
    /// <param name="errors">One or more.</param>
    public static IResult Invalid(IReadOnlyList<FieldError> errors) => new ProblemResult(
        StatusCodes.Status400BadRequest, "INVALID_REQUEST", $"{errors[0].Field}: {errors[0].Message}{More(errors.Count - 1)}", errors);

    /// <summary>400 <c>INVALID_REQUEST</c> with one thing that is wrong.</summary>
    public static IResult Invalid(string field, string message) => Invalid([new(field, message)]);

    /// <summary>404 <c>NOT_FOUND</c>.</summary>
    /// <param name="what">What was looked for, with its id: "Deployment 5f0c…".</param>
    public static IResult NotFound(string what) => Of(StatusCodes.Status404NotFound, "NOT_FOUND", $"{what} does not exist.");

    /// <summary>401 <c>SIGN_IN_REQUIRED</c> or <c>TOKEN_REFUSED</c>.</summary>
    /// <param name="tokenSent">True where a token came and did not hold.</param>
    public static IResult Unauthorized(bool tokenSent) => tokenSent
        ? new ProblemResult(401, "TOKEN_REFUSED", "The bearer token is not valid here: it may have expired, or be for another tenant or audience. Get a new one.", null)
            .With(HeaderNames.WWWAuthenticate, "Bearer error=\"invalid_token\"")
        : new ProblemResult(401, "SIGN_IN_REQUIRED", "Send an Entra ID access token as 'Authorization: Bearer …'.", null)
            .With(HeaderNames.WWWAuthenticate, "Bearer");

    /// <summary>403 with a code of its own.</summary>
    public static IResult Forbidden(string code, string detail) => Of(StatusCodes.Status403Forbidden, code, detail);

    /// <summary>413 <c>BODY_TOO_LARGE</c>.</summary>
    /// <param name="limit">Bytes this route takes.</param>
    public static IResult TooLarge(long limit) => Of(
        StatusCodes.Status413PayloadTooLarge, "BODY_TOO_LARGE", $"This route takes at most {limit.ToString(CultureInfo.InvariantCulture)} bytes.");

    /// <summary>413 <c>BODY_TOO_LARGE</c> with every part that is too large, and whatever else is wrong.</summary>
    /// <param name="errors">One or more.</param>
    public static IResult TooLarge(IReadOnlyList<FieldError> errors) => new ProblemResult(
        StatusCodes.Status413PayloadTooLarge, "BODY_TOO_LARGE", $"{errors[0].Field}: {errors[0].Message}{More(errors.Count - 1)}", errors);

    /// <summary>415 <c>UNSUPPORTED_MEDIA_TYPE</c>.</summary>
    public static IResult UnsupportedMediaType(string detail) => Of(StatusCodes.Status415UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", detail);

    /// <summary>503 <c>BUSY</c>: turned away before anything was done; a repeat after the given time is safe.</summary>
    public static IResult Busy(TimeSpan retryAfter) => Unavailable("BUSY", "Too many requests are being served; nothing was done. Try again after the time in Retry-After.", retryAfter);

    /// <summary>503 <c>TIMED_OUT</c>: the request took longer than its limit; what it did may have been done.</summary>
    public static IResult TimedOut(TimeSpan retryAfter) => Unavailable("TIMED_OUT", "The request took too long. Ask for the state, then repeat with the same Idempotency-Key.", retryAfter);

    /// <summary>503 <c>UNAVAILABLE</c>: something the app depends on does not answer.</summary>
    public static IResult Unavailable(TimeSpan retryAfter) => Unavailable("UNAVAILABLE", "A service that Governance depends on does not answer. Try again after the time in Retry-After.", retryAfter);

    /// <summary>Any other problem.</summary>
    /// <param name="status">400 to 599.</param>
    /// <param name="code">Stable, UPPER_SNAKE.</param>
    /// <param name="detail">What to do next.</param>
    public static IResult Of(int status, string code, string detail) => new ProblemResult(status, code, detail, null);

    /// <summary>The problem for an answer that the web server left without a body, such as 404 or 405.</summary>
    public static IResult OfStatus(int status, HttpRequest request) => status switch
    {
        StatusCodes.Status404NotFound => Of(status, "NOT_FOUND", $"There is no {request.Path}."),
        StatusCodes.Status405MethodNotAllowed => Of(status, "METHOD_NOT_ALLOWED", $"{request.Method} is not possible here; see the Allow header."),
        StatusCodes.Status413PayloadTooLarge => Of(status, "BODY_TOO_LARGE", "The body is larger than this route takes."),
        StatusCodes.Status415UnsupportedMediaType => UnsupportedMediaType("Send the body as application/json."),
        _ => Of(status, "REQUEST_REFUSED", ReasonPhrases.GetReasonPhrase(status)),
    };

    private static ProblemResult Unavailable(string code, string detail, TimeSpan retryAfter) =>
        new ProblemResult(StatusCodes.Status503ServiceUnavailable, code, detail, null)
            .With(HeaderNames.RetryAfter, Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture));

    private static string More(int count) => count == 0 ? "." : $" (and {count.ToString(CultureInfo.InvariantCulture)} more).";
}
