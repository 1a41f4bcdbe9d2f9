using Governance.Core.Evidence;

namespace Governance.Core.Tests.Evidence;

/// <summary>One wrong thing at a time, in documents that are fine without it.</summary>
public sealed class SbomRules
{
    [Theory]
    [InlineData("1.4", "", "$", "needs a version")]
    [InlineData("1.5", "\"version\": 0", "$.version", "from 1")]
    [InlineData("1.5", "\"version\": 1.5", "$.version", "whole number")]
    [InlineData("1.5", "\"serialNumber\": \"urn:uuid:x\"", "$.serialNumber", "UUID")]
    [InlineData("1.5", "\"serialNumber\": 5", "$.serialNumber", "string")]
    [InlineData("1.5", "\"metadata\": {\"timestamp\": \"2025-01-01\"}", "$.metadata.timestamp", "RFC 3339")]
    [InlineData("1.4", "\"version\": 1, \"metadata\": {\"tools\": {\"components\": []}}", "$.metadata.tools", "array")]
    [InlineData("1.5", "\"components\": {}", "$.components", "array")]
    [InlineData("1.5", "\"components\": [{\"name\": \"a\"}]", "$.components[0]", "needs a type")]
    [InlineData("1.5", "\"components\": [{\"type\": \"library\"}]", "$.components[0]", "needs a name")]
    [InlineData("1.5", "\"components\": [{\"type\": \"cryptographic-asset\", \"name\": \"a\"}]", "$.components[0].type", "none of CycloneDX 1.5's words")]
    [InlineData("1.5", "\"components\": [{\"type\": \"library\", \"name\": \"a\", \"scope\": \"needed\"}]", "$.components[0].scope", "words")]
    [InlineData("1.5", "\"components\": [{\"type\": \"library\", \"name\": \"a\", \"bom-ref\": \"x\"}, {\"type\": \"library\", \"name\": \"b\", \"bom-ref\": \"x\"}]", "$.components[1].bom-ref", "something else too")]
    [InlineData("1.5", "\"components\": [{\"type\": \"library\", \"name\": \"a\", \"bom-ref\": \"\"}]", "$.components[0].bom-ref", "empty")]
    [InlineData("1.5", "\"components\": [{\"type\": \"library\", \"name\": \"a\"}, {\"name\": \"\\u0061\", \"type\": \"library\"}]", "$.components[1]", "the same as a component")]
    [InlineData("1.5", "\"components\": [{\"type\": \"library\", \"name\": \"a\", \"hashes\": [{\"alg\": \"SHA-256\", \"content\": \"abcd\"}]}]", "$.components[0].hashes[0]", "no SHA-256")]
    [InlineData("1.5", "\"components\": [{\"type\": \"library\", \"name\": \"a\", \"hashes\": [{\"alg\": \"SHA256\", \"content\": \"abcd\"}]}]", "$.components[0].hashes[0].alg", "words")]
    [InlineData("1.5", "\"components\": [{\"type\": \"library\", \"name\": \"a\", \"licenses\": [{\"license\": {\"id\": \"MIT\", \"name\": \"MIT\"}}]}]", "$.components[0].licenses[0].license", "exactly one")]
    [InlineData("1.5", "\"components\": [{\"type\": \"library\", \"name\": \"a\", \"licenses\": [{}]}]", "$.components[0].licenses[0]", "either")]
    [InlineData("1.5", "\"components\": [{\"type\": \"library\", \"name\": \"a\", \"licenses\": [{\"expression\": \"MIT\"}, {\"expression\": \"ISC\"}]}]", "$.components[0].licenses", "stands alone")]
    [InlineData("1.7", "\"components\": [{\"type\": \"library\", \"name\": \"a\", \"versionRange\": \"vers:npm/*\"}]", "$.components[0]", "versionRange")]
    [InlineData("1.5", "\"dependencies\": [{\"dependsOn\": []}]", "$.dependencies[0]", "needs a ref")]
    [InlineData("1.5", "\"dependencies\": [{\"ref\": \"a\"}, {\"ref\": \"a\"}]", "$.dependencies[1]", "the same as an entry")]
    [InlineData("1.5", "\"vulnerabilities\": [{\"ratings\": [{\"severity\": \"severe\"}]}]", "$.vulnerabilities[0].ratings[0].severity", "words")]
    [InlineData("1.5", "\"vulnerabilities\": [{\"analysis\": {\"state\": \"not_affected\", \"justification\": \"null\"}}]", "$.vulnerabilities[0].analysis.justification", "words")]
    [InlineData("1.5", "\"vulnerabilities\": [{\"id\": \"CVE 1\"}]", "$.vulnerabilities[0].id", "white space")]
    [InlineData("1.5", "\"vulnerabilities\": [{\"affects\": [{\"versions\": []}]}]", "$.vulnerabilities[0].affects[0]", "needs a ref")]
    [InlineData("1.5", "\"services\": [{\"bom-ref\": \"s\"}]", "$.services[0]", "needs a name")]
    public void CycloneDx_is_refused_with_the_place_of_the_fault(string version, string rest, string path, string message)
    {
        var (_, problems) = Reading.Sbom($$"""{"bomFormat": "CycloneDX", "specVersion": "{{version}}"{{(rest.Length > 0 ? ", " : "")}}{{rest}} }""");

        Assert.Equal(path, problems.Errors[0].Path);
        Assert.Contains(message, problems.Errors[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.4", "\"version\": -1, \"annotations\": []", "$.annotations", "is no property of CycloneDX 1.4")]
    [InlineData("1.4", "\"version\": 1, \"$schema\": \"http://cyclonedx.org/schema/bom-1.5.schema.json\"", "$.$schema", "schema")]
    [InlineData("1.5", "\"serialNumber\": \"urn:uuid:3E671687-395B-41F5-A30F-A58921A69B79\"", "$.serialNumber", "lower case")]
    [InlineData("1.5", "\"components\": [{\"type\": \"library\", \"name\": \"a\", \"tags\": []}]", "$.components[0].tags", "is no property")]
    [InlineData("1.5", "\"components\": [{\"type\": \"library\", \"name\": \"a\", \"purl\": \"npm:a\"}]", "$.components[0].purl", "no package URL")]
    [InlineData("1.5", "\"dependencies\": [{\"ref\": \"nowhere\"}]", "$.dependencies[0].ref", "names nothing")]
    [InlineData("1.5", "\"dependencies\": [{\"ref\": \"a\"}, {\"ref\": \"a\", \"dependsOn\": []}], \"components\": [{\"type\": \"library\", \"name\": \"a\", \"bom-ref\": \"a\"}]", "$.dependencies[1]", "has an entry already")]
    [InlineData("1.5", "\"vulnerabilities\": [{\"id\": \"CVE-1\", \"affects\": [{\"ref\": \"nowhere\"}]}]", "$.vulnerabilities[0]", "names nothing")]
    [InlineData("1.5", "\"vulnerabilities\": [{\"id\": \"CVE-1\", \"cwes\": [\"CWE-79\"]}]", "$.vulnerabilities[0].cwes[0]", "number")]
    [InlineData("1.5", "\"vulnerabilities\": [{\"id\": \"CVE-1\", \"analysis\": {\"state\": \"false_positive\"}}]", "$.vulnerabilities[0].analysis", "stays open")]
    public void CycloneDx_that_does_no_harm_is_taken_with_a_warning(string version, string rest, string path, string message)
    {
        var (sbom, problems) = Reading.Sbom($$"""{"bomFormat": "CycloneDX", "specVersion": "{{version}}", {{rest}} }""");

        Assert.NotNull(sbom);
        Assert.Empty(problems.Errors);
        Assert.Equal(path, problems.Warnings[0].Path);
        Assert.Contains(message, problems.Warnings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Property_order_is_free()
    {
        var (sbom, problems) = Reading.Sbom($$"""{"dependencies": [{"ref": "x", "dependsOn": ["x"]}], "components": [{"bom-ref": "x", "name": "a", "type": "library"}], "specVersion": "1.6", "bomFormat": "CycloneDX"}""");

        Assert.Empty(problems.Errors);
        Assert.Empty(problems.Warnings);
        Assert.Equal((1, 1, 0), (sbom!.Quality.DependencyEntries, sbom.Quality.DependencyEdges, sbom.Quality.UnresolvedReferences));
    }

    [Theory]
    [InlineData(31, true)]
    [InlineData(32, false)]
    public void Components_nest_as_deep_as_json_may(int deep, bool accepted)
    {
        var open = string.Concat(Enumerable.Range(0, deep).Select(i => $$"""{"type": "library", "name": "c{{i}}", "components": ["""));
        var close = string.Concat(Enumerable.Repeat("]}", deep));

        var (sbom, problems) = Reading.Sbom($$"""{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{{open}}{{close}}]}""");

        Assert.Equal(accepted, problems.Accepted);
        Assert.Equal(accepted ? deep : null, sbom?.Facts.Components.Length);
    }

    [Fact]
    public void Licence_texts_in_place_of_a_name_are_cut_and_told_apart()
    {
        var text = new string('x', 20_000);
        var (sbom, _) = Reading.Sbom($$"""
            {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
              {"type": "library", "name": "a", "licenses": [{"license": {"name": "{{text}}1"} }]}, {"type": "library", "name": "b", "licenses": [{"license": {"name": "{{text}}2"} }]}]}
            """);

        Assert.Equal(2, sbom!.Facts.Licenses.Length);
        Assert.All(sbom.Facts.Licenses, l => Assert.True(l.Length < 250));
    }

    [Theory]
    [InlineData("\"SPDXID\": \"SPDXRef-X\"", "$.SPDXID")]
    [InlineData("\"dataLicense\": \"MIT\"", "$.dataLicense")]
    [InlineData("\"documentNamespace\": \"urn:x#y\"", "$.documentNamespace")]
    [InlineData("\"creationInfo\": {\"created\": \"yesterday\", \"creators\": [\"Tool: a\"]}", "$.creationInfo.created")]
    [InlineData("\"creationInfo\": {\"created\": \"2025-01-01T00:00:00Z\", \"creators\": \"Tool: a\"}", "$.creationInfo.creators")]
    [InlineData("\"creationInfo\": {\"created\": \"2025-01-01T00:00:00Z\", \"creators\": []}", "$.creationInfo.creators")]
    [InlineData("\"packages\": [{\"SPDXID\": \"SPDXRef-A\"}]", "$.packages[0]")]
    [InlineData("\"packages\": [{\"SPDXID\": \"A\", \"name\": \"a\"}]", "$.packages[0].SPDXID")]
    [InlineData("\"packages\": [{\"SPDXID\": \"SPDXRef-A\", \"name\": \"a\"}, {\"SPDXID\": \"SPDXRef-A\", \"name\": \"b\"}]", "$.packages[1].SPDXID")]
    [InlineData("\"packages\": [{\"SPDXID\": \"SPDXRef-A\", \"name\": \"a\", \"checksums\": [{\"algorithm\": \"SHA256\", \"checksumValue\": \"12\"}]}]", "$.packages[0].checksums[0]")]
    [InlineData("\"packages\": [{\"SPDXID\": \"SPDXRef-A\", \"name\": \"a\", \"checksums\": [{\"algorithm\": \"SHA-256\", \"checksumValue\": \"12\"}]}]", "$.packages[0].checksums[0]")]
    [InlineData("\"files\": [{\"SPDXID\": \"SPDXRef-A\"}]", "$.files[0]")]
    [InlineData("\"relationships\": [{\"spdxElementId\": \"SPDXRef-DOCUMENT\"}]", "$.relationships[0]")]
    public void Spdx_2_is_refused_with_the_place_of_the_fault(string changed, string path) =>
        Assert.Equal(path, Reading.Sbom(Spdx("2.3", changed)).Problems.Errors[0].Path);

    [Theory]
    [InlineData("2.3", "\"x\": 1", "$.x")]
    [InlineData("2.2", "\"packages\": [{\"SPDXID\": \"SPDXRef-A\", \"name\": \"a\", \"downloadLocation\": \"NONE\"}]", "$.packages[0]")]
    [InlineData("2.3", "\"packages\": [{\"SPDXID\": \"SPDXRef-A\", \"name\": \"a\"}]", "$.packages[0]")]
    [InlineData("2.2", "\"packages\": [{\"SPDXID\": \"SPDXRef-A\", \"name\": \"a\", \"primaryPackagePurpose\": \"LIBRARY\"}]", "$.packages[0].primaryPackagePurpose")]
    [InlineData("2.3", "\"relationships\": [{\"spdxElementId\": \"SPDXRef-DOCUMENT\", \"relationshipType\": \"DESCRIBES\", \"relatedSpdxElement\": \"SPDXRef-No\"}]", "$.relationships[0].relatedSpdxElement")]
    [InlineData("2.3", "\"creationInfo\": {\"created\": \"2025-01-01T00:00:00Z\", \"creators\": [\"me\"]}", "$.creationInfo.creators[0]")]
    public void Spdx_2_that_does_no_harm_is_taken_with_a_warning(string version, string changed, string path)
    {
        var (sbom, problems) = Reading.Sbom(Spdx(version, changed));

        Assert.NotNull(sbom);
        Assert.Empty(problems.Errors);
        Assert.Equal(path, problems.Warnings[0].Path);
    }

    [Theory]
    [InlineData("SPDXID")]
    [InlineData("name")]
    [InlineData("dataLicense")]
    [InlineData("documentNamespace")]
    [InlineData("creationInfo")]
    public void Spdx_2_needs_its_document_fields(string field)
    {
        var (_, problems) = Reading.Sbom(Spdx("2.3", $"\"{field}\": null").Replace($"\"{field}\": null", "\"comment\": \"\"", StringComparison.Ordinal));

        Assert.Contains(new EvidenceProblem("$", $"needs {field}"), problems.Errors);
    }

    [Theory]
    [InlineData("{\"type\": \"software_Package\", \"spdxId\": \"urn:a\"}", "$.@graph[1]", true)]
    [InlineData("{\"spdxId\": \"urn:a\"}", "$.@graph[1]", true)]
    [InlineData("{\"type\": \"Person\", \"spdxId\": \"urn:a\"}, {\"type\": \"Person\", \"spdxId\": \"urn:a\"}", "$.@graph[2]", true)]
    [InlineData("{\"type\": \"CreationInfo\", \"@id\": \"_:b\", \"specVersion\": \"4.0\"}", "$.@graph[1]", true)]
    [InlineData("{\"type\": \"CreationInfo\", \"@id\": \"_:b\"}", "$.@graph[1]", true)]
    [InlineData("{\"type\": \"software_Package\", \"spdxId\": \"urn:a\", \"name\": \"a\", \"verifiedUsing\": [{\"type\": \"Hash\", \"algorithm\": \"sha256\", \"hashValue\": \"zz\"}]}", "$.@graph[1].verifiedUsing[0]", true)]
    [InlineData("{\"type\": \"Person\"}", "$.@graph[1]", false)]
    [InlineData("{\"type\": \"software_Package\", \"spdxId\": \"urn:a\", \"name\": \"a\", \"software_packageUrl\": \"x\", \"externalIdentifier\": [\"urn:e\"]}", "$.@graph[1]", false)]
    [InlineData("{\"type\": \"Relationship\", \"spdxId\": \"urn:r\", \"relationshipType\": \"DEPENDS_ON\", \"from\": \"urn:no\", \"to\": \"urn:no\"}", "$.@graph[1]", false)]
    public void Spdx_3_tells_faults_from_oddities(string element, string path, bool refused)
    {
        var (_, problems) = Reading.Sbom($$"""{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [{"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1"}, {{element}}]}""");

        Assert.Equal(refused, !problems.Accepted);
        Assert.Equal(path, (refused ? problems.Errors : problems.Warnings)[0].Path);
    }

    [Fact]
    public void A_single_spdx_3_element_is_no_sbom() =>
        Assert.False(Reading.Sbom("""{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "type": "software_Package"}""").Problems.Accepted);

    [Theory]
    [InlineData("""{"bomFormat": "cyclonedx", "specVersion": "1.6"}""")]
    [InlineData("""{"spdxVersion": "SPDX-2.2.1"}""")]
    [InlineData("""{"spdxVersion": "SPDX-2.1"}""")]
    [InlineData("""{"version": "2.1.0", "runs": []}""")]
    [InlineData("""{"document": {"csaf_version": "2.0"}}""")]
    [InlineData("<x/>")]
    [InlineData("[]")]
    [InlineData("{\"a\": ")]
    public void What_is_no_sbom_says_so(string text)
    {
        var (sbom, problems) = Reading.Sbom(text);

        Assert.Null(sbom);
        Assert.Single(problems.Errors);
    }

    [Fact]
    public void Components_are_refused_above_the_limit()
    {
        var many = string.Join(',', Enumerable.Range(0, EvidenceLimits.Components + 1).Select(i => $$"""{"name": "c{{i}}"}"""));

        var (_, problems) = Reading.Sbom($$"""{"components": [{{many}}]}""");

        Assert.Equal("more than 100000 components", Assert.Single(problems.Errors).Message);
    }

    private static string Spdx(string version, string changed)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["SPDXID"] = "\"SPDXRef-DOCUMENT\"",
            ["name"] = "\"x\"",
            ["dataLicense"] = "\"CC0-1.0\"",
            ["documentNamespace"] = "\"https://example.org/x\"",
            ["creationInfo"] = "{\"created\": \"2025-01-01T00:00:00Z\", \"creators\": [\"Tool: a\"]}",
        };
        fields.Remove(changed.Split('"')[1]);
        return $$"""{"spdxVersion": "SPDX-{{version}}", {{changed}}, {{string.Join(", ", fields.Select(f => $"\"{f.Key}\": {f.Value}"))}} }""";
    }
}
