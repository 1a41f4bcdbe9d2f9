using System.Text.Json;
using Azure;

namespace Governance.Storage.Tables;

/// <summary>Reads the service's error bodies; a front end's XML or HTML is told by its status alone.</summary>
internal static class TableErrors
{
    public static (string? Code, string? Text) Read(Response response) =>
        response.ContentStream is null ? (null, null) : Read(response.Content.ToMemory());

    public static (string? Code, string? Text) Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.TryGetProperty("odata.error", out var error)
                ? (Text(error, "code"), error.TryGetProperty("message", out var message) ? Text(message, "value") : null)
                : (null, null);
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
