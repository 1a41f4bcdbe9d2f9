using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using Governance.Durable.Hub;

namespace Governance.Testing.Hub;

/// <summary>
/// A hub's storage in memory, with the rules of the real one: transactions that happen whole or not at all, ETags that change with
/// every write, limits of size, a lease that ends. Outlives the hubs that use it, as storage outlives processes.
/// </summary>
/// <param name="clock">Ends the lease.</param>
public sealed class InMemoryTaskHubStore(TimeProvider clock) : ITaskHubStore
{
    private static readonly SearchValues<char> Refused = SearchValues.Create("/\\#?%'");

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, TaskHubRow>[] _shards =
        [.. Enumerable.Range(0, TaskHubLimits.Shards).Select(_ => new SortedDictionary<string, TaskHubRow>(StringComparer.Ordinal))];
    private readonly ConcurrentDictionary<string, ReadOnlyMemory<byte>> _blobs = new(StringComparer.Ordinal);
    private long _version;
    private (string Id, DateTimeOffset Until) _lease = ("", DateTimeOffset.MinValue);

    /// <summary>Transactions so far.</summary>
    public int Commits { get; private set; }

    /// <summary>Calls of every kind so far.</summary>
    public int Calls { get; private set; }

    /// <summary>Names of all blobs.</summary>
    public IReadOnlyCollection<string> Blobs => [.. _blobs.Keys];

    /// <summary>All rows as "shard/key", without the heads.</summary>
    public IReadOnlyList<string> Rows
    {
        get
        {
            lock (_gate)
            {
                return [.. _shards.SelectMany((rows, shard) => rows.Keys
                    .Where(key => key != TaskHubLimits.HeadKey)
                    .Select(key => string.Create(CultureInfo.InvariantCulture, $"{shard}/{key}")))];
            }
        }
    }

    /// <inheritdoc/>
    public Task EnsureCreatedAsync(CancellationToken cancellation) => Call(() => true, cancellation);

    /// <inheritdoc/>
    public Task<TaskHubRow?> FindAsync(int shard, string key, CancellationToken cancellation) =>
        Call(() => _shards[shard].GetValueOrDefault(key), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TaskHubRow>> ReadAsync(int shard, TaskHubRange range, CancellationToken cancellation) => Call(
        IReadOnlyList<TaskHubRow> () => [.. _shards[shard].Values
            .Where(row => string.CompareOrdinal(row.Key, range.After) > 0 && string.CompareOrdinal(row.Key, range.Before) < 0)
            .Take(range.Take)
            .Select(row => range.HintsOnly ? row with { Body = default } : row)],
        cancellation);

    /// <inheritdoc/>
    public Task<TaskHubCommitResult> CommitAsync(int shard, TaskHubCommit commit, CancellationToken cancellation) => Call(
        () =>
        {
            Check(commit);
            var rows = _shards[shard];
            if (rows.GetValueOrDefault(TaskHubLimits.HeadKey)?.ETag != commit.HeadETag
                || commit.Rows.OfType<TaskHubWrite.Delete>().Any(row => !rows.ContainsKey(row.Key)))
            {
                return TaskHubCommitResult.Conflict;
            }

            foreach (var row in commit.Rows)
            {
                if (row is TaskHubWrite.Put put)
                {
                    rows[put.Key] = new(put.Key, put.Hint.ToArray(), put.Body.ToArray(), NextETag());
                }
                else
                {
                    rows.Remove(row.Key);
                }
            }

            Commits++;
            var head = new TaskHubRow(TaskHubLimits.HeadKey, default, commit.Head.ToArray(), NextETag());
            rows[TaskHubLimits.HeadKey] = head;
            return new(head.ETag);
        },
        cancellation);

    /// <inheritdoc/>
    public Task WriteBlobAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) => Call(
        () => _blobs.TryAdd(name, content.ToArray()) ? true : throw new InvalidOperationException($"Blob '{name}' is written twice."), cancellation);

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>?> ReadBlobAsync(string name, CancellationToken cancellation) =>
        Call(ReadOnlyMemory<byte>? () => _blobs.TryGetValue(name, out var content) ? content : null, cancellation);

    /// <inheritdoc/>
    public Task DeleteBlobsAsync(string prefix, CancellationToken cancellation) => Call(
        () => _blobs.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Count(name => _blobs.TryRemove(name, out _)), cancellation);

    /// <inheritdoc/>
    public Task<bool> TakeLeaseAsync(string leaseId, TimeSpan duration, CancellationToken cancellation) => Call(
        () =>
        {
            var now = clock.GetUtcNow();
            if (_lease.Id != leaseId && _lease.Until > now)
            {
                return false;
            }

            _lease = (leaseId, now + duration);
            return true;
        },
        cancellation);

    /// <inheritdoc/>
    public Task ReleaseLeaseAsync(string leaseId, CancellationToken cancellation) => Call(
        () => _lease = _lease.Id == leaseId ? ("", DateTimeOffset.MinValue) : _lease, cancellation);

    private async Task<T> Call<T>(Func<T> work, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        await Task.Yield();
        lock (_gate)
        {
            Calls++;
            return work();
        }
    }

    private string NextETag() => string.Create(CultureInfo.InvariantCulture, $"v{++_version}");

    private static void Check(TaskHubCommit commit)
    {
        var keys = commit.Rows.Select(row => row.Key).ToHashSet(StringComparer.Ordinal);
        var puts = commit.Rows.OfType<TaskHubWrite.Put>().ToList();
        var problem = commit switch
        {
            _ when keys.Count < commit.Rows.Count => "names a row twice",
            _ when keys.Contains(TaskHubLimits.HeadKey) => "names the head twice",
            _ when keys.Count > TaskHubLimits.RowsPerCommit => $"has {keys.Count} rows",
            _ when keys.Any(key => key.Length > 512 || key.AsSpan().IndexOfAnyExceptInRange(' ', '~') >= 0 || key.AsSpan().IndexOfAny(Refused) >= 0) =>
                "has a key that tables refuse",
            _ when puts.Any(put => put.Body.Length + put.Hint.Length > TaskHubLimits.BodyBytes) => "has a row that is too long",
            _ when puts.Sum(put => (long)put.Body.Length + put.Hint.Length) > 3_000_000 => "is too long",
            _ => null,
        };
        if (problem is not null)
        {
            throw new InvalidOperationException($"A commit {problem}.");
        }
    }
}
