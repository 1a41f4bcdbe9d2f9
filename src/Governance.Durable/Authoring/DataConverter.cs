using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Governance.Durable;

/// <summary>Turns inputs, results, events and statuses into JSON text and back.</summary>
public abstract class DataConverter
{
    /// <summary>Writes a value as JSON text.</summary>
    /// <returns>Null for null.</returns>
    [return: NotNullIfNotNull(nameof(value))]
    public abstract string? Serialize(object? value);

    /// <summary>Writes a value as JSON text by the type that it is declared as, where a converter tells types apart.</summary>
    /// <returns>Null for null.</returns>
    [return: NotNullIfNotNull(nameof(value))]
    public virtual string? Serialize(object? value, Type declaredType) => Serialize(value);

    /// <summary>Reads JSON text.</summary>
    /// <returns>Null where there is no text, or the text is <c>null</c>.</returns>
    /// <exception cref="JsonException">The text is no such value.</exception>
    public abstract object? Deserialize(string? data, Type targetType);

    /// <summary>Reads JSON text; the type's default where there is none.</summary>
    /// <exception cref="JsonException">The text is no such value.</exception>
    public T? Deserialize<T>(string? data) => Deserialize(data, typeof(T)) is T value ? value : default;
}

/// <summary>JSON by System.Text.Json.</summary>
/// <param name="options">
/// Usually the app's source-generated context with the types of its inputs and results, plain ones such as
/// <see cref="string"/> included; null: reflection with web defaults.
/// </param>
public sealed class JsonDataConverter(JsonSerializerOptions? options = null) : DataConverter
{
    private readonly JsonSerializerOptions _options = options ?? JsonSerializerOptions.Web;

    /// <summary>Reflection with web defaults (camel case, case ignored on reading).</summary>
    public static JsonDataConverter Default { get; } = new();

    /// <inheritdoc/>
    [return: NotNullIfNotNull(nameof(value))]
    public override string? Serialize(object? value) =>
        value is null ? null : JsonSerializer.Serialize(value, _options.GetTypeInfo(value.GetType()));

    /// <inheritdoc/>
    /// <remarks>
    /// Source-generated types know what a task declares (a list), not what it happens to return (some list of the
    /// compiler's making). A value declared as <see cref="object"/> is written as what it is.
    /// </remarks>
    [return: NotNullIfNotNull(nameof(value))]
    public override string? Serialize(object? value, Type declaredType) =>
        value is null ? null : declaredType == typeof(object) ? Serialize(value) : JsonSerializer.Serialize(value, _options.GetTypeInfo(declaredType));

    /// <inheritdoc/>
    /// <remarks>As <see cref="object"/> the text is read as a <see cref="JsonElement"/>.</remarks>
    public override object? Deserialize(string? data, Type targetType) => data switch
    {
        null => null,
        _ when targetType == typeof(object) => Element(data),
        _ => JsonSerializer.Deserialize(data, _options.GetTypeInfo(targetType)),
    };

    // A call for its effect alone reads its result as an object, and the app's source-generated types know none.
    private static JsonElement? Element(string data)
    {
        using var document = JsonDocument.Parse(data);
        return document.RootElement.ValueKind == JsonValueKind.Null ? null : document.RootElement.Clone();
    }
}
