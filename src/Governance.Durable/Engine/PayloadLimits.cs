using System.Text;

namespace Governance.Durable.Engine;

/// <summary>What a host carries. A payload beyond it fails where it is made, instead of somewhere in a store.</summary>
internal static class PayloadLimits
{
    /// <summary>Bytes of a payload's JSON text in UTF-8.</summary>
    public const int Payload = 1024 * 1024;

    /// <summary>UTF-16 characters of a custom status as JSON: 16 KiB, the durable extension's limit.</summary>
    public const int CustomStatus = 8_192;

    /// <summary>Serializes and checks.</summary>
    /// <param name="what">Begins the message: "The input of activity 'X'".</param>
    /// <exception cref="ArgumentException">Larger than <see cref="Payload"/>.</exception>
    public static string? Write(DataConverter converter, object? value, string what) => Checked(converter.Serialize(value), what);

    /// <inheritdoc cref="Write(DataConverter, object?, string)"/>
    public static string? Write(DataConverter converter, object? value, Type declaredType, string what) =>
        Checked(converter.Serialize(value, declaredType), what);

    /// <summary>Checks text that travels as it is.</summary>
    /// <inheritdoc cref="Write(DataConverter, object?, string)"/>
    public static string? Text(string? text, string what) => Checked(text, what);

    private static string? Checked(string? json, string what)
    {
        if (json is not null && json.Length > Payload / 3 && Encoding.UTF8.GetByteCount(json) is var bytes && bytes > Payload)
        {
            throw new ArgumentException($"{what} takes {bytes} bytes; at most {Payload} are allowed. Pass a reference to it instead.");
        }

        return json;
    }
}
