using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Governance.Core.Evidence;
using Governance.Testing;

namespace Governance.Core.Tests.Evidence;

/// <summary>The published schema and the parser say the same: neither knows a property or a word that the other does not.</summary>
public sealed partial class SchemaAndParser
{
    private static readonly JsonObject Schema = (JsonObject)JsonNode.Parse(EvidenceSchema.Utf8.Span)!;

    public static TheoryData<string> Leaves() => [.. Properties(Schema, "$").Select(p => p.Path).Distinct()];

    [Theory]
    [MemberData(nameof(Leaves))]
    public void Every_property_of_the_schema_is_read_and_held_to_its_type(string path)
    {
        // A list of lists is wrong everywhere.
        var problems = Reading.Document(With(path, "[[]]")).Problems;

        Assert.Contains(problems.Errors, e => e.Path.StartsWith(path, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_word_of_an_enumeration_is_taken_and_no_other()
    {
        foreach (var (path, schema) in Properties(Schema, "$"))
        {
            if (schema["enum"] is not JsonArray words)
            {
                continue;
            }

            foreach (var word in words)
            {
                Assert.DoesNotContain(Reading.Document(With(path, word!.ToJsonString())).Problems.Errors, e => e.Path == path);
            }

            Assert.Contains(Reading.Document(With(path, "\"no such word\"")).Problems.Errors, e => e.Path == path);
        }
    }

    [Fact]
    public void Every_name_that_the_parser_reads_is_in_the_schema()
    {
        var known = Properties(Schema, "$").Select(p => p.Path.Split('.')[^1]).ToHashSet(StringComparer.Ordinal);
        var read = Directory.EnumerateFiles(Repository.Of("src", "Governance.Core", "Evidence/Document"), "*.cs")
            .Concat([Repository.Of("src", "Governance.Core", "Evidence/Sboms/PlainSbom.cs"), Repository.Of("src", "Governance.Core", "Evidence/Scans/PlainCounts.cs"), Repository.Of("src", "Governance.Core", "Evidence/TestReports/TestSummary.cs")])
            .SelectMany(f => CasedName().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value))
            .ToHashSet(StringComparer.Ordinal);

        Assert.True(read.Count > 50);
        Assert.Empty(read.Except(known));
    }

    /// <summary>Every property that the schema describes, with its path; of alternatives the objects, of lists the items.</summary>
    private static IEnumerable<(string Path, JsonObject Schema)> Properties(JsonObject schema, string path)
    {
        var resolved = Resolve(schema);
        foreach (var (name, value) in resolved["properties"] as JsonObject ?? [])
        {
            var inner = Resolve((JsonObject)value!);
            yield return ($"{path}.{name}", inner);
            foreach (var deeper in Properties(inner, $"{path}.{name}"))
            {
                yield return deeper;
            }
        }

        if (resolved["items"] is JsonObject items)
        {
            foreach (var deeper in Properties(items, $"{path}[0]"))
            {
                yield return deeper;
            }
        }

        foreach (var alternative in resolved["anyOf"] as JsonArray ?? [])
        {
            if (alternative is JsonObject one)
            {
                foreach (var deeper in Properties(one, path))
                {
                    yield return deeper;
                }
            }
        }
    }

    private static JsonObject Resolve(JsonObject schema) =>
        schema["$ref"] is { } reference ? (JsonObject)Schema["$defs"]![reference.GetValue<string>().Split('/')[^1]]! : schema;

    /// <summary>A document with nothing but one value at a path.</summary>
    private static string With(string path, string value)
    {
        var json = value;
        foreach (var step in path.Split('.').Skip(1).Reverse())
        {
            var isItem = step.EndsWith("[0]", StringComparison.Ordinal);
            json = $"{{\"{(isItem ? step[..^3] : step)}\": {(isItem ? $"[{json}]" : json)}{Beside(path, step)}}}";
        }

        return json;
    }

    // What tells plain forms from references and from each other.
    private static string Beside(string path, string step) => (path, step) switch
    {
        _ when path.EndsWith($".{step}", StringComparison.Ordinal) && path.StartsWith("$.scan_results", StringComparison.Ordinal) && step is "scanner" or "scanned_at" or "informational" or "unknown" => ", \"low\": 0",
        _ when path.EndsWith($".{step}", StringComparison.Ordinal) && path.StartsWith("$.sbom", StringComparison.Ordinal) && step == "format" => ", \"components\": []",
        _ when path.EndsWith($".{step}", StringComparison.Ordinal) && path.StartsWith("$.tests", StringComparison.Ordinal) && step == "skipped" => ", \"passed\": 0",
        _ => string.Empty,
    };

    [GeneratedRegex("(?:case )?\"([a-z0-9_]+)\"(?: =>|:| when)")]
    private static partial Regex CasedName();
}
