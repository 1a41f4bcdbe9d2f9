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

    // No character that a table key or a blob name refuses, nor "~", the separator of the keys, nor "=", the mark of a digest.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:@");

    /// <summary>Head, inbox and outbox: read whole on taking a shard over.</summary>
    public static TaskHubRange Arrears(string after, int take) => new(after, Running, take);

    /// <summary>Live instances: only their hints are read on taking a shard over.</summary>
    public static TaskHubRange Live(string? after, int take, bool hintsOnly) => new(after ?? Running, After(Running), take, hintsOnly);

    /// <summary>Instances that have ended.</summary>
    public static TaskHubRange Done(string? after, int take) => new(after ?? Ended, After(Ended), take);

    /// <summary>Stored history of one instance, over all its executions.</summary>
    public static TaskHubRange HistoryOf(string instanceId, string? after, int take) =>
        new(after ?? $"{History}{Name(instanceId)}~", After($"{History}{Name(instanceId)}~"), take, HintsOnly: true);

    public static string RunningRow(string instanceId) => Running + Name(instanceId);

    public static string DoneRow(string instanceId) => Ended + Name(instanceId);

    public static string SegmentRow(string instanceId, string executionId, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{History}{Name(instanceId)}~{executionId}~{number:D6}");

    public static string InboxRow(string instanceId, long number) => string.Create(CultureInfo.InvariantCulture, $"{Inbox}{Name(instanceId)}~{number:D16}");

    public static string OutboxRow(long number) => string.Create(CultureInfo.InvariantCulture, $"{Outbox}{number:D16}");

    /// <summary>The number that an inbox or outbox row ends with.</summary>
    public static long NumberOf(string key) => long.Parse(key.AsSpan(key.LastIndexOf('~') + 1), NumberStyles.None, CultureInfo.InvariantCulture);

    public static bool IsInbox(string key) => key.StartsWith(Inbox, StringComparison.Ordinal);

    public static bool IsOutbox(string key) => key.StartsWith(Outbox, StringComparison.Ordinal);

    /// <summary>
    /// What stands for an instance in keys and blob names: the id itself, or, where it is long or has characters that keys refuse,
    /// "=" and its SHA-256 in hexadecimal digits.
    /// </summary>
    public static string Name(string instanceId) =>
        instanceId.Length <= 200 && instanceId.AsSpan().IndexOfAnyExcept(Plain) < 0 ? instanceId : "=" + Convert.ToHexStringLower(Digest(instanceId));

    /// <summary>0 to 63, the same for ever: the low six bits of the first byte of SHA-256 over the id's UTF-8.</summary>
    public static int ShardOf(string instanceId) => Digest(instanceId)[0] & (TaskHubLimits.Shards - 1);

    /// <summary>Says what is wrong with an instance id.</summary>
    /// <returns>Null when it can be used.</returns>
    public static string? ProblemWith(string instanceId) => instanceId switch
    {
        "" => "An instance id has at least one character.",
        { Length: > 256 } => $"An instance id has at most 256 characters; this one has {instanceId.Length}.",
        ['@', ..] => $"Instance id '{instanceId}' begins with '@', which names entities.",
        _ when instanceId.AsSpan().IndexOfAny("/\\#?") >= 0 || instanceId.Any(char.IsControl) =>
            $"Instance id '{instanceId}' has a control character or one of / \\ # ?.",
        _ => null,
    };

    private static byte[] Digest(string instanceId) => SHA256.HashData(Encoding.UTF8.GetBytes(instanceId));

    // No name holds "~" and every character of a name sorts before it: one more of it ends the range of what begins so.
    private static string After(string prefix) => prefix + "~";
}
