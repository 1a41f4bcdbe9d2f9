using System.Text.Json;

namespace Governance.Durable.FunctionsHost;

/// <summary>Where a Functions host's task hub is, as its <c>durableClient</c> binding says with every invocation that carries one.</summary>
/// <param name="HubName">The hub; null: the host's own.</param>
/// <param name="ConnectionName">The hub's connection; null: the host's own.</param>
/// <param name="Rpc">The gRPC endpoint on this machine, cleartext; null where the host has none.</param>
/// <param name="Management">The HTTP management API, without a slash at the end; null where the host does not say.</param>
/// <param name="Query">What each call of the management API carries, the key included: <c>code=…</c>. Secret.</param>
public sealed record HubBinding(string? HubName, string? ConnectionName, Uri? Rpc, Uri? Management, string Query)
{
    /// <summary>Reads a binding's JSON text.</summary>
    /// <returns>Null where it is no binding, or names no endpoint at all.</returns>
    public static HubBinding? TryRead(string? json)
    {
        if (json is null)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var binding = new HubBinding(
                Text(root, "taskHubName"),
                Text(root, "connectionName"),
                Address(Text(root, "rpcBaseUrl")),
                Address(Text(root, "httpBaseUrl")?.TrimEnd('/')),
                Text(root, "requiredQueryStringParameters") ?? string.Empty);
            return binding is { Rpc: null, Management: null } ? null : binding;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Everything but the key.</summary>
    public override string ToString() => $"{HubName} at {Rpc} and {Management}";

    private static Uri? Address(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
