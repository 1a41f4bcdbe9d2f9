using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Governance.Testing.Web;

namespace Governance.LoadTests.Fuzzing;

/// <summary>What must hold of every answer, whatever was asked.</summary>
/// <param name="api">The app's own description.</param>
/// <param name="longest">No answer may take longer, except where a case keeps the app waiting.</param>
internal sealed partial class AnswerCheck(DescribedApi api, TimeSpan longest)
{

    private static readonly string[] CodesOfPages = ["FORM_REFUSED", "SESSION_OVER", "SIGN_IN_NOT_COMPLETED", "NOT_FOUND", "METHOD_NOT_ALLOWED", "INVALID_REQUEST", "REQUEST_REFUSED"];

    // What Kestrel answers by itself, without a body, to what is no HTTP.
    private static readonly int[] StatusesOfTheServer = [400, 405, 408, 411, 413, 414, 431, 505];

    private readonly HashSet<string> _codes = [.. api.Calls.SelectMany(call => call.Statuses.SelectMany(call.Codes)), .. CodesOfPages];

    /// <summary>Everything that is wrong with an answer.</summary>
    /// <param name="asked">The case.</param>
    /// <param name="sent">Its request as it was sent.</param>
    /// <param name="answer">What came back.</param>
    internal IEnumerable<string> Faults(FuzzCase asked, FuzzRequest sent, Answer answer)
    {
        if (answer.Late)
        {
            return ["no answer came"];
        }

        if (answer.Broken is { } broken)
        {
            // To whoever has gone already, half an answer may come.
            return sent.CutAt is null ? [$"the answer is no HTTP: {broken}"] : [];
        }

        if (answer.Status == 0)
        {
            return asked.MayBreakHttp || sent.CutAt is not null ? [] : ["the connection was ended without an answer"];
        }

        return Timing(asked, answer).Concat(IsOfTheServer(answer) ? OfTheServer(asked, answer) : OfTheApp(asked, sent, answer));
    }

    private IEnumerable<string> Timing(FuzzCase asked, Answer answer) =>
        answer.Took > longest && !asked.Slow ? [$"the answer took {answer.Took.TotalSeconds:0.0} s"] : [];

    private static bool IsOfTheServer(Answer answer) =>
        answer.Body.Length == 0 && answer.Header("X-Correlation-Id") is null && StatusesOfTheServer.Contains(answer.Status);

    private static IEnumerable<string> OfTheServer(FuzzCase asked, Answer answer) =>
        asked.MayBreakHttp ? [] : [$"the web server answered {answer.Status} by itself, though this is HTTP"];

    private IEnumerable<string> OfTheApp(FuzzCase asked, FuzzRequest sent, Answer answer)
    {
        // The bot connector's protocol has 501 for an invoke that a bot does not know.
        if (answer.Status >= 500 && (answer.Status != 501 || !sent.Target.Contains("/teams/messages", StringComparison.OrdinalIgnoreCase)))
        {
            yield return $"it is {answer.Status}";
        }

        if (asked.MustRefuse && answer.Status < 400)
        {
            yield return $"{answer.Status}, though nobody may be let in with this";
        }

        if (answer.Header("X-Correlation-Id") is null)
        {
            yield return "it has no X-Correlation-Id";
        }

        if (answer.Header("X-Content-Type-Options") != "nosniff")
        {
            yield return "it has no X-Content-Type-Options";
        }

        if (answer.Header("zx-injected") is not null)
        {
            yield return "the request has written a header of it";
        }

        if (answer.Status is >= 300 and < 400 && (answer.Header("Location") is not { } location || !location.StartsWith('/') || location.StartsWith("//", StringComparison.Ordinal)))
        {
            yield return $"it sends to {answer.Header("Location")}";
        }

        foreach (var fault in Body(asked, sent, answer).Concat(Leaks(sent, answer)))
        {
            yield return fault;
        }
    }

    private IEnumerable<string> Body(FuzzCase asked, FuzzRequest sent, Answer answer)
    {
        if (sent.Method.Equals("HEAD", StringComparison.OrdinalIgnoreCase))
        {
            return [];
        }

        var type = answer.Header("Content-Type") ?? string.Empty;
        return type.StartsWith("text/html", StringComparison.Ordinal) ? Page(sent, answer)
            : answer.Status >= 400 ? Problem(asked, sent, answer, type)
            : type.StartsWith("application/json", StringComparison.Ordinal) ? Json(answer)
            : [];
    }

    private static IEnumerable<string> Json(Answer answer)
    {
        // A callback may be taken without a word.
        if (answer.Body.Length > 0 && Parse(answer) is null)
        {
            yield return "its body is no JSON in UTF-8";
        }
    }

    private IEnumerable<string> Page(FuzzRequest sent, Answer answer)
    {
        var text = answer.Text;
        if (!IsPage(sent.Target))
        {
            yield return "a page came where nobody has a browser";
        }

        if (answer.Header("Content-Security-Policy")?.StartsWith("default-src 'none'", StringComparison.Ordinal) != true)
        {
            yield return "the page has no policy";
        }

        if (text.Contains("<zx", StringComparison.OrdinalIgnoreCase))
        {
            yield return "the page shows a text as markup";
        }

        if (answer.Status >= 400 && (!text.Contains("<h1", StringComparison.Ordinal) || !text.Contains("role=\"alert\"", StringComparison.Ordinal)))
        {
            yield return "the page does not say what is wrong";
        }

        if (PageCode().Match(text) is { Success: true } code && !_codes.Contains(code.Groups[1].Value))
        {
            yield return $"no list has the page's code {code.Groups[1].Value}";
        }
    }

    private IEnumerable<string> Problem(FuzzCase asked, FuzzRequest sent, Answer answer, string type)
    {
        if (!type.StartsWith("application/problem+json", StringComparison.Ordinal) || Parse(answer) is not JsonObject problem)
        {
            yield return $"{answer.Status} is no problem+json but '{type}' of {answer.Body.Length} bytes";
            yield break;
        }

        foreach (var member in new[] { "type", "title", "status", "code", "detail", "correlation_id" }.Where(member => problem[member] is null))
        {
            yield return $"the problem has no {member}";
        }

        if (problem["status"]?.ToJsonString() != answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture))
        {
            yield return $"the problem says {problem["status"]?.ToJsonString()} and its status is {answer.Status}";
        }

        if (problem["correlation_id"]?.ToString() != answer.Header("X-Correlation-Id"))
        {
            yield return "the problem has another correlation_id than the header";
        }

        var code = problem["code"]?.ToString() ?? string.Empty;
        if (code == "INVALID_REQUEST" && problem["errors"] is not JsonArray { Count: > 0 } && problem["detail"]?.ToString().StartsWith("body:", StringComparison.Ordinal) != true)
        {
            yield return "INVALID_REQUEST names no error";
        }

        if (Unlisted(asked, sent, answer.Status, code) is { } unlisted)
        {
            yield return unlisted;
        }
    }

    private string? Unlisted(FuzzCase asked, FuzzRequest sent, int status, string code)
    {
        // What only looks like a described path is none: //, for example.
        var path = sent.Target.Split('?')[0];
        return api.Find(new(sent.Method), path) is { } call && !call.Codes(status).Contains(code) && (status, code) != (405, "METHOD_NOT_ALLOWED") && !(asked.MayBreakHttp && code == "NOT_FOUND") ? $"{call} does not list {status} {code}"
            : _codes.Contains(code) ? null
            : $"no list has the code '{code}'";
    }

    private static IEnumerable<string> Leaks(FuzzRequest sent, Answer answer)
    {
        var text = answer.Text;
        var target = Uri.UnescapeDataString(sent.Target);
        foreach (Match leak in LeakPattern().Matches(text))
        {
            // Given out on purpose: an address for one upload, a token of the development mode, the names of functions.
            var meant = (target.Contains("/evidence/uploads", StringComparison.OrdinalIgnoreCase) && leak.Value.StartsWith("sig=", StringComparison.Ordinal))
                || target.Contains("/openapi/", StringComparison.OrdinalIgnoreCase)
                || (target.Contains("/development/tokens", StringComparison.OrdinalIgnoreCase) && answer.Status == 200);
            if (!meant && !Said(sent, leak.Value))
            {
                yield return $"it gives away '{leak.Value}'";
            }
        }
    }

    // What the sender said may be said back.
    private static bool Said(FuzzRequest sent, string words) =>
        sent.Target.Contains(words, StringComparison.Ordinal) || (sent.Body is { } body && System.Text.Encoding.Latin1.GetString(body).Contains(words, StringComparison.Ordinal));

    private static bool IsPage(string target) =>
        target.Contains("review", StringComparison.OrdinalIgnoreCase) || target.Contains("/development/sign-in", StringComparison.OrdinalIgnoreCase);

    private static JsonNode? Parse(Answer answer)
    {
        try
        {
            return Utf8.IsValid(answer.Body) ? JsonNode.Parse(answer.Body, documentOptions: new() { MaxDepth = 256 }) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // A frame of a stack, a type's full name, an exception, a key, a signature of an address, a token.
    [GeneratedRegex(@"\bat [A-Z][\w`]+(\.[\w`<>]+)+\(|\b(System|Microsoft|Azure|Governance)\.[A-Z]\w+\.?\w*|\b\w+Exception\b|AccountKey=[^;\s]*|sig=[\w%+/=]{8,}|eyJ[\w-]{8,}\.[\w-]*|BEGIN [A-Z ]*PRIVATE KEY|/(work|home|root|src)/\w+")]
    private static partial Regex LeakPattern();

    [GeneratedRegex("<p class=\"muted\">([A-Z_]+) · ")]
    private static partial Regex PageCode();
}
