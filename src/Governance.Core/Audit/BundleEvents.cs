using System.Text.Encodings.Web;
using System.Text.Json;
using Governance.Core.Events;

namespace Governance.Core.Audit;

/// <summary>Events as a bundle holds them: a JSON array of objects with exactly the members that their hashes cover, and the hash.</summary>
public static class BundleEvents
{
    private const int Members = 8;

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    /// <summary>Writes one event.</summary>
    /// <param name="json">Within an array.</param>
    /// <param name="happened">As the log has it.</param>
    public static void Write(Utf8JsonWriter json, EventEnvelope happened)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(happened);
        json.WriteStartObject();
        json.WriteString("correlation_id"u8, happened.StreamId.ToString());
        json.WriteNumber("sequence"u8, happened.Sequence);
        json.WriteString("event_type"u8, happened.EventType);
        json.WriteString("timestamp"u8, UtcTimestampConverter.Format(happened.Timestamp));
        json.WriteString("actor"u8, happened.Actor.ToString());
        json.WritePropertyName("data"u8);
        happened.Data.WriteTo(json);
        json.WriteString("previous_hash"u8, happened.PreviousHash.ToString());
        json.WriteString("hash"u8, happened.Hash.ToString());
        json.WriteEndObject();
    }

    /// <summary>Writes all of them.</summary>
    public static byte[] Write(IEnumerable<EventEnvelope> events)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartArray();
            foreach (var each in events)
            {
                Write(json, each);
            }

            json.WriteEndArray();
        }

        return buffer.ToArray();
    }

    /// <summary>Reads them back, in the order in which they stand.</summary>
    /// <exception cref="JsonException">Not such an array; the message says which item is wrong.</exception>
    public static IReadOnlyList<EventEnvelope> Read(ReadOnlyMemory<byte> bytes)
    {
        using var document = JsonDocument.Parse(bytes, CanonicalJson.ParserOptions);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException("The events are a JSON array.");
        }

        var events = new List<EventEnvelope>();
        foreach (var item in document.RootElement.EnumerateArray())
        {
            events.Add(Read(item, events.Count + 1));
        }

        return events;
    }

    private static EventEnvelope Read(JsonElement item, int place)
    {
        string Text(string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new JsonException($"Item {place} has no text '{name}'.");
        if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("data", out var data))
        {
            throw new JsonException($"Item {place} is no event with data.");
        }

        if (item.EnumerateObject().Count() != Members)
        {
            throw new JsonException($"Item {place} has members that are not an event's.");
        }

        if (!item.TryGetProperty("sequence", out var number) || number.ValueKind != JsonValueKind.Number || !number.TryGetInt64(out var sequence))
        {
            throw new JsonException($"Item {place} has no sequence.");
        }

        try
        {
            return new(
                Core.CorrelationId.Parse(Text("correlation_id")), sequence, Text("event_type"), Instant(Text("timestamp"), place), Actor.Parse(Text("actor")),
                data.Clone(), Digest.Parse(Text("previous_hash")), Digest.Parse(Text("hash")));
        }
        catch (Exception unreadable) when (unreadable is FormatException or InvalidOperationException)
        {
            throw new JsonException($"Item {place} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    // Only the form that is hashed: another text of the same instant is another text.
    private static DateTimeOffset Instant(string text, int place) =>
        DateTimeOffset.TryParseExact(
            text, "yyyy-MM-ddTHH:mm:ss.fffffff'Z'", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var instant)
            ? instant
            : throw new JsonException($"Item {place} has no timestamp of the log's form.");
}
