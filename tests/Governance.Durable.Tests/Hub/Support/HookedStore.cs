using Governance.Durable.Hub;

namespace Governance.Durable.Tests.Hub;

/// <summary>A store that asks the test before each call, which may wait, throw, or let it through.</summary>
internal sealed class HookedStore(ITaskHubStore inner) : ITaskHubStore
{
    /// <summary>Called with each method's name.</summary>
    public Func<string, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Called with each commit that is about to be written.</summary>
    public Func<int, TaskHubCommit, CancellationToken, Task> BeforeCommit { get; set; } = (_, _, _) => Task.CompletedTask;

    public Task EnsureCreatedAsync(CancellationToken cancellation) =>
        Call(nameof(EnsureCreatedAsync), () => Void(inner.EnsureCreatedAsync(cancellation)), cancellation);

    public Task<TaskHubRow?> FindAsync(int shard, string key, CancellationToken cancellation) =>
        Call(nameof(FindAsync), () => inner.FindAsync(shard, key, cancellation), cancellation);

    public Task<IReadOnlyList<TaskHubRow>> ReadAsync(int shard, TaskHubRange range, CancellationToken cancellation) =>
        Call(nameof(ReadAsync), () => inner.ReadAsync(shard, range, cancellation), cancellation);

    public async Task<TaskHubCommitResult> CommitAsync(int shard, TaskHubCommit commit, CancellationToken cancellation)
    {
        await BeforeCommit(shard, commit, cancellation);
        return await Call(nameof(CommitAsync), () => inner.CommitAsync(shard, commit, cancellation), cancellation);
    }

    public Task WriteBlobAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        Call(nameof(WriteBlobAsync), () => Void(inner.WriteBlobAsync(name, content, cancellation)), cancellation);

    public Task<ReadOnlyMemory<byte>?> ReadBlobAsync(string name, CancellationToken cancellation) =>
        Call(nameof(ReadBlobAsync), () => inner.ReadBlobAsync(name, cancellation), cancellation);

    public Task DeleteBlobsAsync(string prefix, CancellationToken cancellation) =>
        Call(nameof(DeleteBlobsAsync), () => Void(inner.DeleteBlobsAsync(prefix, cancellation)), cancellation);

    public Task<bool> TakeLeaseAsync(string leaseId, TimeSpan duration, CancellationToken cancellation) =>
        Call(nameof(TakeLeaseAsync), () => inner.TakeLeaseAsync(leaseId, duration, cancellation), cancellation);

    public Task ReleaseLeaseAsync(string leaseId, CancellationToken cancellation) =>
        Call(nameof(ReleaseLeaseAsync), () => Void(inner.ReleaseLeaseAsync(leaseId, cancellation)), cancellation);

    /// <summary>Whether a commit writes or deletes a row.</summary>
    public static bool Names(TaskHubCommit commit, string key) => commit.Rows.Any(row => row.Key == key);

    private async Task<T> Call<T>(string method, Func<Task<T>> call, CancellationToken cancellation)
    {
        await Before(method, cancellation);
        return await call();
    }

    private static async Task<bool> Void(Task call)
    {
        await call;
        return true;
    }
}
