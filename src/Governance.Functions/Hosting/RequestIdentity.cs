using System.Buffers;
using Governance.Functions.Http;

namespace Governance.Functions.Hosting;

/// <summary>The id of one request: the caller's <c>X-Correlation-Id</c> or a new one. It is in the answer, in every log line and in every problem.</summary>
internal sealed class RequestIdentity(string id)
{
    /// <summary>The header in both directions.</summary>
    public const string Header = "X-Correlation-Id";

    private const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/");

    /// <summary>What a client may send.</summary>
    public const string Expected = "1 to 128 letters, digits or - _ . : / are expected";

    /// <summary>The id of a request that <see cref="Assign"/> has seen.</summary>
    public static string Of(HttpContext context) => context.Features.Get<RequestIdentity>()?.Value ?? context.TraceIdentifier;

    /// <summary>The id itself.</summary>
    public string Value => id;

    /// <summary>Gives the request its id and puts it into the answer.</summary>
    /// <returns>The problem to answer with where the caller's own id cannot be taken; the request has a new one then.</returns>
    public static IResult? Assign(HttpContext context)
    {
        var sent = context.Request.Headers[Header];
        var usable = sent is [{ Length: >= 1 and <= MaxLength } only] && !only.AsSpan().ContainsAnyExcept(Allowed);
        var identity = new RequestIdentity(usable ? sent[0]! : Guid.NewGuid().ToString("D"));
        context.Features.Set(identity);
        context.Response.Headers[Header] = identity.Value;
        return usable || sent.Count == 0 ? null : Problems.Invalid(Header, Expected);
    }
}
