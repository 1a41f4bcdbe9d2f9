using System.Buffers;
using System.Text;
using System.Text.Json;
using Governance.Core;
using Governance.Core.Events;
using Governance.Storage.Streams;
using Governance.Storage.Tables;

namespace Governance.Storage.Outbox;

/// <summary>How follow-up work lies in its row: one row a change, all messages in order.</summary>
internal static class OutboxRows
{
    private const string Trace = "TraceParent";

    internal static TableEntity Write(CorrelationId id, long sequence, IReadOnlyList<OutboxMessage> messages, string? traceParent)
    {
        var row = new TableEntity(StreamRows.Shard(id), StreamRows.OutboxKey(id, sequence)) { { Trace, traceParent } };
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var message in messages)
            {
                json.WriteStartObject();
                json.WriteString("kind", message.Kind);
                json.WritePropertyName("payload");
                json.WriteRawValue(message.Payload.Span, skipInputValidation: true);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        BinaryChunks.Write(row, buffer.WrittenSpan.ToArray());
        return row;
    }

    internal static CommittedChange Read(string table, TableEntity row)
    {
        var messages = new List<OutboxMessage>();
        using var document = JsonDocument.Parse(BinaryChunks.Read(row));
        foreach (var message in document.RootElement.EnumerateArray())
        {
            messages.Add(new(message.GetProperty("kind").GetString()!, Encoding.UTF8.GetBytes(message.GetProperty("payload").GetRawText())));
        }

        var id = StreamRows.OutboxStream(row.RowKey);
        return new(table, row.PartitionKey, row.RowKey, id, StreamRows.OutboxSequence(row.RowKey), messages, row.GetString(Trace));
    }
}
