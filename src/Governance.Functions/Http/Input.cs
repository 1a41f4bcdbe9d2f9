using System.Globalization;
using System.Text;
using Governance.Core;
using Microsoft.Extensions.Primitives;

namespace Governance.Functions.Http;

/// <summary>
/// What a request brings, for a parser to make types of. Whatever the parser asks for and is wrong is noted, and the request is answered with 400 and the whole list; the handler is then not called.
/// </summary>
/// <param name="function">The function's name; continuation tokens are bound to it.</param>
/// <param name="request">Its query and headers are read.</param>
/// <param name="body">The parsed body; an empty object where there is none.</param>
/// <param name="findings">What is wrong so far.</param>
/// <param name="tokens">Reads continuation tokens.</param>
internal sealed class Input(string function, HttpRequest request, Fields body, Findings findings, PageTokens tokens)
{
    /// <summary>The longest wait that <c>Prefer: wait</c> gets.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private const string LimitName = "limit";
    private const string TokenName = "continuation_token";

    /// <summary>The fields of the JSON body.</summary>
    public Fields Body => body;

    /// <summary>The query parameters.</summary>
    public QueryFields Query { get; } = new(request.Query, findings);

    /// <summary>The <c>Idempotency-Key</c>: 1 to 255 visible ASCII characters.</summary>
    /// <returns>Null where absent.</returns>
    public string? IdempotencyKey()
    {
        const string name = "Idempotency-Key";
        var values = request.Headers[name];
        if (values.Count == 0)
        {
            return null;
        }

        if (values.Count == 1 && values[0] is { Length: >= 1 and <= 255 } key && key.All(character => character is > ' ' and < (char)127))
        {
            return key;
        }

        findings.Add(name, "one key of 1 to 255 visible ASCII characters is expected");
        return null;
    }

    /// <summary>The digest in <c>If-Match: "…"</c>: what the caller was shown.</summary>
    /// <returns>Null where absent or <c>*</c>: the caller decides on what stands now.</returns>
    public Digest? IfMatch()
    {
        var values = request.Headers.IfMatch;
        if (values.Count == 0 || values is ["*"])
        {
            return null;
        }

        if (values is [{ Length: > 2 } tag] && tag[0] == '"' && tag[^1] == '"' && Core.Digest.TryParse(tag[1..^1], null, out var digest))
        {
            return digest;
        }

        findings.Add("If-Match", "one quoted digest of 64 hexadecimal digits is expected");
        return null;
    }

    /// <summary>How long the caller would like to wait: <c>Prefer: wait=N</c> in seconds, at most 30. RFC 7240 has a preference that cannot be understood ignored.</summary>
    /// <returns>Zero where no wait is preferred.</returns>
    public TimeSpan Wait() => ReadWait(request.Headers["Prefer"]);

    /// <summary>Which page is asked for: <c>limit</c> and <c>continuation_token</c>.</summary>
    /// <param name="isPlace">Says whether a cursor is a place in this list: whoever reads the source can make a token that holds. Null where the list itself passes over what is none.</param>
    public Page Paging(Func<string, bool>? isPlace = null)
    {
        var limit = Query.Integer(LimitName, 1, Page.MaxLimit) ?? Page.DefaultLimit;
        var scope = Scope();
        string? cursor = null;
        if (Query.Text(TokenName, PageTokens.MaxLength) is { } token)
        {
            if (tokens.TryRead(scope, token, out var found) && isPlace?.Invoke(found) != false)
            {
                cursor = found;
            }
            else
            {
                findings.Add(TokenName, "is not a token of this list with these filters; start again without it");
            }
        }

        return Page.Of(limit, cursor, scope, tokens);
    }

    /// <summary>Reads the wait out of all <c>Prefer</c> headers; the first one counts.</summary>
    internal static TimeSpan ReadWait(StringValues preferences)
    {
        foreach (var line in preferences)
        {
            foreach (var part in (line ?? string.Empty).Split(',', StringSplitOptions.TrimEntries))
            {
                var preference = part.Split(';')[0].Split('=', 2, StringSplitOptions.TrimEntries);
                if (preference.Length == 2 && preference[0].Equals("wait", StringComparison.OrdinalIgnoreCase))
                {
                    return uint.TryParse(preference[1].Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                        ? TimeSpan.FromSeconds(Math.Min(seconds, LongestWait.TotalSeconds))
                        : TimeSpan.Zero;
                }
            }
        }

        return TimeSpan.Zero;
    }

    // The list and every filter, in an order that does not depend on how the caller wrote them.
    private string Scope()
    {
        var scope = new StringBuilder(function);
        foreach (var (name, values) in request.Query.OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase))
        {
            if (!name.Equals(LimitName, StringComparison.OrdinalIgnoreCase) && !name.Equals(TokenName, StringComparison.OrdinalIgnoreCase))
            {
                scope.Append('&').Append(Uri.EscapeDataString(name.ToLowerInvariant())).Append('=').Append(Uri.EscapeDataString(values.ToString()));
            }
        }

        return scope.ToString();
    }
}
