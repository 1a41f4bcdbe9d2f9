using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Governance.Functions.OpenApi;

/// <summary>Reads a schema off an example, so that each body is described once.</summary>
internal static class ExampleSchema
{
    /// <summary>The narrowest schema that this example shows; a null in it may be anything, a list is described by its first entry.</summary>
    public static OpenApiSchema Of(JsonNode? example) => example switch
    {
        JsonObject value => new()
        {
            Type = JsonSchemaType.Object,
            Properties = value.ToDictionary(member => member.Key, IOpenApiSchema (member) => Of(member.Value), StringComparer.Ordinal),
        },
        JsonArray value => new() { Type = JsonSchemaType.Array, Items = value.Count > 0 ? Of(value[0]) : new OpenApiSchema() },
        JsonValue value => Scalar(value),
        _ => new(),
    };

    private static OpenApiSchema Scalar(JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.String => new() { Type = JsonSchemaType.String, Format = Format(value.GetValue<string>()) },
        JsonValueKind.Number => new() { Type = value.TryGetValue<long>(out _) ? JsonSchemaType.Integer : JsonSchemaType.Number },
        _ => new() { Type = JsonSchemaType.Boolean },
    };

    private static string? Format(string text) =>
        Guid.TryParseExact(text, "D", out _) ? "uuid"
        : Http.UtcInstantConverter.TryParse(text, out _) ? "date-time"
        : null;
}
