using System.Text;
using Governance.Functions.Hosting;

namespace Governance.Functions.Pages;

/// <summary>Writes one page as the answer, under a policy that runs no script and loads nothing from elsewhere.</summary>
internal sealed class PageResult(Html page, int status = StatusCodes.Status200OK) : IResult, IStatusCodeHttpResult
{
    /// <summary>Own style sheet, own forms, no frames, nothing else; data: is for the empty icon, which saves browsers from asking for one.</summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <inheritdoc/>
    public int? StatusCode => status;

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";

        // Without a referrer at all, browsers would hide from our own posts where they come from.
        response.Headers["Referrer-Policy"] = "same-origin";
        return response.Body.WriteAsync(Encoding.UTF8.GetBytes(page.ToString()), httpContext.RequestAborted).AsTask();
    }
}

/// <summary>An answer that sends the browser on with GET: after a post, so that a reload repeats nothing.</summary>
internal sealed class SeeOther(string path) : IResult
{
    /// <summary>Where to; a path of this app, or the sign-in address of the tenant.</summary>
    public string Path => path;

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = path;
        return Task.CompletedTask;
    }
}
