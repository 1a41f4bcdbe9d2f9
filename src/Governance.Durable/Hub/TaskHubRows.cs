namespace Governance.Durable.Hub;

/// <summary>One row of a shard.</summary>
/// <param name="Key">At most 512 characters of printable ASCII without / \ # ? % and quotes; rows sort by it, ordinally.</param>
/// <param name="Hint">What recovery needs of the row, short; empty for most rows.</param>
/// <param name="Body">The rest; empty where only hints were asked for. With the hint at most <see cref="TaskHubLimits.BodyBytes"/>.</param>
/// <param name="ETag">Opaque; changes with every write of the row.</param>
public sealed record TaskHubRow(string Key, ReadOnlyMemory<byte> Hint, ReadOnlyMemory<byte> Body, string ETag);

/// <summary>A range of one shard's rows.</summary>
/// <param name="After">Exclusive lower bound.</param>
/// <param name="Before">Exclusive upper bound.</param>
/// <param name="Take">1 to 1,000.</param>
/// <param name="HintsOnly">True leaves the bodies out.</param>
public sealed record TaskHubRange(string After, string Before, int Take, bool HintsOnly = false);

/// <summary>One row to write, whatever stood there; or to delete, which it must be there for.</summary>
public abstract record TaskHubWrite
{
    private TaskHubWrite(string key) => Key = key;

    /// <summary>The row. A commit names each row once.</summary>
    public string Key { get; }

    /// <summary>Writes the row whole.</summary>
    public sealed record Put(string Row, ReadOnlyMemory<byte> Hint, ReadOnlyMemory<byte> Body) : TaskHubWrite(Row);

    /// <summary>Removes the row.</summary>
    public sealed record Delete(string Row) : TaskHubWrite(Row);
}

/// <summary>One transaction of a shard.</summary>
/// <param name="Head">The head row's new body.</param>
/// <param name="HeadETag">The head's ETag as it must still be; null when there must be no head yet.</param>
/// <param name="Rows">Up to <see cref="TaskHubLimits.RowsPerCommit"/> other rows.</param>
public sealed record TaskHubCommit(ReadOnlyMemory<byte> Head, string? HeadETag, IReadOnlyList<TaskHubWrite> Rows);

/// <summary>How a commit went.</summary>
/// <param name="HeadETag">The head's ETag after it; null for a conflict.</param>
public readonly record struct TaskHubCommitResult(string? HeadETag)
{
    /// <summary>Somebody else has written the head, or memory and storage disagree.</summary>
    public static TaskHubCommitResult Conflict => default;
}

/// <summary>Storage gave no clear answer; what was asked may have happened.</summary>
public sealed class TaskHubStoreException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Sizes that the hub's rows keep to, from the limits of Azure Tables (1 MiB a row, 64 KiB a property, 100 rows and 4 MiB a transaction).</summary>
public static class TaskHubLimits
{
    /// <summary>Shards of a hub; part of every stored hub's format.</summary>
    public const int Shards = 64;

    /// <summary>Key of a shard's head row.</summary>
    public const string HeadKey = "!head";

    /// <summary>Longest hint and body of a row together, in bytes: 11 properties of 64 KiB, which take up to 1 MiB as base64. What is longer goes to a blob.</summary>
    public const int BodyBytes = 11 * 65_536;

    /// <summary>Rows of a commit beside the head.</summary>
    public const int RowsPerCommit = 99;

    /// <summary>Hints and bodies of a commit together, in bytes; base64 and framing bring it to below 4 MiB.</summary>
    public const int CommitBytes = 2_700_000;
}
