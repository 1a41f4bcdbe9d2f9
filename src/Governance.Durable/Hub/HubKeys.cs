using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Governance.Durable.Hub;

/// <summary>Keys of a shard's rows, written and read in this one place. What recovery reads begins with "!" and sorts in front.</summary>
internal static class HubKeys
{
    private const string Inbox = "!inbox~";
    private const string Outbox = "!outbox~";
    private const string Running = "!run~";
    private const string Ended = "done~";
    private const string History = "hist~";

    // No character that a table key or a blob name refuses, nor the separator of the keys.
    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:@!$()+,;=[]{}& ");

    /// <summary>Head, inbox and outbox: read whole on taking a shard over.</summary>
    public static TaskHubRange Arrears(string after, int take) => new(after, Running, take);

    /// <summary>Live instances: only their hints are read on taking a shard over.</summary>
    public static TaskHubRange Live(string? after, int take, bool hintsOnly) => new(after ?? Running, After(Running), take, hintsOnly);

    /// <summary>Instances that have ended.</summary>
    public static TaskHubRange Done(string? after, int take) => new(after ?? Ended, After(Ended), take);

    /// <summary>Stored history of one instance, over all its executions.</summary>
    public static TaskHubRange HistoryOf(string instanceId, string? after, int take) =>
        new(after ?? $"{History}{instanceId}~", After($"{History}{instanceId}~"), take, HintsOnly: true);

    public static string RunningRow(string instanceId) => Running + instanceId;

    public static string DoneRow(string instanceId) => Ended + instanceId;

    public static string SegmentRow(string instanceId, string executionId, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{History}{instanceId}~{executionId}~{number:D6}");

    public static string InboxRow(string instanceId, long number) => string.Create(CultureInfo.InvariantCulture, $"{Inbox}{instanceId}~{number:D16}");

    public static string OutboxRow(long number) => string.Create(CultureInfo.InvariantCulture, $"{Outbox}{number:D16}");

    public static bool IsInbox(string key) => key.StartsWith(Inbox, StringComparison.Ordinal);

    public static bool IsOutbox(string key) => key.StartsWith(Outbox, StringComparison.Ordinal);

    /// <summary>The instance that a live or ended row is of.</summary>
    public static string InstanceOf(string key) => key[(key.IndexOf('~', StringComparison.Ordinal) + 1)..];

    /// <summary>0 to 63, the same for ever: the low six bits of the first byte of SHA-256 over the id's UTF-8.</summary>
    public static int ShardOf(string instanceId)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(instanceId), digest);
        return digest[0] & (TaskHubLimits.Shards - 1);
    }

    /// <summary>Says what is wrong with an instance id.</summary>
    /// <returns>Null when it can be used.</returns>
    public static string? ProblemWith(string instanceId) => instanceId switch
    {
        "" or null => "An instance id has at least one character.",
        { Length: > 200 } => $"An instance id has at most 200 characters; this one has {instanceId.Length}.",
        _ when instanceId.AsSpan().IndexOfAnyExcept(Allowed) is >= 0 and var at =>
            $"Instance id '{instanceId}' has a character that row keys refuse, at position {at}. Letters, digits and -_.:@!$()+,;=[]{{}}& are allowed.",
        _ => null,
    };

    // No id holds "~" and every allowed character sorts before it: one more of it ends the range of what begins so.
    private static string After(string prefix) => prefix + "~";
}
