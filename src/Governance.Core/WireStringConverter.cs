using System.Text.Json;
using System.Text.Json.Serialization;

namespace Governance.Core;

/// <summary>Reads and writes a value type as its one text form; a text that is none is a <see cref="JsonException"/>, as any wrong JSON type is.</summary>
/// <typeparam name="T">A type whose <c>ToString</c> and <c>TryParse</c> are each other's inverse.</typeparam>
public sealed class WireStringConverter<T> : JsonConverter<T>
    where T : IParsable<T>
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? Parse(reader.GetString()) : throw new JsonException($"A string was expected for {typeof(T).Name}.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToString());
    }

    /// <inheritdoc/>
    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString());

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WritePropertyName(value.ToString() ?? string.Empty);
    }

    private static T Parse(string? text) =>
        T.TryParse(text, null, out var value) ? value : throw new JsonException($"'{text}' is not a {typeof(T).Name}.");
}
