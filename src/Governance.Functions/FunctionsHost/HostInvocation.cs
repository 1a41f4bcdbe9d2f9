using System.Text.Json;

namespace Governance.Functions.FunctionsHost;

/// <summary>What the Functions host sends to have a function run: the values of its bindings, each encoded once or twice.</summary>
internal sealed class HostInvocation : IDisposable
{
    private readonly JsonDocument _document;
    private readonly JsonElement _data;
    private readonly JsonElement _metadata;

    private HostInvocation(JsonDocument document, JsonElement data)
    {
        (_document, _data) = (document, data);
        document.RootElement.TryGetProperty("Metadata", out _metadata);
    }

    /// <summary>How often the host has delivered a queue message, from 1; 1 where it does not say.</summary>
    /// <remarks>Metadata may be overwritten by a message's own members of the same name; nothing else is read from it.</remarks>
    public int DequeueCount =>
        _metadata.ValueKind == JsonValueKind.Object && _metadata.TryGetProperty(nameof(DequeueCount), out var count) && int.TryParse(Decoded(count), out var number) && number > 0 ? number : 1;

    /// <summary>Reads a request's body.</summary>
    /// <exception cref="InvalidDataException">It is no invocation; the message says why.</exception>
    public static async Task<HostInvocation> Read(Stream body, CancellationToken cancellation)
    {
        JsonDocument document;
        try
        {
            document = await JsonDocument.ParseAsync(body, cancellationToken: cancellation);
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException($"The host's invocation is not JSON: {malformed.Message}", malformed);
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("Data", out var data) && data.ValueKind == JsonValueKind.Object)
        {
            return new(document, data);
        }

        document.Dispose();
        throw new InvalidDataException("The host's invocation has no object 'Data'.");
    }

    /// <summary>A binding's value as text: the text itself where it is one, else its JSON.</summary>
    /// <returns>Null where the binding has no value or is missing.</returns>
    public string? Text(string binding) => _data.TryGetProperty(binding, out var value) ? Decoded(value) : null;

    /// <inheritdoc/>
    public void Dispose() => _document.Dispose();

    // The host writes most values as a JSON string that holds JSON text, so a text arrives as a string within a string.
    private static string? Decoded(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : value.GetRawText();
        }

        var outer = value.GetString()!;
        if (outer == "null")
        {
            return null;
        }

        if (!outer.StartsWith('"'))
        {
            return outer;
        }

        try
        {
            return JsonSerializer.Deserialize(outer, HostJson.Default.String);
        }
        catch (JsonException)
        {
            // A text that merely begins with a quotation mark.
            return outer;
        }
    }
}
