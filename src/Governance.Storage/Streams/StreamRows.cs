using System.Globalization;
using System.Text;
using Governance.Core;
using Governance.Core.Events;
using Governance.Storage.Tables;

namespace Governance.Storage.Streams;

/// <summary>The rows of event streams: where they lie and how they are written and read. Nothing else knows their keys.</summary>
/// <remarks>
/// A stream lies in one of 256 shards, because a transaction is one partition. Within it: <c>{id}~head</c>, <c>{id}~event-0000000001</c>…,
/// <c>{id}~claim</c>, and in front of all streams of the shard <c>!outbox~{id}~0000000001-0</c>….
/// </remarks>
internal static class StreamRows
{
    /// <summary>The first key behind all outbox rows of a shard.</summary>
    internal const string OutboxEnd = "!outbox\u007f";

    /// <summary>The first key of the outbox rows of a shard.</summary>
    internal const string OutboxStart = "!outbox~";

    private const string EventPart = "~event-";
    private const string Sequence = "Sequence";
    private const string Hash = "Hash";
    private const string At = "At";

    /// <summary>All 256 partition keys.</summary>
    internal static IEnumerable<string> Shards => Enumerable.Range(0, 256).Select(shard => shard.ToString("x2", CultureInfo.InvariantCulture));

    internal static string Shard(CorrelationId id) => Digest.Of(Encoding.ASCII.GetBytes(id.ToString())).ToString()[..2];

    internal static string HeadKey(CorrelationId id) => $"{id}~head";

    internal static string EventKey(CorrelationId id, long sequence) => string.Create(CultureInfo.InvariantCulture, $"{id}{EventPart}{sequence:D10}");

    internal static string ClaimKey(CorrelationId id) => $"{id}~claim";

    internal static string OutboxKey(CorrelationId id, long sequence) => string.Create(CultureInfo.InvariantCulture, $"{OutboxStart}{id}~{sequence:D10}-0");

    /// <summary>The stream that an outbox row belongs to.</summary>
    internal static CorrelationId OutboxStream(string rowKey) => CorrelationId.Parse(rowKey.AsSpan(OutboxStart.Length, 36).ToString());

    /// <summary>The sequence of the change that an outbox row belongs to.</summary>
    internal static long OutboxSequence(string rowKey) =>
        long.Parse(rowKey.AsSpan(OutboxStart.Length + 37, 10), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>The stream that a row behind the outbox belongs to.</summary>
    internal static CorrelationId StreamOf(string rowKey) => CorrelationId.Parse(rowKey.AsSpan(0, 36).ToString());

    /// <summary>The first key behind all rows of a stream.</summary>
    internal static string EndOf(CorrelationId id) => $"{id}~\u007f";

    /// <summary>What an event's row says beside the event's data; null for every other row.</summary>
    internal static (long Sequence, string Type, DateTimeOffset At, Actor Actor)? EventOf(TableEntity row) => row.RowKey.AsSpan(36).StartsWith(EventPart, StringComparison.Ordinal)
        ? (long.Parse(row.RowKey.AsSpan(36 + EventPart.Length), NumberStyles.None, CultureInfo.InvariantCulture),
            row.GetString("Type") ?? throw Corrupt(row, "Type"),
            Instant(row),
            Actor.Parse(row.GetString("Actor") ?? throw Corrupt(row, "Actor")))
        : null;

    internal static TableEntity Head<TState>(StreamHead<TState> head, byte[] state)
        where TState : class
    {
        var row = new TableEntity(Shard(head.Id), HeadKey(head.Id))
        {
            { Sequence, head.Sequence },
            { Hash, head.Hash.ToString() },
            { At, UtcTimestampConverter.Format(head.At) },
        };
        BinaryChunks.Write(row, state);
        return row;
    }

    internal static StreamHead<TState> Head<TState>(CorrelationId id, TableEntity row, Func<ReadOnlySpan<byte>, TState> readState)
        where TState : class => new(
            id,
            row.GetInt64(Sequence) ?? throw Corrupt(row, Sequence),
            Digest.Parse(row.GetString(Hash) ?? throw Corrupt(row, Hash)),
            Instant(row),
            readState(BinaryChunks.Read(row)),
            row.ETag);

    internal static TableEntity Event(StoredEvent stored)
    {
        var row = new TableEntity(Shard(stored.StreamId), EventKey(stored.StreamId, stored.Sequence))
        {
            { "Type", stored.EventType },
            { At, UtcTimestampConverter.Format(stored.Timestamp) },
            { "Actor", stored.Actor.ToString() },
            { "Previous", stored.PreviousHash.ToString() },
            { Hash, stored.Hash.ToString() },
        };
        BinaryChunks.Write(row, stored.Data);
        return row;
    }

    internal static StoredEvent Event(CorrelationId id, long sequence, TableEntity row) => new(
        id,
        sequence,
        row.GetString("Type") ?? throw Corrupt(row, "Type"),
        Instant(row),
        Actor.Parse(row.GetString("Actor") ?? throw Corrupt(row, "Actor")),
        BinaryChunks.Read(row),
        Digest.Parse(row.GetString("Previous") ?? throw Corrupt(row, "Previous")),
        Digest.Parse(row.GetString(Hash) ?? throw Corrupt(row, Hash)));

    private static DateTimeOffset Instant(TableEntity row) => DateTimeOffset.ParseExact(
        row.GetString(At) ?? throw Corrupt(row, At), "yyyy-MM-ddTHH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static InvalidDataException Corrupt(TableEntity row, string property) =>
        new($"Row {row.PartitionKey}/{row.RowKey} has no {property}.");
}
