using Governance.Functions.Hosting;
using Microsoft.AspNetCore.WebUtilities;

namespace Governance.Functions.Http;

/// <summary>Writes one problem as the answer.</summary>
internal sealed class ProblemResult(int status, string code, string detail, IReadOnlyList<FieldError>? errors) : IResult, IStatusCodeHttpResult
{
    private (string Name, string Value)? _header;

    /// <inheritdoc/>
    public int? StatusCode => status;

    /// <summary>The stable code.</summary>
    public string Code => code;

    /// <summary>What to do next, for a person.</summary>
    public string Detail => detail;

    /// <summary>What was wrong, where the problem lists it.</summary>
    public IReadOnlyList<FieldError> Errors => errors ?? [];

    /// <summary>Adds a header that belongs to this problem, such as Retry-After.</summary>
    public ProblemResult With(string header, string value)
    {
        _header = (header, value);
        return this;
    }

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var response = httpContext.Response;
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        if (_header is var (name, value))
        {
            response.Headers[name] = value;
        }

        var problem = new Problem("about:blank", ReasonPhrases.GetReasonPhrase(status), status, code, detail, RequestIdentity.Of(httpContext), errors);
        return response.WriteAsJsonAsync(problem, ApiJson.Wire.Problem, Problems.MediaType, httpContext.RequestAborted);
    }
}
