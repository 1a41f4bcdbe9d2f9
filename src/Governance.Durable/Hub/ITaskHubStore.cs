namespace Governance.Durable.Hub;

/// <summary>
/// What the embedded task hub needs of storage: ordered rows in <see cref="TaskHubLimits.Shards"/> shards, one transaction
/// per shard guarded by the shard's head row, blobs for what no row can hold, and one lease that names the owner.
/// </summary>
/// <remarks>
/// Every method may throw <see cref="TaskHubStoreException"/>: storage could not be reached or asks to come back later, and what
/// was asked may or may not have happened. The hub waits and asks again. Any other exception is a fault that a repeat does not mend.
/// Implementations are safe to call from many threads; the hub never has two commits of one shard under way.
/// </remarks>
public interface ITaskHubStore
{
    /// <summary>Makes the table and the container where they are missing. Safe to repeat.</summary>
    Task EnsureCreatedAsync(CancellationToken cancellation);

    /// <summary>Reads one row by its key.</summary>
    /// <returns>Null when there is none.</returns>
    Task<TaskHubRow?> FindAsync(int shard, string key, CancellationToken cancellation);

    /// <summary>Reads the rows of a range in ordinal order of their keys.</summary>
    /// <returns>At most <see cref="TaskHubRange.Take"/> rows; fewer than that means the range holds no more.</returns>
    Task<IReadOnlyList<TaskHubRow>> ReadAsync(int shard, TaskHubRange range, CancellationToken cancellation);

    /// <summary>
    /// Writes the head if its ETag still holds (if it is absent, where the commit names none) and all other rows, in one transaction:
    /// either everything or nothing is there afterwards.
    /// </summary>
    /// <returns>
    /// The head's new ETag, or <see cref="TaskHubCommitResult.Conflict"/> when the head has changed or a row to delete is missing; then
    /// nothing was written by this attempt. An implementation that repeats a request by itself may report a conflict with its own
    /// first success: the caller reads the head to find out.
    /// </returns>
    Task<TaskHubCommitResult> CommitAsync(int shard, TaskHubCommit commit, CancellationToken cancellation);

    /// <summary>Writes a blob. Names are written once.</summary>
    /// <param name="name">Instance id, a slash, and a name of its own.</param>
    Task WriteBlobAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation);

    /// <summary>Reads a blob that a row names.</summary>
    /// <returns>Null when it is gone.</returns>
    Task<ReadOnlyMemory<byte>?> ReadBlobAsync(string name, CancellationToken cancellation);

    /// <summary>Deletes all blobs whose names begin so. None is fine.</summary>
    Task DeleteBlobsAsync(string prefix, CancellationToken cancellation);

    /// <summary>Takes the hub's lease under this id, or keeps it where this id holds it already.</summary>
    /// <param name="leaseId">A GUID in its "D" form. Whoever comes back with the id it held takes the lease at once.</param>
    /// <param name="duration">15 to 60 s.</param>
    /// <returns>False while another id holds it.</returns>
    Task<bool> TakeLeaseAsync(string leaseId, TimeSpan duration, CancellationToken cancellation);

    /// <summary>Gives the lease back. Nothing happens where this id does not hold it.</summary>
    Task ReleaseLeaseAsync(string leaseId, CancellationToken cancellation);
}
