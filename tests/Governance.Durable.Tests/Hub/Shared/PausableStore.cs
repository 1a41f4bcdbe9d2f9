using Governance.Durable.Hub;

namespace Governance.Durable.Tests.Hub;

/// <summary>A store as a process sees it that is stopped in the middle of its work, as by SIGSTOP, and goes on later.</summary>
internal sealed class PausableStore(ITaskHubStore inner) : ITaskHubStore
{
    private TaskCompletionSource? _paused;
    private bool _leaseLost;

    /// <summary>From now on every call waits before it reaches storage.</summary>
    public void Pause() => _paused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The calls go on; meanwhile somebody else has taken the lease.</summary>
    public void GoOnWithoutLease()
    {
        _leaseLost = true;
        _paused?.SetResult();
    }

    public Task EnsureCreatedAsync(CancellationToken cancellation) => Through(() => Void(inner.EnsureCreatedAsync(cancellation)));

    public Task<TaskHubRow?> FindAsync(int shard, string key, CancellationToken cancellation) => Through(() => inner.FindAsync(shard, key, cancellation));

    public Task<IReadOnlyList<TaskHubRow>> ReadAsync(int shard, TaskHubRange range, CancellationToken cancellation) =>
        Through(() => inner.ReadAsync(shard, range, cancellation));

    public Task<TaskHubCommitResult> CommitAsync(int shard, TaskHubCommit commit, CancellationToken cancellation) =>
        Through(() => inner.CommitAsync(shard, commit, cancellation));

    public Task WriteBlobAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        Through(() => Void(inner.WriteBlobAsync(name, content, cancellation)));

    public Task<ReadOnlyMemory<byte>?> ReadBlobAsync(string name, CancellationToken cancellation) => Through(() => inner.ReadBlobAsync(name, cancellation));

    public Task DeleteBlobsAsync(string prefix, CancellationToken cancellation) => Through(() => Void(inner.DeleteBlobsAsync(prefix, cancellation)));

    public Task<bool> TakeLeaseAsync(string leaseId, TimeSpan duration, CancellationToken cancellation) => Through(() => Task.FromResult(!_leaseLost));

    public Task ReleaseLeaseAsync(string leaseId, CancellationToken cancellation) => Task.CompletedTask;

    private async Task<T> Through<T>(Func<Task<T>> call)
    {
        await (_paused?.Task ?? Task.CompletedTask);
        return await call();
    }

    private static async Task<bool> Void(Task call)
    {
        await call;
        return true;
    }
}
