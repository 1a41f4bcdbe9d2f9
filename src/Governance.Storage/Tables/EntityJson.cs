using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Azure;

namespace Governance.Storage.Tables;

/// <summary>Rows as OData JSON: written with a type annotation where JSON has no such type, read in minimalmetadata form.</summary>
internal static class EntityJson
{
    private const string Annotation = "@odata.type";
    private static readonly JsonWriterOptions Unchecked = new() { SkipValidation = true };

    public static void Write(IBufferWriter<byte> to, TableEntity entity)
    {
        using var json = new Utf8JsonWriter(to, Unchecked);
        json.WriteStartObject();
        json.WriteString("PartitionKey"u8, entity.PartitionKey);
        json.WriteString("RowKey"u8, entity.RowKey);
        foreach (var (name, value) in entity)
        {
            WriteValue(json, name, value);
        }

        json.WriteEndObject();
    }

    /// <summary>Reads one row, the reader standing on its opening brace; it is left on the closing one.</summary>
    public static TableEntity Read(ref Utf8JsonReader reader, ETag etag)
    {
        string? partition = null, row = null;
        DateTimeOffset? timestamp = null;
        List<(string Name, object Value)> values = [];
        Dictionary<string, string>? late = null;
        string? annotated = null, type = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("odata.etag"u8))
            {
                reader.Read();
                etag = new ETag(reader.GetString()!);
                continue;
            }

            var name = reader.GetString()!;
            reader.Read();
            switch (name)
            {
                case "PartitionKey":
                    partition = reader.GetString();
                    break;
                case "RowKey":
                    row = reader.GetString();
                    break;
                case "Timestamp":
                    timestamp = reader.GetDateTimeOffset();
                    break;
                case var note when note.EndsWith(Annotation, StringComparison.Ordinal):
                    (annotated, type) = (note[..^Annotation.Length], reader.GetString());
                    if (values.Exists(value => value.Name == annotated))
                    {
                        (late ??= [])[annotated] = type!;
                    }

                    break;
                case var note when note.StartsWith("odata.", StringComparison.Ordinal):
                    reader.Skip();
                    break;
                default:
                    if (ReadValue(ref reader, name == annotated ? type : null) is { } value)
                    {
                        values.Add((name, value));
                    }

                    break;
            }
        }

        var entity = new TableEntity(partition ?? string.Empty, row ?? string.Empty) { ETag = etag, Timestamp = timestamp };
        foreach (var (name, value) in values)
        {
            entity[name] = late is not null && late.TryGetValue(name, out var kind) && value is string text ? Parse(text, kind) : value;
        }

        return entity;
    }

    private static void WriteValue(Utf8JsonWriter json, string name, object value)
    {
        switch (value)
        {
            case string text:
                json.WriteString(name, text);
                break;
            case byte[] bytes:
                json.WriteString(name + Annotation, "Edm.Binary"u8);
                json.WriteBase64String(name, bytes);
                break;
            case int number:
                json.WriteNumber(name, number);
                break;
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case long number:
                json.WriteString(name + Annotation, "Edm.Int64"u8);
                json.WriteString(name, number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                json.WriteString(name + Annotation, "Edm.Double"u8);
                WriteDouble(json, name, number);
                break;
            case DateTimeOffset at:
                json.WriteString(name + Annotation, "Edm.DateTime"u8);
                json.WriteString(name, at.UtcDateTime.ToString("o", CultureInfo.InvariantCulture));
                break;
            case Guid id:
                json.WriteString(name + Annotation, "Edm.Guid"u8);
                json.WriteString(name, id);
                break;
        }
    }

    private static void WriteDouble(Utf8JsonWriter json, string name, double number)
    {
        if (double.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteString(name, number.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static object? ReadValue(ref Utf8JsonReader reader, string? type) => reader.TokenType switch
    {
        JsonTokenType.String when type == "Edm.Binary" => ReadBase64(ref reader),
        JsonTokenType.String when type is null or "Edm.String" => reader.GetString(),
        JsonTokenType.String => Parse(reader.GetString()!, type),
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Number when type == "Edm.Double" => reader.GetDouble(),
        JsonTokenType.Number when type == "Edm.Int64" => reader.GetInt64(),
        JsonTokenType.Number => reader.TryGetInt32(out var number) ? (object)number : reader.GetDouble(),
        JsonTokenType.Null => null,
        _ => throw new JsonException($"A column cannot hold {reader.TokenType}."),
    };

    private static byte[] ReadBase64(ref Utf8JsonReader reader)
    {
        if (reader.TryGetBytesFromBase64(out var bytes))
        {
            return bytes;
        }

        throw new JsonException("A binary column does not hold base64.");
    }

    private static object Parse(string text, string type) => type switch
    {
        "Edm.Int64" => long.Parse(text, CultureInfo.InvariantCulture),
        "Edm.Binary" => Convert.FromBase64String(text),
        "Edm.DateTime" => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
        "Edm.Guid" => Guid.Parse(text, CultureInfo.InvariantCulture),
        "Edm.Double" => double.Parse(text, CultureInfo.InvariantCulture),
        _ => text,
    };
}
