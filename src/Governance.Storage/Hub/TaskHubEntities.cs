using System.Globalization;
using Azure;
using Governance.Durable.Hub;
using Governance.Storage.Tables;

namespace Governance.Storage.Hub;

/// <summary>A task hub's rows as table entities: the shard is the partition; hint and body are cut into properties of 64 KiB.</summary>
internal static class TaskHubEntities
{
    /// <summary>The properties that hold a hint, for queries that want nothing else.</summary>
    public static IReadOnlyList<string> HintColumns { get; } =
        ["PartitionKey", "RowKey", .. Enumerable.Range(0, Pieces).Select(index => Name(Hint, index))];

    private const char Hint = 'H';
    private const char Body = 'B';
    private const int Pieces = (TaskHubLimits.BodyBytes / TableLimits.BinaryBytes) + 1;

    public static string PartitionKey(int shard) => shard.ToString("D2", CultureInfo.InvariantCulture);

    public static TableTransactionAction Head(int shard, TaskHubCommit commit)
    {
        var entity = Entity(shard, TaskHubLimits.HeadKey, default, commit.Head);
        return commit.HeadETag is { } etag
            ? new(TableTransactionActionType.UpdateReplace, entity, new ETag(etag))
            : new(TableTransactionActionType.Add, entity);
    }

    public static TableTransactionAction Row(int shard, TaskHubWrite write) => write is TaskHubWrite.Put put
        ? new(TableTransactionActionType.UpsertReplace, Entity(shard, put.Key, put.Hint, put.Body))
        : new(TableTransactionActionType.Delete, new TableEntity(PartitionKey(shard), write.Key));

    public static TaskHubRow Read(TableEntity entity) =>
        new(entity.RowKey, Join(entity, Hint), Join(entity, Body), entity.ETag.ToString());

    private static TableEntity Entity(int shard, string key, ReadOnlyMemory<byte> hint, ReadOnlyMemory<byte> body)
    {
        var entity = new TableEntity(PartitionKey(shard), key);
        Split(entity, Hint, hint);
        Split(entity, Body, body);
        return entity;
    }

    private static void Split(TableEntity entity, char column, ReadOnlyMemory<byte> bytes)
    {
        for (var index = 0; !bytes.IsEmpty; index++)
        {
            var length = Math.Min(bytes.Length, TableLimits.BinaryBytes);
            entity.Add(Name(column, index), bytes[..length].ToArray());
            bytes = bytes[length..];
        }
    }

    private static ReadOnlyMemory<byte> Join(TableEntity entity, char column)
    {
        var first = entity.GetBinary(Name(column, 0)) ?? [];
        if (first.Length < TableLimits.BinaryBytes)
        {
            return first;
        }

        var joined = new MemoryStream();
        joined.Write(first);
        for (var index = 1; entity.GetBinary(Name(column, index)) is { } piece; index++)
        {
            joined.Write(piece);
        }

        return joined.ToArray();
    }

    private static string Name(char column, int index) => string.Create(CultureInfo.InvariantCulture, $"{column}{index}");
}
