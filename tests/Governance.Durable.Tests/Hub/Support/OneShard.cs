using Google.Protobuf;
using Governance.Durable.Hub;
using Governance.Durable.Hub.Rows;
using Governance.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.Durable.Tests.Hub;

/// <summary>A shard with its writer, as an owner has it.</summary>
internal sealed class OneShard : IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly HubMetrics _metrics = new();

    private OneShard(ITaskHubStore store, FakeClock clock, ShardHead head, string etag)
    {
        var patience = new StorePatience(new(), clock, NullLogger.Instance, _metrics);
        Shard = new(0) { Writer = new(0, head, etag, store, patience, Deposed.Add, _ended.Token) };
    }

    public HubShard Shard { get; }

    public ShardWriter Writer => Shard.Writer;

    /// <summary>Why the owner was told that it is none any more.</summary>
    public List<string> Deposed { get; } = [];

    /// <summary>Takes shard 0 over, as the next owner does.</summary>
    public static async Task<OneShard> Take(ITaskHubStore store, FakeClock clock, string owner)
    {
        var found = await store.FindAsync(0, TaskHubLimits.HeadKey, CancellationToken.None);
        var head = found is null ? new() : ShardHead.Parser.ParseFrom(found.Body.Span);
        (head.Owner, head.Epoch, head.Commit) = (owner, head.Epoch + 1, head.Commit + 1);
        head.Received.Clear();
        head.Received.Add(Enumerable.Repeat(0L, TaskHubLimits.Shards));
        var taken = await store.CommitAsync(0, new(head.ToByteArray(), found?.ETag, []), CancellationToken.None);
        return new(store, clock, head, taken.HeadETag!);
    }

    /// <summary>An instance of the shard.</summary>
    public LiveInstance Live(string id) => new(id, Shard, "first", "first");

    public static ShardChange Put(string key, Action? applied = null) =>
        new([new TaskHubWrite.Put(key, default, new byte[] { 1 })], (_, _) => applied?.Invoke());

    public static ShardChange Delete(string key) => new([new TaskHubWrite.Delete(key)], (_, _) => { });

    public void Dispose()
    {
        _metrics.Dispose();
        _ended.Dispose();
    }
}
