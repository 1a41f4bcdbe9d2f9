using System.Globalization;
using System.Text;
using Governance.Core;
using Governance.Storage.Outbox;
using Governance.Storage.Streams;
using Governance.Storage.Tables;

namespace Governance.Storage.Audit;

/// <summary>
/// Notes which streams have moved, for the next anchor. A change leaves its note through the outbox, so none is ever forgotten; several notes of one stream do no harm.
/// </summary>
/// <param name="table">Holds the notes, many changes in a row.</param>
/// <param name="kinds">What the streams of a table are.</param>
/// <param name="clock">Orders the notes.</param>
public sealed class AnchorNotes(TableClient table, IReadOnlyDictionary<string, char> kinds, TimeProvider clock) : IOutboxHandler
{
    /// <summary>Streams of deployments.</summary>
    public const char Deployment = 'd';

    /// <summary>Streams of exceptions.</summary>
    public const char Exception = 'e';

    // Notes lie in 16 partitions, because one grows slow with its rows.
    private const string Partition = "note-";
    private const string PartitionEnd = "note.";

    /// <inheritdoc/>
    public string Kind => IOutboxHandler.EveryChange;

    /// <inheritdoc/>
    public int BatchSize => 100;

    /// <inheritdoc/>
    public async Task Handle(IReadOnlyList<OutboxDelivery> batch, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var streams = batch.Where(each => kinds.ContainsKey(each.Table)).Select(each => $"{kinds[each.Table]}{each.Id}").Distinct().ToList();
        if (streams.Count == 0)
        {
            return;
        }

        var name = Guid.NewGuid().ToString("N");
        var row = new TableEntity(Partition + name[0], string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow().UtcTicks:D19}-{name}"));
        BinaryChunks.Write(row, Encoding.ASCII.GetBytes(string.Join('\n', streams)));
        await table.AddEntityAsync(row, cancellation).ConfigureAwait(false);
    }

    /// <summary>Notes that nobody has taken off, at most so many rows. One range query.</summary>
    /// <param name="rows">1 or more.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<IReadOnlyList<AnchorNote>> Read(int rows, CancellationToken cancellation)
    {
        var notes = new List<AnchorNote>();
        var filter = $"PartitionKey ge '{Partition}' and PartitionKey lt '{PartitionEnd}'";
        await foreach (var row in table.QueryAsync(filter, Math.Min(rows, 1000), cancellationToken: cancellation).ConfigureAwait(false))
        {
            var streams = Encoding.ASCII.GetString(BinaryChunks.Read(row)).Split('\n').Select(text => new MovedStream(text[0], CorrelationId.Parse(text[1..])));
            notes.Add(new(row.PartitionKey, row.RowKey, [.. streams]));
            if (notes.Count == rows)
            {
                break;
            }
        }

        return notes;
    }

    /// <summary>Takes notes off, up to 100 of a partition in one transaction. Those that are off already stay off.</summary>
    public async Task Remove(IReadOnlyList<AnchorNote> notes, CancellationToken cancellation)
    {
        foreach (var chunk in notes.GroupBy(note => note.Partition).SelectMany(group => group.Chunk(TableLimits.TransactionActions)))
        {
            var write = await table.SubmitTransactionAsync(
                [.. chunk.Select(note => new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(note.Partition, note.Row), Azure.ETag.All))],
                cancellation).ConfigureAwait(false);
            if (write is TableWrite.Lost)
            {
                // An earlier run, cut short, had begun with these.
                foreach (var note in chunk)
                {
                    await table.DeleteEntityAsync(note.Partition, note.Row, Azure.ETag.All, cancellation).ConfigureAwait(false);
                }
            }
        }
    }
}

/// <summary>One row of notes.</summary>
/// <param name="Partition">Its partition.</param>
/// <param name="Row">Its key.</param>
/// <param name="Streams">Which streams moved.</param>
public sealed record AnchorNote(string Partition, string Row, IReadOnlyList<MovedStream> Streams);

/// <summary>A stream that moved.</summary>
/// <param name="Kind"><see cref="AnchorNotes.Deployment"/> or <see cref="AnchorNotes.Exception"/>.</param>
/// <param name="Id">Which one.</param>
public readonly record struct MovedStream(char Kind, CorrelationId Id);
