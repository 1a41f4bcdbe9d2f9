using Azure;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Governance.Durable.Hub;
using Governance.Storage.Tables;

namespace Governance.Storage.Hub;

/// <summary>
/// The embedded task hub's storage: one table for its rows, one container for what no row can hold and for the blob whose lease names the owner.
/// </summary>
/// <param name="tables">The account's tables.</param>
/// <param name="blobs">The account's blobs.</param>
/// <param name="tableName">3 to 63 letters and digits, a letter first. One hub a table.</param>
/// <param name="containerName">3 to 63 lower-case letters, digits and dashes.</param>
public sealed class TableTaskHubStore(TableServiceClient tables, BlobServiceClient blobs, string tableName, string containerName) : ITaskHubStore
{
    private readonly TableClient _table = tables.GetTableClient(tableName);
    private readonly BlobContainerClient _container = blobs.GetBlobContainerClient(containerName);

    // No instance's blob can have this name: those have a slash.
    private BlobClient Owner => _container.GetBlobClient("owner");

    /// <inheritdoc/>
    public Task EnsureCreatedAsync(CancellationToken cancellation) => Ask(
        async () =>
        {
            await tables.CreateTableIfNotExistsAsync(tableName, cancellation).ConfigureAwait(false);
            await _container.CreateIfNotExistsAsync(cancellationToken: cancellation).ConfigureAwait(false);
            if (!await Owner.ExistsAsync(cancellation).ConfigureAwait(false))
            {
                await WriteOnce(Owner, BinaryData.FromString(""), cancellation).ConfigureAwait(false);
            }

            return true;
        },
        cancellation);

    /// <inheritdoc/>
    public Task<TaskHubRow?> FindAsync(int shard, string key, CancellationToken cancellation) => Ask(
        async () => await _table.GetEntityIfExistsAsync(TaskHubEntities.PartitionKey(shard), key, cancellationToken: cancellation).ConfigureAwait(false)
            is { } entity ? TaskHubEntities.Read(entity) : null,
        cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TaskHubRow>> ReadAsync(int shard, TaskHubRange range, CancellationToken cancellation) => Ask(
        async Task<IReadOnlyList<TaskHubRow>> () =>
        {
            var filter = $"PartitionKey eq '{TaskHubEntities.PartitionKey(shard)}' and RowKey gt '{range.After}' and RowKey lt '{range.Before}'";
            var columns = range.HintsOnly ? TaskHubEntities.HintColumns : null;
            var rows = new List<TaskHubRow>();
            await foreach (var entity in _table.QueryAsync(filter, range.Take, columns, cancellation).ConfigureAwait(false))
            {
                rows.Add(TaskHubEntities.Read(entity));
                if (rows.Count == range.Take)
                {
                    break;
                }
            }

            return rows;
        },
        cancellation);

    /// <inheritdoc/>
    public Task<TaskHubCommitResult> CommitAsync(int shard, TaskHubCommit commit, CancellationToken cancellation) => Ask(
        async () =>
        {
            var actions = new List<TableTransactionAction>(commit.Rows.Count + 1) { TaskHubEntities.Head(shard, commit) };
            actions.AddRange(commit.Rows.Select(row => TaskHubEntities.Row(shard, row)));
            return await _table.SubmitTransactionAsync(actions, cancellation).ConfigureAwait(false) is TableWrite.Committed committed
                ? new(committed.ETags[0].ToString())
                : TaskHubCommitResult.Conflict;
        },
        cancellation);

    /// <inheritdoc/>
    public Task WriteBlobAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        Ask(() => WriteOnce(_container.GetBlobClient(name), new BinaryData(content), cancellation), cancellation);

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>?> ReadBlobAsync(string name, CancellationToken cancellation) => Ask(
        async Task<ReadOnlyMemory<byte>?> () =>
        {
            try
            {
                var content = await _container.GetBlobClient(name).DownloadContentAsync(cancellation).ConfigureAwait(false);
                return content.Value.Content.ToMemory();
            }
            catch (RequestFailedException gone) when (gone.Status == 404)
            {
                return null;
            }
        },
        cancellation);

    /// <inheritdoc/>
    public Task DeleteBlobsAsync(string prefix, CancellationToken cancellation) => Ask(
        async () =>
        {
            await foreach (var blob in _container.GetBlobsAsync(prefix: prefix, cancellationToken: cancellation).ConfigureAwait(false))
            {
                await _container.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: cancellation).ConfigureAwait(false);
            }

            return true;
        },
        cancellation);

    /// <inheritdoc/>
    /// <remarks>Storage renews the lease when it is acquired again under the id that holds it.</remarks>
    public Task<bool> TakeLeaseAsync(string leaseId, TimeSpan duration, CancellationToken cancellation) => Ask(
        async () =>
        {
            try
            {
                await Owner.GetBlobLeaseClient(leaseId).AcquireAsync(duration, cancellationToken: cancellation).ConfigureAwait(false);
                return true;
            }
            catch (RequestFailedException taken) when (taken.Status == 409)
            {
                return false;
            }
        },
        cancellation);

    /// <inheritdoc/>
    public Task ReleaseLeaseAsync(string leaseId, CancellationToken cancellation) => Ask(
        async () =>
        {
            try
            {
                await Owner.GetBlobLeaseClient(leaseId).ReleaseAsync(cancellationToken: cancellation).ConfigureAwait(false);
                return true;
            }
            catch (RequestFailedException other) when (other.Status is 404 or 409)
            {
                return false;
            }
        },
        cancellation);

    private static async Task<bool> WriteOnce(BlobClient blob, BinaryData content, CancellationToken cancellation)
    {
        try
        {
            var absent = new BlobUploadOptions { Conditions = new() { IfNoneMatch = ETag.All } };
            await blob.UploadAsync(content, absent, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException there) when (there.Status is 409 or 412)
        {
            // Written by an earlier attempt whose answer was lost: names are used once.
            return false;
        }
    }

    // The one place where storage's errors become the hub's: what a later repeat may mend, against what it cannot.
    private static async Task<T> Ask<T>(Func<Task<T>> request, CancellationToken cancellation)
    {
        try
        {
            return await request().ConfigureAwait(false);
        }
        catch (RequestFailedException failed) when (failed.Status is not (400 or 413))
        {
            throw new TaskHubStoreException(failed.Message, failed);
        }
        catch (AuthenticationFailedException failed)
        {
            throw new TaskHubStoreException(failed.Message, failed);
        }
        catch (AggregateException tries) when (tries.InnerExceptions.All(failed => failed is RequestFailedException or OperationCanceledException))
        {
            // What the blob client throws when every one of its own attempts failed.
            throw new TaskHubStoreException(tries.Message, tries);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new TaskHubStoreException("Storage did not answer in time.", late);
        }
    }
}
