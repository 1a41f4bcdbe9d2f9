using System.Text.Json;
using Governance.Core.Evidence;
using Governance.Core.Policy;

namespace Governance.Core.Tests.Policy;

public sealed class ReasonsAndPaths
{
    private static readonly string[] BesideEvidence = ["deployment.", "app_history"];

    /// <summary>The paths that the published schema of the evidence document knows.</summary>
    private static readonly HashSet<string> Known = [.. PathsOf(EvidenceSchemaRoot(), EvidenceSchemaRoot(), "$", 8)];

    [Fact]
    public void Every_factor_and_every_rule_says_why_and_where_in_the_evidence() => Generated.Check(request =>
    {
        var check = PolicyCheck.Run(request, RiskModel.V1, PolicySet.V1);

        Assert.NotEmpty(check.Factors);
        Assert.NotEmpty(check.Rules);
        foreach (var (name, reason, path) in check.Factors.Select(each => (each.Name, each.Reason, each.EvidencePath)).Concat(check.Rules.Select(each => (each.Id, each.Reason, each.EvidencePath))))
        {
            Assert.False(string.IsNullOrWhiteSpace(reason), $"{name} gives no reason");
            Assert.True(Known.Contains(path) || BesideEvidence.Any(start => path.StartsWith(start, StringComparison.Ordinal)), $"{name} names '{path}', which the evidence document does not have");
        }
    });

    private static JsonElement EvidenceSchemaRoot() => JsonElement.Parse(EvidenceSchema.Utf8.Span);

    private static IEnumerable<string> PathsOf(JsonElement root, JsonElement schema, string path, int depth)
    {
        yield return path;
        if (depth == 0)
        {
            yield break;
        }

        if (schema.TryGetProperty("$ref", out var reference) && reference.GetString() is ['#', '/', .. var pointer])
        {
            foreach (var found in PathsOf(root, pointer.Split('/').Aggregate(root, (at, name) => at.GetProperty(name)), path, depth - 1))
            {
                yield return found;
            }
        }

        foreach (var choice in new[] { "oneOf", "anyOf", "allOf" }.Where(word => schema.TryGetProperty(word, out _)).SelectMany(word => schema.GetProperty(word).EnumerateArray()))
        {
            foreach (var found in PathsOf(root, choice, path, depth - 1))
            {
                yield return found;
            }
        }

        if (schema.TryGetProperty("properties", out var members))
        {
            foreach (var found in members.EnumerateObject().SelectMany(member => PathsOf(root, member.Value, $"{path}.{member.Name}", depth - 1)))
            {
                yield return found;
            }
        }
    }
}
