using System.Globalization;
using System.Text.Json.Nodes;

namespace Governance.Testing.Web;

/// <summary>The app's own description of its routes.</summary>
public sealed class DescribedApi
{
    private DescribedApi(IReadOnlyList<DescribedCall> calls) => Calls = calls;

    /// <summary>Every route with each of its methods.</summary>
    public IReadOnlyList<DescribedCall> Calls { get; }

    /// <summary>Reads the description that a running app gives.</summary>
    public static async Task<DescribedApi> Read(Uri address)
    {
        using var http = new HttpClient { BaseAddress = address };
        return Of(JsonNode.Parse(await http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)))!);
    }

    /// <summary>Reads an OpenAPI document.</summary>
    public static DescribedApi Of(JsonNode document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return new([.. document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(each => new DescribedCall(new(each.Key.ToUpperInvariant()), path.Key, each.Value!.AsObject())))]);
    }

    /// <summary>The call that a method and path mean; null where none is described.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Without a query.</param>
    public DescribedCall? Find(HttpMethod method, string path)
    {
        var segments = Segments(path);
        return Calls.Where(call => call.Method == method && call.Matches(segments)).OrderBy(call => call.Parameters).FirstOrDefault();
    }

    /// <summary>What is wrong with an answer's status or code by the description of its call; null where nothing is.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Without a query.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="code">The problem's code; null for a success.</param>
    public string? Fault(HttpMethod method, string path, int status, string? code)
    {
        if (Find(method, path) is not { } call)
        {
            return status is 404 or 405 ? null : $"{method} {path} is not described and answered {status}.";
        }

        var described = code is not null ? call.Codes(status).Contains(code) : status == 200 || call.Statuses.Contains(status);
        return described ? null : $"{call} answered {status} {code}, which its description does not list.";
    }

    internal static string[] Segments(string path) => path.Trim('/').Split('/');
}

/// <summary>One described route with its method.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">With parameters in braces.</param>
/// <param name="Operation">As OpenAPI has it.</param>
public sealed record DescribedCall(HttpMethod Method, string Path, JsonObject Operation)
{
    private readonly string[] _segments = DescribedApi.Segments(Path);

    /// <summary>How many parameters its path has.</summary>
    public int Parameters => _segments.Count(IsParameter);

    /// <summary>The statuses that it may answer with.</summary>
    public IEnumerable<int> Statuses => Operation["responses"]!.AsObject().Select(response => int.Parse(response.Key, CultureInfo.InvariantCulture));

    /// <summary>An example of its body; null where it takes none.</summary>
    public JsonObject? Example => Operation["requestBody"]?["content"]?["application/json"]?["example"]?.AsObject();

    /// <summary>Whether a success is JSON.</summary>
    public bool AnswersJson => Operation["responses"]!["200"]?["content"]?["application/json"] is not null;

    /// <summary>Whether it is for people who are signed in.</summary>
    public bool NeedsToken => Operation["security"] is not null;

    /// <summary>The function's name.</summary>
    public string Name => Operation["operationId"]!.GetValue<string>();

    /// <summary>Its parameters in the query.</summary>
    public IEnumerable<string> QueryNames =>
        Operation["parameters"]?.AsArray().Where(parameter => parameter!["in"]!.GetValue<string>() == "query").Select(parameter => parameter!["name"]!.GetValue<string>()) ?? [];

    /// <summary>The codes that it may answer with.</summary>
    public IEnumerable<string> Codes(int status) =>
        Operation["responses"]![status.ToString(CultureInfo.InvariantCulture)]?["content"]?["application/problem+json"]?["examples"]?.AsObject().Select(example => example.Key) ?? [];

    /// <inheritdoc/>
    public override string ToString() => $"{Method} {Path}";

    internal bool Matches(string[] segments) =>
        segments.Length == _segments.Length && segments.Zip(_segments).All(pair => IsParameter(pair.Second) || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));

    private static bool IsParameter(string segment) => segment.StartsWith('{');
}
