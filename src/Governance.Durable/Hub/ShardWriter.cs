using System.Diagnostics;
using Google.Protobuf;
using Governance.Durable.Hub.Rows;

namespace Governance.Durable.Hub;

/// <summary>What one step of the hub writes to a shard, all of it or nothing.</summary>
/// <param name="Rows">Each key once; with an outbox row at most <see cref="TaskHubLimits.RowsPerCommit"/>.</param>
/// <param name="Applied">
/// Brings memory up to date; called once, in the order of the commits, before the next one is written. Takes the key and the
/// first number of the outbox row, where there is one.
/// </param>
internal sealed record ShardChange(IReadOnlyList<TaskHubWrite> Rows, Action<string, long> Applied)
{
    /// <summary>Messages that leave because of this change; they take their numbers in the order of the commits.</summary>
    public (ReadOnlyMemory<byte> Body, int Parcels)? Outbox { get; init; }

    /// <summary>The last message taken from another shard with this change.</summary>
    public (int Shard, long Number)? Received { get; init; }

    /// <summary>Rows that this change writes.</summary>
    public int Count => Rows.Count + (Outbox is null ? 0 : 1);

    /// <summary>Bytes of the rows, against <see cref="TaskHubLimits.CommitBytes"/>.</summary>
    public long Bytes => Rows.OfType<TaskHubWrite.Put>().Sum(row => (long)row.Hint.Length + row.Body.Length + 256) + (Outbox?.Body.Length ?? 0);
}

/// <summary>
/// Writes one shard for its owner: one transaction after the other, each guarded by the head row, several waiting changes in one where they fit.
/// </summary>
internal sealed class ShardWriter
{
    private readonly int _shard;
    private readonly ITaskHubStore _store;
    private readonly StorePatience _patience;
    private readonly Action<string> _depose;
    private readonly CancellationToken _ended;
    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _queue = new();
    private readonly List<string> _leftovers = [];
    private ShardHead _head;
    private string _etag;
    private long _lastNumber;
    private bool _writing;

    /// <param name="head">As this owner has just written it.</param>
    /// <param name="depose">Called when somebody else owns the shard, or memory and storage disagree.</param>
    /// <param name="ended">Ends with the ownership.</param>
    public ShardWriter(int shard, ShardHead head, string etag, ITaskHubStore store, StorePatience patience, Action<string> depose, CancellationToken ended)
    {
        (_shard, _head, _etag, _store, _patience, _depose, _ended) = (shard, head, etag, store, patience, depose, ended);
        _lastNumber = head.LastNumber;
    }

    /// <summary>The next number for a message or row of this shard; never given twice, also not by a later owner, once a change after it is committed.</summary>
    public long NextNumber()
    {
        lock (_gate)
        {
            return ++_lastNumber;
        }
    }

    /// <summary>The last message taken from a shard.</summary>
    public long ReceivedFrom(int shard)
    {
        lock (_gate)
        {
            return _head.Received[shard];
        }
    }

    /// <summary>Rows that nobody needs any more; they go with a later commit.</summary>
    public void Sweep(IEnumerable<string> keys)
    {
        lock (_gate)
        {
            _leftovers.AddRange(keys);
        }
    }

    /// <summary>Writes a change. One transaction, shared with others that wait; waits and repeats while storage fails.</summary>
    /// <exception cref="OperationCanceledException">The ownership has ended; whether the change was written, storage knows.</exception>
    public Task Commit(ShardChange change)
    {
        var waiting = new Waiting(change);
        lock (_gate)
        {
            _queue.Enqueue(waiting);
            if (!_writing)
            {
                _writing = true;
                _ = Task.Run(WriteAll, CancellationToken.None);
            }
        }

        return waiting.Done.Task;
    }

    /// <summary>Deletes what <see cref="Sweep"/> was told of so far, if there is any; also waits for what is on its way.</summary>
    public async Task Flush()
    {
        for (var open = IsWriting; open || HasLeftovers; open = false)
        {
            await Commit(new([], (_, _) => { })).ConfigureAwait(false);
        }
    }

    private bool IsWriting
    {
        get
        {
            lock (_gate)
            {
                return _writing;
            }
        }
    }

    private bool HasLeftovers
    {
        get
        {
            lock (_gate)
            {
                return _leftovers.Count > 0;
            }
        }
    }

    private async Task WriteAll()
    {
        while (Next() is { } batch)
        {
            // The transaction shows in the trace of the first of those who share it.
            Activity.Current = batch[0].Caller is { IsStopped: false } caller ? caller : null;
            if (await TryWrite(batch, TakeLeftovers(batch)).ConfigureAwait(false) is not { } fault)
            {
                continue;
            }

            foreach (var waiting in batch)
            {
                // One bad change must not take the others with it: each is tried alone.
                var own = fault is OperationCanceledException ? fault : await TryWrite([waiting], []).ConfigureAwait(false);
                if (own is not null)
                {
                    waiting.Done.TrySetException(own);
                }
            }
        }
    }

    private List<Waiting>? Next()
    {
        lock (_gate)
        {
            var batch = new List<Waiting>();
            var keys = new HashSet<string>(StringComparer.Ordinal);
            var (count, bytes) = (0, 0L);
            while (_queue.TryPeek(out var first) && Fits(first.Change))
            {
                batch.Add(_queue.Dequeue());
                (count, bytes) = (count + first.Change.Count, bytes + first.Change.Bytes);
                keys.UnionWith(first.Change.Rows.Select(row => row.Key));
            }

            _writing = batch.Count > 0;
            return _writing ? batch : null;

            bool Fits(ShardChange change) => batch.Count == 0
                || (count + change.Count <= TaskHubLimits.RowsPerCommit
                    && bytes + change.Bytes <= TaskHubLimits.CommitBytes
                    && !change.Rows.Any(row => keys.Contains(row.Key)));
        }
    }

    private List<string> TakeLeftovers(List<Waiting> batch)
    {
        lock (_gate)
        {
            var room = TaskHubLimits.RowsPerCommit - batch.Sum(waiting => waiting.Change.Count);
            var taken = _leftovers.GetRange(0, Math.Min(room, _leftovers.Count));
            _leftovers.RemoveRange(0, taken.Count);
            return taken;
        }
    }

    private async Task<Exception?> TryWrite(List<Waiting> batch, List<string> leftovers)
    {
        try
        {
            var head = NumberAndHead(batch);
            List<TaskHubWrite> rows = [.. batch.SelectMany(waiting => waiting.Rows())];
            var swept = leftovers.Select(TaskHubWrite (key) => new TaskHubWrite.Delete(key));
            var etag = await Write(head, [.. rows, .. swept]).ConfigureAwait(false);
            if (etag is null && leftovers.Count > 0)
            {
                // A row to sweep is gone already; the others are only rubbish and may stay.
                etag = await Write(head, rows).ConfigureAwait(false);
            }

            if (etag is null)
            {
                throw Deposed($"shard {_shard} does not hold the rows that this process remembers.");
            }

            lock (_gate)
            {
                (_head, _etag) = (head, etag);
            }
        }
        catch (Exception fault)
        {
            // Handed to whoever waits for the change.
            return fault;
        }

        batch.ForEach(Apply);
        return null;
    }

    private void Apply(Waiting waiting)
    {
        try
        {
            waiting.Change.Applied(waiting.OutboxKey, waiting.FirstNumber);
            waiting.Done.TrySetResult();
        }
        catch (Exception fault)
        {
            // The change is stored and memory did not follow: read everything again.
            waiting.Done.TrySetException(Deposed($"a stored change could not be applied: {fault}"));
        }
    }

    private ShardHead NumberAndHead(List<Waiting> batch)
    {
        lock (_gate)
        {
            var head = _head.Clone();
            head.Commit++;
            foreach (var waiting in batch)
            {
                if (waiting.Change.Outbox is { } outbox)
                {
                    waiting.FirstNumber = _lastNumber + 1;
                    _lastNumber += outbox.Parcels;
                }

                if (waiting.Change.Received is var (shard, number))
                {
                    head.Received[shard] = number;
                }
            }

            head.LastNumber = _lastNumber;
            return head;
        }
    }

    // The same bytes are offered until it is known whether they were written: a late first attempt then does no harm.
    // Null: nothing was written although the head is as it should be, so a row to delete is missing.
    private async Task<string?> Write(ShardHead head, IReadOnlyList<TaskHubWrite> rows)
    {
        var commit = new TaskHubCommit(head.ToByteArray(), _etag, rows);
        for (var failures = 0; ; failures++)
        {
            var conflict = false;
            try
            {
                var result = await _store.CommitAsync(_shard, commit, _ended).ConfigureAwait(false);
                if (result.HeadETag is { } etag)
                {
                    return etag;
                }

                conflict = true;
            }
            catch (TaskHubStoreException unclear)
            {
                await _patience.Wait(failures, unclear, _ended).ConfigureAwait(false);
            }

            var found = await _patience.Ask(token => _store.FindAsync(_shard, TaskHubLimits.HeadKey, token), _ended).ConfigureAwait(false);
            var stored = found is null ? null : ShardHead.Parser.ParseFrom(found.Body.Span);
            if (found is not null && stored is not null && stored.Owner == head.Owner && stored.Commit == head.Commit)
            {
                return found.ETag;
            }

            if (found?.ETag != commit.HeadETag)
            {
                throw Deposed($"shard {_shard} belongs to {stored?.Owner ?? "nobody"} in epoch {stored?.Epoch ?? 0}.");
            }

            if (conflict)
            {
                return null;
            }
        }
    }

    private OperationCanceledException Deposed(string reason)
    {
        _depose(reason);
        return new("This process no longer owns the task hub.", _ended);
    }

    private sealed class Waiting(ShardChange change)
    {
        public ShardChange Change { get; } = change;

        public Activity? Caller { get; } = Activity.Current;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long FirstNumber { get; set; }

        public string OutboxKey => Change.Outbox is null ? "" : HubKeys.OutboxRow(FirstNumber);

        public IEnumerable<TaskHubWrite> Rows() =>
            Change.Outbox is { } outbox ? [.. Change.Rows, new TaskHubWrite.Put(OutboxKey, default, outbox.Body)] : Change.Rows;
    }
}
