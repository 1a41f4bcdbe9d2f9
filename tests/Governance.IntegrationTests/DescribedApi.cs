using System.Text.Json.Nodes;
using Governance.Local.Stack;

namespace Governance.IntegrationTests;

/// <summary>The app's own description of its routes.</summary>
internal sealed class DescribedApi
{
    private readonly IReadOnlyList<DescribedCall> _calls;

    private DescribedApi(IReadOnlyList<DescribedCall> calls) => _calls = calls;

    internal IReadOnlyList<DescribedCall> Calls => _calls;

    internal static async Task<DescribedApi> Read(Uri address)
    {
        using var http = new HttpClient { BaseAddress = address };
        var document = JsonNode.Parse(await http.GetStringAsync("/openapi/v1.json"))!;
        return new([.. document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(each => new DescribedCall(new(each.Key.ToUpperInvariant()), path.Key, each.Value!.AsObject())))]);
    }

    /// <summary>Fails where a call was answered with a status or code that its description does not know.</summary>
    internal void Check(HttpMethod method, string path, ApiAnswer answer)
    {
        var segments = Segments(path);
        var call = _calls.Where(call => call.Method == method && call.Matches(segments)).OrderBy(call => call.Parameters).FirstOrDefault();
        if (call is null)
        {
            Assert.True(answer.Status is 404 or 405, $"{method} {path} is not described and answered {answer.Status}.");
            return;
        }

        var described = answer.Code is { } code ? call.Codes(answer.Status).Contains(code) : answer.Status == 200 || call.Statuses.Contains(answer.Status);
        Assert.True(described, $"{call} answered {answer.Status} {answer.Code}, which its description does not list.");
    }

    internal static string[] Segments(string path) => path.Trim('/').Split('/');
}

/// <summary>One described route with its method.</summary>
internal sealed record DescribedCall(HttpMethod Method, string Path, JsonObject Operation)
{
    private readonly string[] _segments = DescribedApi.Segments(Path);

    internal int Parameters => _segments.Count(IsParameter);

    internal IEnumerable<int> Statuses => Operation["responses"]!.AsObject().Select(response => int.Parse(response.Key, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>An example of its body; null where it takes none.</summary>
    internal JsonObject? Example => Operation["requestBody"]?["content"]?["application/json"]?["example"]?.AsObject();

    internal bool AnswersJson => Operation["responses"]!["200"]?["content"]?["application/json"] is not null;

    internal bool NeedsToken => Operation["security"] is not null;

    internal bool Matches(string[] segments) =>
        segments.Length == _segments.Length && segments.Zip(_segments).All(pair => IsParameter(pair.Second) || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));

    internal IEnumerable<string> Codes(int status) =>
        Operation["responses"]![status.ToString(System.Globalization.CultureInfo.InvariantCulture)]?["content"]?["application/problem+json"]?["examples"]?.AsObject().Select(example => example.Key) ?? [];

    public override string ToString() => $"{Method} {Path}";

    private static bool IsParameter(string segment) => segment.StartsWith('{');
}
