using Governance.Durable.Hub;

namespace Governance.Testing.Hub;

/// <summary>What happens to one call of a store.</summary>
public enum StoreFault
{
    /// <summary>It works.</summary>
    None,

    /// <summary>It fails and nothing has happened.</summary>
    Fails,

    /// <summary>It happens, but the answer is lost.</summary>
    LosesAnswer,

    /// <summary>It never answers and nothing has happened: the caller's process is gone.</summary>
    Hangs,

    /// <summary>It happens and never answers.</summary>
    HangsAfterwards,
}

/// <summary>A store whose calls fail as a test wants.</summary>
/// <param name="inner">What the calls reach.</param>
/// <param name="fault">Asked for every call, with its method's name.</param>
public sealed class FaultyTaskHubStore(ITaskHubStore inner, Func<string, StoreFault> fault) : ITaskHubStore
{
    /// <inheritdoc/>
    public Task EnsureCreatedAsync(CancellationToken cancellation) =>
        Call(nameof(EnsureCreatedAsync), () => Void(inner.EnsureCreatedAsync(cancellation)), cancellation);

    /// <inheritdoc/>
    public Task<TaskHubRow?> FindAsync(int shard, string key, CancellationToken cancellation) =>
        Call(nameof(FindAsync), () => inner.FindAsync(shard, key, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TaskHubRow>> ReadAsync(int shard, TaskHubRange range, CancellationToken cancellation) =>
        Call(nameof(ReadAsync), () => inner.ReadAsync(shard, range, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<TaskHubCommitResult> CommitAsync(int shard, TaskHubCommit commit, CancellationToken cancellation) =>
        Call(nameof(CommitAsync), () => inner.CommitAsync(shard, commit, cancellation), cancellation);

    /// <inheritdoc/>
    public Task WriteBlobAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        Call(nameof(WriteBlobAsync), () => Void(inner.WriteBlobAsync(name, content, cancellation)), cancellation);

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>?> ReadBlobAsync(string name, CancellationToken cancellation) =>
        Call(nameof(ReadBlobAsync), () => inner.ReadBlobAsync(name, cancellation), cancellation);

    /// <inheritdoc/>
    public Task DeleteBlobsAsync(string prefix, CancellationToken cancellation) =>
        Call(nameof(DeleteBlobsAsync), () => Void(inner.DeleteBlobsAsync(prefix, cancellation)), cancellation);

    /// <inheritdoc/>
    public Task<bool> TakeLeaseAsync(string leaseId, TimeSpan duration, CancellationToken cancellation) =>
        Call(nameof(TakeLeaseAsync), () => inner.TakeLeaseAsync(leaseId, duration, cancellation), cancellation);

    /// <inheritdoc/>
    public Task ReleaseLeaseAsync(string leaseId, CancellationToken cancellation) =>
        Call(nameof(ReleaseLeaseAsync), () => Void(inner.ReleaseLeaseAsync(leaseId, cancellation)), cancellation);

    private async Task<T> Call<T>(string method, Func<Task<T>> call, CancellationToken cancellation)
    {
        var happens = fault(method);
        if (happens is StoreFault.None)
        {
            return await call();
        }

        if (happens is StoreFault.LosesAnswer or StoreFault.HangsAfterwards)
        {
            await call();
        }

        if (happens is StoreFault.Hangs or StoreFault.HangsAfterwards)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        }

        throw new TaskHubStoreException($"{method} got no answer.");
    }

    private static async Task<bool> Void(Task call)
    {
        await call;
        return true;
    }
}
