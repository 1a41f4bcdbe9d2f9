using System.Text.Json;
using Governance.Functions.Hosting;
using Governance.Functions.OpenApi;
using Governance.Functions.SignIn;
using Governance.Functions.Tests.Testing;

namespace Governance.Functions.Tests.OpenApi;

public sealed class DescribingTheApi
{
    private static readonly HttpDocs Docs = new(
        "Creates a thing.",
        """{"name": "app", "at": "2026-01-01T00:00:00Z", "id": "5f0c2f0e-6d0c-4f57-9d3e-0a4f6f6f9a11", "count": 1, "share": 0.5, "tags": ["a"], "none": null, "yes": true, "empty": []}""",
        """{"things": [{"id": "5f0c2f0e-6d0c-4f57-9d3e-0a4f6f6f9a11"}]}""",
        201)
    {
        Refusals = ["409 THING_EXISTS", "422 THING_MISMATCH"],
        Query = [("ring", "Only this ring.")],
        Headers = [("Idempotency-Key", "Repeats are safe.")],
        Paged = true,
    };

    [Fact]
    public async Task Every_route_is_described_with_its_examples_and_codes()
    {
        await using var app = await TestApp.Start(
            [Function.Post("CreateThing", "things/{id}", Access.To(Roles.Publisher), _ => 0, (_, _) => Samples.Text(""), Docs)]);
        using var answer = await app.Get("/openapi/v1.json", roles: null);
        var document = await answer.Json();
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var operation = document.GetProperty("paths").GetProperty("/api/v1/things/{id}").GetProperty("post");
        Assert.Equal("CreateThing", operation.GetProperty("operationId").GetString());
        Assert.Equal(
            ["id", "limit", "continuation_token", "ring", "Idempotency-Key"],
            operation.GetProperty("parameters").EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()));
        Assert.Equal(
            ["201", "400", "401", "403", "404", "408", "409", "413", "415", "422", "500", "503"],
            operation.GetProperty("responses").EnumerateObject().Select(response => response.Name).Order(StringComparer.Ordinal));
        Assert.Equal("THING_EXISTS", Codes(operation, "409").Single());
        Assert.Equal(["SIGN_IN_REQUIRED", "TOKEN_REFUSED"], Codes(operation, "401"));

        var body = operation.GetProperty("requestBody").GetProperty("content").GetProperty("application/json");
        Assert.Equal("app", body.GetProperty("example").GetProperty("name").GetString());
        var fields = body.GetProperty("schema").GetProperty("properties");
        Assert.Equal("date-time", fields.GetProperty("at").GetProperty("format").GetString());
        Assert.Equal("uuid", fields.GetProperty("id").GetProperty("format").GetString());
        Assert.Equal(["integer", "number", "boolean"], new[] { "count", "share", "yes" }.Select(name => fields.GetProperty(name).GetProperty("type").GetString()));
        Assert.Equal("string", fields.GetProperty("tags").GetProperty("items").GetProperty("type").GetString());
    }

    [Fact]
    public async Task The_same_catalog_gives_the_same_bytes()
    {
        var first = await new ApiDescription(new FunctionCatalog(FunctionCatalog.Declared)).Json(default);
        Assert.Equal(first, await new ApiDescription(new FunctionCatalog(FunctionCatalog.Declared.Reverse())).Json(default));
    }

    [Fact]
    public void Every_declared_route_has_a_summary_and_examples_that_are_JSON()
    {
        foreach (var (name, trigger) in new FunctionCatalog([.. FunctionCatalog.Declared, .. DevelopmentFunctions.All]).On<HttpTrigger>())
        {
            Assert.True(trigger.Docs.Summary.EndsWith('.'), name);
            foreach (var example in new[] { trigger.Docs.Request, trigger.Docs.Response }.OfType<string>())
            {
                Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(example).RootElement.ValueKind);
            }
        }
    }

    private static IEnumerable<string> Codes(JsonElement operation, string status) => operation.GetProperty("responses").GetProperty(status)
        .GetProperty("content").GetProperty("application/problem+json").GetProperty("examples").EnumerateObject().Select(example => example.Name);
}
