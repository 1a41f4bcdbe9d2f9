using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Governance.Core.Events;

/// <summary>An event's hash (architecture.md, "Digests"), straight from the bytes that are stored; it covers its predecessor's.</summary>
public static class EventHash
{
    // What is written here is canonical as it stands: members in order, no white space, and values that need no escape but data, which is canonical already.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>SHA-256 over the RFC 8785 form of {actor, correlation_id, data, event_type, previous_hash, sequence, timestamp}.</summary>
    /// <param name="id">The stream.</param>
    /// <param name="sequence">1, 2, 3….</param>
    /// <param name="eventType">UPPER_SNAKE.</param>
    /// <param name="timestamp">UTC; written with 100 ns.</param>
    /// <param name="actor">Who caused it.</param>
    /// <param name="canonicalData">The data in its canonical form, as <see cref="CanonicalJson"/> writes it.</param>
    /// <param name="previous">The predecessor's hash; <see cref="Digest.Zero"/> for the first.</param>
    public static Digest Of(
        CorrelationId id, long sequence, string eventType, DateTimeOffset timestamp, Actor actor, ReadOnlySpan<byte> canonicalData, Digest previous)
    {
        var buffer = new ArrayBufferWriter<byte>(canonicalData.Length + 400);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("actor"u8, actor.ToString());
            json.WriteString("correlation_id"u8, id.ToString());
            json.WritePropertyName("data"u8);
            json.WriteRawValue(canonicalData, skipInputValidation: true);
            json.WriteString("event_type"u8, eventType);
            json.WriteString("previous_hash"u8, previous.ToString());
            json.WriteNumber("sequence"u8, sequence);
            json.WriteString("timestamp"u8, UtcTimestampConverter.Format(timestamp));
            json.WriteEndObject();
        }

        return Digest.Of(buffer.WrittenSpan);
    }
}
