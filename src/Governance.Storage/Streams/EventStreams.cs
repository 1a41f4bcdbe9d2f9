using Azure;
using Governance.Core;
using Governance.Core.Events;
using Governance.Storage.Outbox;
using Governance.Storage.Tables;

namespace Governance.Storage.Streams;

/// <summary>
/// Event streams of one kind in one table. A change is one entity-group transaction: the head is replaced if its ETag still holds, the events
/// are inserted, and with them one outbox row with all follow-up work. So state, log and consequences never disagree.
/// </summary>
/// <typeparam name="TState">The snapshot.</typeparam>
/// <typeparam name="TEvent">The events.</typeparam>
public sealed partial class EventStreams<TState, TEvent>(
    TableClient table, IStreamCodec<TState, TEvent> codec, TimeProvider clock, IEnumerable<ICommitListener> listeners) : IAuditedStreams
    where TState : class
{
    // Others win at most this often before the caller is told; each loss is another change to the same stream.
    private const int Tries = 8;

    private readonly ICommitListener[] _listeners = [.. listeners];

    /// <summary>The table's name.</summary>
    public string TableName => table.Name;

    /// <summary>One point read.</summary>
    /// <returns>Null when the stream does not exist.</returns>
    public async Task<StreamHead<TState>?> Read(CorrelationId id, CancellationToken cancellation)
    {
        var row = await table.GetEntityIfExistsAsync(StreamRows.Shard(id), StreamRows.HeadKey(id), cancellationToken: cancellation).ConfigureAwait(false);
        return row is null ? null : StreamRows.Head(id, row, codec.ReadState);
    }

    /// <summary>Two point reads, the head first: a claim that is made in between has rewritten the head, so whatever is decided on this head is refused.</summary>
    /// <returns>Null when the stream does not exist; its claim, if there is one.</returns>
    public async Task<(StreamHead<TState>? Head, ClaimRow? Claim)> ReadWithClaim(CorrelationId id, CancellationToken cancellation)
    {
        var head = await Read(id, cancellation).ConfigureAwait(false);
        return (head, await ReadClaim(id, cancellation).ConfigureAwait(false));
    }

    /// <summary>Events by key, in order, at most <paramref name="count"/>; missing ones are left out, so that a verifier sees the gap.</summary>
    /// <param name="id">Which stream.</param>
    /// <param name="from">The first sequence, 1 or more.</param>
    /// <param name="count">0 to 1,000; point reads, 16 at a time.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<IReadOnlyList<StoredEvent>> ReadEvents(CorrelationId id, long from, int count, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1000);
        var found = new StoredEvent?[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellation }, async (index, token) =>
        {
            var sequence = from + index;
            var row = await table.GetEntityIfExistsAsync(StreamRows.Shard(id), StreamRows.EventKey(id, sequence), cancellationToken: token).ConfigureAwait(false);
            found[index] = row is null ? null : StreamRows.Event(id, sequence, row);
        }).ConfigureAwait(false);
        return [.. found.OfType<StoredEvent>()];
    }

    /// <summary>Begins a stream, if its id is free: one write, and one read where it is not.</summary>
    /// <param name="id">The id to claim.</param>
    /// <param name="actor">Who begins it.</param>
    /// <param name="events">The first events, 1 to 50.</param>
    /// <param name="cancellation">Ends the attempt; what was sent may still be stored.</param>
    public async Task<CreateResult<TState>> Create(CorrelationId id, Actor actor, IReadOnlyList<TEvent> events, CancellationToken cancellation)
    {
        var change = Compose(id, null, actor, clock.GetUtcNow(), events);
        return await Telling(change, () => Create(change, cancellation)).ConfigureAwait(false);
    }

    private async Task<CreateResult<TState>> Create(ComposedChange<TState> change, CancellationToken cancellation)
    {
        var id = change.After.Id;
        var write = await table.SubmitTransactionAsync(change.Actions(TableTransactionActionType.Add, default), cancellation).ConfigureAwait(false);
        if (write is TableWrite.Committed committed)
        {
            return new CreateResult<TState>.Created(Announce(change, committed));
        }

        var existing = await Read(id, cancellation).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"Stream {id} in {table.Name} was refused as existing and cannot be read.");
        return write is TableWrite.Lost { AfterRetry: true } && await Landed(change, existing, cancellation).ConfigureAwait(false)
            ? new CreateResult<TState>.Created(Announce(change, existing))
            : new CreateResult<TState>.Existing(existing);
    }

    /// <summary>
    /// The one load–decide–append loop that every state change goes through: read the head, decide, append in one transaction, and on a lost race
    /// read and decide again. One read and one write.
    /// </summary>
    /// <param name="id">Which stream.</param>
    /// <param name="actor">Who changes it.</param>
    /// <param name="decide">Pure; called with the state and the instant that the events will carry, never before the last event's.</param>
    /// <param name="cancellation">Ends the attempt; what was sent may still be stored.</param>
    public Task<ChangeResult<TState>> Change(
        CorrelationId id, Actor actor, Func<TState, DateTimeOffset, Outcome<TEvent>> decide, CancellationToken cancellation) =>
        Change(id, actor, withClaim: false, (head, _, at) => new((decide(head.State, at), new ClaimWrite.Keep())), cancellation);

    /// <summary>The same loop for a decision that needs something of the outside which depends on the state: looked up between reading and deciding. One read and one write of storage.</summary>
    /// <param name="id">Which stream.</param>
    /// <param name="actor">Who changes it.</param>
    /// <param name="look">Asked anew whenever the state is read anew; must not change anything.</param>
    /// <param name="decide">Pure; gets the state, what was seen, and the instant that the events will carry.</param>
    /// <param name="cancellation">Ends the attempt; what was sent may still be stored.</param>
    public Task<ChangeResult<TState>> Change<TSeen>(
        CorrelationId id,
        Actor actor,
        Func<TState, CancellationToken, ValueTask<TSeen>> look,
        Func<TState, TSeen, DateTimeOffset, Outcome<TEvent>> decide,
        CancellationToken cancellation) => Change(
            id,
            actor,
            withClaim: false,
            async (head, _, at) => (decide(head.State, await look(head.State, cancellation).ConfigureAwait(false), at), new ClaimWrite.Keep()),
            cancellation);

    /// <summary>The same loop for a change that makes ids of the sequence it appends at: <paramref name="decide"/> also gets the last event's sequence.</summary>
    public Task<ChangeResult<TState>> ChangeNumbered(
        CorrelationId id, Actor actor, Func<TState, long, DateTimeOffset, Outcome<TEvent>> decide, CancellationToken cancellation) =>
        Change(id, actor, withClaim: false, (head, _, at) => new((decide(head.State, head.Sequence, at), new ClaimWrite.Keep())), cancellation);

    /// <summary>The same loop for a change that depends on the claim: the claim as read takes part in the transaction. Two reads and one write.</summary>
    /// <param name="id">Which stream.</param>
    /// <param name="actor">Who changes it.</param>
    /// <param name="decide">Pure; also says what becomes of the claim. Accepting no event with another claim than <see cref="ClaimWrite.Keep"/> rewrites the head unchanged, for its ETag.</param>
    /// <param name="cancellation">Ends the attempt; what was sent may still be stored.</param>
    public Task<ChangeResult<TState>> ChangeWithClaim(
        CorrelationId id, Actor actor, Func<TState, ClaimRow?, DateTimeOffset, (Outcome<TEvent> Outcome, ClaimWrite Claim)> decide, CancellationToken cancellation) =>
        Change(id, actor, withClaim: true, (head, claim, at) => new(decide(head.State, claim, at)), cancellation);

    /// <summary>Replaces the claim alone, if it says what it said when it was read: one write, and a read and a write more for each change that kept it meanwhile.</summary>
    /// <returns>The claim as it stands now, or null when somebody else took or removed it first.</returns>
    public async Task<ClaimRow?> UpdateClaim(CorrelationId id, ClaimRow claim, byte[] payload, CancellationToken cancellation)
    {
        var row = ClaimEntity(id, payload);
        var current = claim;
        for (var tries = 0; tries < Tries; tries++)
        {
            var write = await table.UpdateEntityAsync(row, current.ETag, TableUpdateMode.Replace, cancellation).ConfigureAwait(false);
            if (write is TableWrite.Committed committed)
            {
                return new ClaimRow(payload, committed.ETags[0]);
            }

            var now = await ReadClaim(id, cancellation).ConfigureAwait(false);
            if (write is TableWrite.Lost { AfterRetry: true } && now is not null && now.Payload.AsSpan().SequenceEqual(payload))
            {
                return now;
            }

            if (now?.SaysTheSameAs(claim) != true)
            {
                return null;
            }

            current = now;
        }

        return null;
    }

    private async Task<ChangeResult<TState>> Change(
        CorrelationId id,
        Actor actor,
        bool withClaim,
        Func<StreamHead<TState>, ClaimRow?, DateTimeOffset, ValueTask<(Outcome<TEvent> Outcome, ClaimWrite Claim)>> decide,
        CancellationToken cancellation)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            var (head, claim) = withClaim ? await ReadWithClaim(id, cancellation).ConfigureAwait(false) : (await Read(id, cancellation).ConfigureAwait(false), null);
            if (head is null)
            {
                return new ChangeResult<TState>.Missing();
            }

            var at = Chronology.Next(clock.GetUtcNow(), head.At);
            var (outcome, claimWrite) = await decide(head, claim, at).ConfigureAwait(false);
            if (outcome is Outcome<TEvent>.Refused refused)
            {
                return new ChangeResult<TState>.Refused(refused.Reason, head);
            }

            var events = ((Outcome<TEvent>.Accepted)outcome).Events;
            if (events.IsEmpty && claimWrite is ClaimWrite.Keep)
            {
                return new ChangeResult<TState>.Unchanged(head);
            }

            var change = Compose(id, head, actor, at, events);
            var actions = change.Actions(TableTransactionActionType.UpdateReplace, head.ETag);
            AddClaim(actions, id, claim, claimWrite);
            if (await Telling(change, () => Append(change, actions, claimWrite, events.Length, cancellation)).ConfigureAwait(false) is { } appended)
            {
                return appended;
            }
        }

        return new ChangeResult<TState>.Contended();
    }

    // Null where somebody else wrote first.
    private async Task<ChangeResult<TState>?> Append(
        ComposedChange<TState> change, List<TableTransactionAction> actions, ClaimWrite claimWrite, int events, CancellationToken cancellation) =>
        await table.SubmitTransactionAsync(actions, cancellation).ConfigureAwait(false) switch
        {
            TableWrite.Committed committed => Result(change, Announce(change, committed), events),
            TableWrite.Lost { AfterRetry: true } => await Landed(change, claimWrite, events, cancellation).ConfigureAwait(false),
            _ => null,
        };

    // Whoever asked hears of a fault, or has hung up; the change may be stored all the same, and its follow-up work waits for somebody.
    private async Task<T> Telling<T>(ComposedChange<TState> change, Func<Task<T>> write)
    {
        try
        {
            return await write().ConfigureAwait(false);
        }
        catch (Exception) when (change.Announcement is not null)
        {
            foreach (var listener in _listeners)
            {
                listener.Unclear(change.Announcement);
            }

            throw;
        }
    }

    private static ChangeResult<TState> Result(ComposedChange<TState> change, StreamHead<TState> head, int events) =>
        events == 0 ? new ChangeResult<TState>.Unchanged(head) : new ChangeResult<TState>.Changed(head, events);

    // After an unclear answer: what came of the change, if it was carried out after all.
    private async Task<ChangeResult<TState>?> Landed(ComposedChange<TState> change, ClaimWrite claimWrite, int events, CancellationToken cancellation)
    {
        var (head, claim) = await ReadWithClaim(change.After.Id, cancellation).ConfigureAwait(false);
        if (head is null)
        {
            return null;
        }

        var landed = events > 0
            ? await Landed(change, head, cancellation).ConfigureAwait(false)
            : claimWrite switch
            {
                ClaimWrite.Put put => claim is not null && claim.Payload.AsSpan().SequenceEqual(put.Payload),
                ClaimWrite.Remove => claim is null,
                _ => false,
            };
        return landed ? Result(change, Announce(change, head), events) : null;
    }

    // Whether the event that stands at our last sequence is ours, whoever has written since.
    private async Task<bool> Landed(ComposedChange<TState> change, StreamHead<TState> current, CancellationToken cancellation)
    {
        if (current.Sequence < change.After.Sequence)
        {
            return false;
        }

        var stored = current.Sequence == change.After.Sequence
            ? current.Hash
            : (await ReadEvents(change.After.Id, change.After.Sequence, 1, cancellation).ConfigureAwait(false)) is [var ours] ? ours.Hash : Digest.Zero;
        return stored == change.After.Hash;
    }

    private ComposedChange<TState> Compose(CorrelationId id, StreamHead<TState>? before, Actor actor, DateTimeOffset at, IReadOnlyList<TEvent> events)
    {
        var (sequence, hash, state) = (before?.Sequence ?? 0, before?.Hash ?? Digest.Zero, before?.State);
        var rows = new List<TableEntity>(events.Count + 1);
        var happened = new List<Recorded<TEvent>>(events.Count);
        foreach (var @event in events)
        {
            sequence++;
            var recorded = new Recorded<TEvent>(sequence, at, actor, @event);
            var type = codec.TypeOf(@event);
            var data = EventChain.Canonical(codec.WriteEvent(@event));
            var previous = hash;
            hash = EventHash.Of(id, sequence, type, at, actor, data, previous);
            rows.Add(StreamRows.Event(new StoredEvent(id, sequence, type, at, actor, data, previous, hash)));
            state = codec.Evolve(state, recorded);
            happened.Add(recorded);
        }

        var after = new StreamHead<TState>(id, sequence, hash, events.Count == 0 ? before!.At : at, state!, default);
        var messages = events.Count == 0 ? [] : codec.Consequences(id, before?.State, after.State, happened);
        CommittedChange? announcement = null;
        if (messages.Count > 0)
        {
            var trace = System.Diagnostics.Activity.Current?.Id;
            rows.Add(OutboxRows.Write(id, sequence, messages, trace));
            announcement = new(table.Name, StreamRows.Shard(id), StreamRows.OutboxKey(id, sequence), id, sequence, messages, trace) { EventTypes = [.. happened.Select(each => codec.TypeOf(each.Event))] };
        }

        return new(after, StreamRows.Head(after, codec.WriteState(after.State)), rows, announcement);
    }

    private StreamHead<TState> Announce(ComposedChange<TState> change, TableWrite.Committed committed) =>
        Announce(change, change.After with { ETag = committed.ETags[0] });

    private StreamHead<TState> Announce(ComposedChange<TState> change, StreamHead<TState> head)
    {
        if (change.Announcement is { } announcement)
        {
            foreach (var listener in _listeners)
            {
                listener.Committed(announcement);
            }
        }

        return head;
    }

    private async Task<ClaimRow?> ReadClaim(CorrelationId id, CancellationToken cancellation)
    {
        var row = await table.GetEntityIfExistsAsync(StreamRows.Shard(id), StreamRows.ClaimKey(id), cancellationToken: cancellation).ConfigureAwait(false);
        return row is null ? null : new ClaimRow(BinaryChunks.Read(row), row.ETag);
    }

    // An absent claim needs no guard of its own: whoever makes one rewrites the head, whose ETag guards the transaction.
    private static void AddClaim(List<TableTransactionAction> actions, CorrelationId id, ClaimRow? claim, ClaimWrite write)
    {
        switch (write, claim)
        {
            case (ClaimWrite.Put put, null):
                actions.Add(new(TableTransactionActionType.Add, ClaimEntity(id, put.Payload)));
                break;
            case (ClaimWrite.Put put, { } known):
                actions.Add(new(TableTransactionActionType.UpdateReplace, ClaimEntity(id, put.Payload), known.ETag));
                break;
            case (ClaimWrite.Keep, { } known):
                actions.Add(new(TableTransactionActionType.UpdateReplace, ClaimEntity(id, known.Payload), known.ETag));
                break;
            case (ClaimWrite.Remove, { } known):
                actions.Add(new(TableTransactionActionType.Delete, new TableEntity(StreamRows.Shard(id), StreamRows.ClaimKey(id)), known.ETag));
                break;
            default:
                break;
        }
    }

    private static TableEntity ClaimEntity(CorrelationId id, byte[] payload)
    {
        var row = new TableEntity(StreamRows.Shard(id), StreamRows.ClaimKey(id));
        BinaryChunks.Write(row, payload);
        return row;
    }
}

/// <summary>A change as it would be written.</summary>
internal sealed record ComposedChange<TState>(StreamHead<TState> After, TableEntity HeadRow, IReadOnlyList<TableEntity> Inserts, CommittedChange? Announcement)
    where TState : class
{
    /// <summary>The head first, so that its ETag is the first of the answer; then the inserts.</summary>
    internal List<TableTransactionAction> Actions(TableTransactionActionType headAction, ETag etag)
    {
        var actions = new List<TableTransactionAction>(Inserts.Count + 2) { new(headAction, HeadRow, etag) };
        actions.AddRange(Inserts.Select(row => new TableTransactionAction(TableTransactionActionType.Add, row)));
        return actions;
    }
}
