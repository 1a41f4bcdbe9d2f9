using System.Text.Json;
using System.Text.Json.Serialization;

namespace Governance.Storage.Outbox;

/// <summary>What a queue message says: that a row with follow-up work waits to be dispatched. The row itself is the truth; a call that is lost is made up for by the sweep.</summary>
/// <param name="Table">The table, prefix included.</param>
/// <param name="Shard">The row's partition.</param>
/// <param name="Row">The row's key.</param>
public sealed record OutboxCall(string Table, string Shard, string Row)
{
    /// <summary>As a queue message carries it.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, OutboxCallJson.Default.OutboxCall);

    /// <summary>Reads a queue message.</summary>
    /// <returns>Null where it is none.</returns>
    public static OutboxCall? TryRead(ReadOnlySpan<byte> message)
    {
        try
        {
            return JsonSerializer.Deserialize(message, OutboxCallJson.Default.OutboxCall) is { Table: not null, Shard: not null, Row: not null } call ? call : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>How a call is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OutboxCall))]
internal sealed partial class OutboxCallJson : JsonSerializerContext;
