using System.Text.Json;
using Governance.Core;

namespace Governance.Storage.Streams;

/// <summary>A stream's rows as an audit reads them: one by one, and without a fault where one of them is broken.</summary>
public interface IAuditedStreams
{
    /// <summary>The table's name.</summary>
    string TableName { get; }

    /// <summary>Where the stream stands by its head. One point read.</summary>
    /// <returns>Null where there is no head.</returns>
    /// <exception cref="InvalidDataException">The head cannot be read: somebody changed it.</exception>
    Task<StreamPlace?> ReadPlace(CorrelationId id, CancellationToken cancellation);

    /// <summary>Event rows by key, in order; point reads, 16 at a time.</summary>
    /// <param name="id">Which stream.</param>
    /// <param name="from">The first sequence, 1 or more.</param>
    /// <param name="count">0 to 1,000.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>One for each sequence.</returns>
    Task<IReadOnlyList<AuditedRow>> ReadRows(CorrelationId id, long from, int count, CancellationToken cancellation);

    /// <summary>Folds events anew and compares with a head's state.</summary>
    /// <param name="id">Which stream.</param>
    /// <param name="events">All of them, whose chain holds.</param>
    /// <param name="state">The head's.</param>
    /// <returns>What is wrong, a sentence; null where they agree.</returns>
    string? FlawOfState(CorrelationId id, IReadOnlyList<StoredEvent> events, ReadOnlyMemory<byte> state);
}

/// <summary>Where a stream stands by its head.</summary>
/// <param name="Sequence">Of the last event.</param>
/// <param name="Hash">That event's hash, as the head says.</param>
/// <param name="State">The snapshot, UTF-8 JSON, not interpreted.</param>
public sealed record StreamPlace(long Sequence, Digest Hash, byte[] State);

/// <summary>One event's row.</summary>
/// <param name="Sequence">Which event.</param>
/// <param name="Event">Null where the row is missing or cannot be read.</param>
/// <param name="Flaw">What is wrong with the row, as the end of a sentence that begins with "the event"; null where nothing is.</param>
public sealed record AuditedRow(long Sequence, StoredEvent? Event, string? Flaw);

/// <content>How audits read streams.</content>
public sealed partial class EventStreams<TState, TEvent>
{
    /// <inheritdoc/>
    public async Task<StreamPlace?> ReadPlace(CorrelationId id, CancellationToken cancellation)
    {
        var row = await table.GetEntityIfExistsAsync(StreamRows.Shard(id), StreamRows.HeadKey(id), cancellationToken: cancellation).ConfigureAwait(false);
        if (row is null)
        {
            return null;
        }

        try
        {
            var head = StreamRows.Head(id, row, state => state.ToArray());
            return new(head.Sequence, head.Hash, head.State);
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            throw new InvalidDataException($"The head of stream {id} cannot be read: {broken.Message}", broken);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AuditedRow>> ReadRows(CorrelationId id, long from, int count, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1000);
        var rows = new AuditedRow[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellation }, async (index, token) =>
        {
            var sequence = from + index;
            var row = await table.GetEntityIfExistsAsync(StreamRows.Shard(id), StreamRows.EventKey(id, sequence), cancellationToken: token).ConfigureAwait(false);
            try
            {
                rows[index] = row is null ? new(sequence, null, "is missing") : new(sequence, StreamRows.Event(id, sequence, row), null);
            }
            catch (Exception broken) when (IsBroken(broken))
            {
                rows[index] = new(sequence, null, "cannot be read");
            }
        }).ConfigureAwait(false);
        return rows;
    }

    /// <inheritdoc/>
    public string? FlawOfState(CorrelationId id, IReadOnlyList<StoredEvent> events, ReadOnlyMemory<byte> state)
    {
        try
        {
            TState? folded = null;
            foreach (var each in events)
            {
                folded = codec.Evolve(folded, new(each.Sequence, each.Timestamp, each.Actor, codec.ReadEvent(each.EventType, each.Data)));
            }

            return folded is not null && Core.Events.CanonicalJson.DigestOf(codec.WriteState(folded)) == Core.Events.CanonicalJson.DigestOf(state)
                ? null
                : "The head holds another state than the events lead to.";
        }
        catch (Exception broken) when (IsBroken(broken) || broken is InvalidOperationException)
        {
            return $"The head's state cannot be compared with the events: {broken.Message}";
        }
    }

    // What a row that somebody changed by hand may be read to.
    private static bool IsBroken(Exception fault) => fault is InvalidDataException or FormatException or JsonException or InvalidCastException;
}
