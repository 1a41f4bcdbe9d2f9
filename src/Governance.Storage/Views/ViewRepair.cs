using System.Text.Json;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Storage.Streams;
using Governance.Storage.Sweeps;
using Governance.Storage.Tables;

namespace Governance.Storage.Views;

/// <summary>The places that views follow from, and the views.</summary>
/// <param name="Deployments">Streams of deployments.</param>
/// <param name="DeploymentTable">Where they lie.</param>
/// <param name="Exceptions">Streams of exceptions.</param>
/// <param name="ExceptionTable">Where they lie.</param>
/// <param name="ViewTable">Where the views lie.</param>
/// <param name="DeploymentViews">The views of deployments.</param>
/// <param name="ExceptionViews">The views of exceptions.</param>
/// <param name="Waiting">The intents that wait for a pack.</param>
public sealed record ViewSources(
    EventStreams<DeploymentState, DeploymentEvent> Deployments,
    TableClient DeploymentTable,
    EventStreams<ExceptionState, ExceptionEvent> Exceptions,
    TableClient ExceptionTable,
    TableClient ViewTable,
    DeploymentViews DeploymentViews,
    ExceptionViews ExceptionViews,
    WaitingIntents Waiting);

/// <summary>
/// Compares the views with the streams and mends them, a page of streams at a time: shard by shard through the deployments, then the exceptions, then
/// from the other side through the open CAB requests. Views may be read and written meanwhile. Off every request path: it queries.
/// </summary>
/// <remarks>Results of rings are no part of it: they were read from the device plane and stand in no log; they are kept as they are.</remarks>
/// <param name="sources">Streams and views.</param>
public sealed class ViewRepair(ViewSources sources)
{
    private const int Shards = 256;
    private const int StreamsAtOnce = 100;
    private const int ReadsAtOnce = 16;

    private enum Part
    {
        Deployments,
        Exceptions,
        Requests,
    }

    /// <summary>Takes all views away but the results of rings, and makes them anew. Lists are short until it ends.</summary>
    /// <param name="progress">Told now and then how many streams were read so far.</param>
    /// <param name="cancellation">Ends it; what is missing then is mended by the nightly repair, or by doing it again.</param>
    /// <returns>How many streams were read, and how many of them could not be, for the verification of the log to name.</returns>
    public async Task<(long Streams, long Unreadable)> Rebuild(Action<long>? progress, CancellationToken cancellation)
    {
        await Clear(cancellation).ConfigureAwait(false);
        var (streams, unreadable, cursor, told) = (0L, 0L, (string?)null, 0L);
        do
        {
            var step = await Step(cursor, DateTimeOffset.MinValue, cancellation).ConfigureAwait(false);
            (streams, unreadable, cursor) = (streams + step.Looked, unreadable + step.Failed, step.Next);
            if (streams - told >= 1000)
            {
                progress?.Invoke(told = streams);
            }
        }
        while (cursor is not null && Place(cursor).Part != Part.Requests);

        return (streams, unreadable);
    }

    /// <summary>Compares one page of streams, at most 100, or of open requests.</summary>
    /// <param name="cursor">Where the step before ended; null at the beginning.</param>
    /// <param name="eventsSince">Events before it are not compared, UTC: they are by far the most, and lists of old hours are rarely asked for.</param>
    /// <param name="cancellation">Ends it; repeating is safe.</param>
    /// <returns>How many streams were looked at, and for how many of them a view was mended.</returns>
    public async Task<SweepStep> Step(string? cursor, DateTimeOffset eventsSince, CancellationToken cancellation)
    {
        var (part, number, after) = Place(cursor);
        return part switch
        {
            Part.Deployments => await DeploymentsOf(number, after, eventsSince, cancellation).ConfigureAwait(false),
            Part.Exceptions => await ExceptionsOf(number, after, cancellation).ConfigureAwait(false),
            _ => await RequestsOf(number, after, cancellation).ConfigureAwait(false),
        };
    }

    private static (Part Part, int Number, string? After) Place(string? cursor) =>
        cursor?.Split('/', 3) is [var part, var number, var after] ? (Enum.Parse<Part>(part), int.Parse(number, null), after.Length == 0 ? null : after) : (Part.Deployments, 0, null);

    private static string? Next(Part part, int number, string? after) => (part, number, after) switch
    {
        (_, _, not null) => $"{part}/{number}/{after}",
        (not Part.Requests, < Shards - 1, _) or (Part.Requests, < 2, _) => $"{part}/{number + 1}/",
        (not Part.Requests, _, _) => $"{part + 1}/0/",
        _ => null,
    };

    private async Task<SweepStep> DeploymentsOf(int shard, string? after, DateTimeOffset since, CancellationToken cancellation)
    {
        var (streams, last) = await Scan(sources.DeploymentTable, shard, after, cancellation).ConfigureAwait(false);
        var (summaries, failed) = await Read(streams, stream => Summary(stream, cancellation), cancellation).ConfigureAwait(false);
        var events = streams.SelectMany(stream => stream.Events).Where(each => each.At >= since).ToList();
        var mended = await sources.DeploymentViews.Apply(summaries, cancellation).ConfigureAwait(false);
        mended += await sources.DeploymentViews.ApplyEvents(events, cancellation).ConfigureAwait(false) > 0 && mended == 0 ? 1 : 0;
        foreach (var waiting in summaries.Where(each => each.AwaitsEvidence && each.Status == DeploymentStatus.Pending))
        {
            await sources.Waiting.Note(waiting.EvidencePackId, waiting.CorrelationId, cancellation).ConfigureAwait(false);
        }

        return new(Next(Part.Deployments, shard, last), streams.Count, mended, failed);
    }

    private async Task<SweepStep> ExceptionsOf(int shard, string? after, CancellationToken cancellation)
    {
        var (streams, last) = await Scan(sources.ExceptionTable, shard, after, cancellation).ConfigureAwait(false);
        var (summaries, failed) = await Read(
            streams,
            async stream => await sources.Exceptions.Read(stream.Id, cancellation).ConfigureAwait(false) is { } head ? ExceptionSummary.Of(head.State, head.Sequence, head.At) : null,
            cancellation).ConfigureAwait(false);
        return new(Next(Part.Exceptions, shard, last), streams.Count, await sources.ExceptionViews.Apply(summaries, cancellation).ConfigureAwait(false), failed);
    }

    // What is listed as open and is not: a list cannot be told of that by the streams, which do not know what was listed.
    private async Task<SweepStep> RequestsOf(int kind, string? after, CancellationToken cancellation)
    {
        var page = await sources.DeploymentViews.PendingOfClass(kind, StreamsAtOnce, after, cancellation).ConfigureAwait(false);
        var (heads, failed) = await Read([.. page.Items.Select(item => item.Summary.CorrelationId).Distinct().Select(id => new ScannedStream(id))], stream => Summary(stream, cancellation), cancellation).ConfigureAwait(false);
        var current = heads.ToDictionary(head => head.CorrelationId);
        var wrong = page.Items.Where(item => current.TryGetValue(item.Summary.CorrelationId, out var head) && head.Cab != item.Summary.Cab)
            .Select(item => current[item.Summary.CorrelationId] with { CabBefore = item.Summary.Cab }).ToList();
        await sources.DeploymentViews.Apply(wrong, cancellation).ConfigureAwait(false);
        return new(Next(Part.Requests, kind, page.Cursor), page.Items.Count, wrong.Count, failed);
    }

    // The change that a deployment's last event belongs to is shown as if it had been that event alone: lists keep how it stands.
    private async Task<DeploymentSummary?> Summary(ScannedStream stream, CancellationToken cancellation)
    {
        if (await sources.Deployments.Read(stream.Id, cancellation).ConfigureAwait(false) is not { } head)
        {
            return null;
        }

        var actor = stream.LastSequence == head.Sequence && stream.LastActor is { } known
            ? known
            : (await sources.Deployments.ReadEvents(stream.Id, head.Sequence, 1, cancellation).ConfigureAwait(false)) is [var last]
                ? last.Actor
                : throw new InvalidDataException($"Event {head.Sequence} of {stream.Id} is missing.");
        return DeploymentSummary.Of(null, head.State, head.Sequence, head.At, actor, []);
    }

    // A stream that cannot be read keeps its place in the lists and holds up no other; the verification of the log names it.
    private static async Task<(List<T> Found, int Failed)> Read<T>(List<ScannedStream> streams, Func<ScannedStream, Task<T?>> read, CancellationToken cancellation)
        where T : class
    {
        var (found, failed) = (new T?[streams.Count], 0);
        await Parallel.ForAsync(0, streams.Count, new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellation }, async (index, _) =>
        {
            try
            {
                found[index] = await read(streams[index]).ConfigureAwait(false);
            }
            catch (Exception unreadable) when (unreadable is InvalidDataException or FormatException or JsonException)
            {
                Interlocked.Increment(ref failed);
            }
        }).ConfigureAwait(false);
        return ([.. found.OfType<T>()], failed);
    }

    // One range query, left as soon as there are enough: keys and what an hour's list needs, not the data.
    private static async Task<(List<ScannedStream> Streams, string? Last)> Scan(TableClient table, int shard, string? after, CancellationToken cancellation)
    {
        var streams = new List<ScannedStream>();
        var from = after is null ? StreamRows.OutboxEnd : StreamRows.EndOf(CorrelationId.Parse(after, null));
        var rows = table.QueryAsync(
            TableClient.RowsBetween(StreamRows.Shards.ElementAt(shard), from, null), select: ["PartitionKey", "RowKey", "At", "Type", "Actor"], cancellationToken: cancellation);
        await foreach (var row in rows.ConfigureAwait(false))
        {
            var id = StreamRows.StreamOf(row.RowKey);
            if (streams.Count == 0 || streams[^1].Id != id)
            {
                if (streams.Count == StreamsAtOnce)
                {
                    return (streams, streams[^1].Id.ToString());
                }

                streams.Add(new(id));
            }

            if (StreamRows.EventOf(row) is { } @event)
            {
                streams[^1].Add(@event);
            }
        }

        return (streams, null);
    }

    private async Task Clear(CancellationToken cancellation)
    {
        var batch = new List<TableEntity>();
        await foreach (var row in sources.ViewTable.QueryAsync(select: ["PartitionKey", "RowKey"], cancellationToken: cancellation).ConfigureAwait(false))
        {
            if (row.PartitionKey.StartsWith(DeploymentViews.ResultsKind, StringComparison.Ordinal))
            {
                continue;
            }

            if (batch.Count == TableLimits.TransactionActions || (batch.Count > 0 && batch[0].PartitionKey != row.PartitionKey))
            {
                await Delete(batch, cancellation).ConfigureAwait(false);
                batch.Clear();
            }

            batch.Add(row);
        }

        if (batch.Count > 0)
        {
            await Delete(batch, cancellation).ConfigureAwait(false);
        }
    }

    // What somebody has written since it was read is of today and stays.
    private async Task Delete(List<TableEntity> rows, CancellationToken cancellation)
    {
        var write = await sources.ViewTable.SubmitTransactionAsync(
            [.. rows.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, row.ETag))], cancellation).ConfigureAwait(false);
        if (write is TableWrite.Lost)
        {
            foreach (var row in rows)
            {
                await sources.ViewTable.DeleteEntityAsync(row.PartitionKey, row.RowKey, row.ETag, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A stream as a scan of its rows' keys shows it.</summary>
    private sealed class ScannedStream(CorrelationId id)
    {
        private readonly List<ListedEvent> _events = [];

        internal CorrelationId Id => id;

        internal IReadOnlyList<ListedEvent> Events => _events;

        internal long LastSequence { get; private set; }

        internal Actor? LastActor { get; private set; }

        internal void Add((long Sequence, string Type, DateTimeOffset At, Actor Actor) happened)
        {
            _events.Add(new(id, happened.Sequence, happened.Type, happened.At));
            (LastSequence, LastActor) = (happened.Sequence, happened.Actor);
        }
    }
}
