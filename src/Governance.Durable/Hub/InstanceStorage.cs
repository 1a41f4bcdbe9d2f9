using Google.Protobuf;
using Governance.Durable.Hub.Rows;
using Governance.Durable.Protocol;

namespace Governance.Durable.Hub;

/// <summary>An instance as it was read.</summary>
/// <param name="Inputs">Inputs of its open activities, by id.</param>
internal sealed record LoadedInstance(InstanceSnapshot Snapshot, IReadOnlyDictionary<int, string?> Inputs);

/// <summary>Reads and writes instances: one row each, with older history in rows of their own and what no row can hold in blobs.</summary>
/// <param name="newId">Makes an id that was never used, for the names of blobs.</param>
internal sealed class InstanceStorage(ITaskHubStore store, StorePatience patience, Func<string> newId)
{
    // A turn rewrites the recent history, so it is kept short; an older part is written once more and then rests.
    private const int SegmentBytes = 16 * 1024;

    /// <summary>The rows that store an instance as it is after a turn.</summary>
    /// <returns>One or two writes, and the snapshot with its place in storage noted.</returns>
    public async Task<(InstanceSnapshot Stored, List<TaskHubWrite> Rows)> Write(InstanceSnapshot after, CancellationToken cancellation)
    {
        var rows = new List<TaskHubWrite>();
        var recent = after.Recent();
        var recentBytes = recent.CalculateSize();
        if (recentBytes > SegmentBytes)
        {
            var segment = await Body(after.InstanceId, recent, cancellation).ConfigureAwait(false);
            rows.Add(new TaskHubWrite.Put(HubKeys.SegmentRow(after.InstanceId, after.ExecutionId, after.Segments), default, segment.Bytes));
            after = after with
            {
                Segments = after.Segments + 1,
                RecentFrom = after.Past.Length,
                RecentInputs = [],
                HasBlobs = after.HasBlobs || segment.InBlob,
                SegmentBytes = after.SegmentBytes + recentBytes,
            };
        }

        var hint = after.HasEnded ? [] : after.ToHint().ToByteArray();
        var body = await Body(after.InstanceId, after.ToRow(), cancellation, hint.Length).ConfigureAwait(false);
        rows.Add(new TaskHubWrite.Put(
            after.HasEnded ? HubKeys.DoneRow(after.InstanceId) : HubKeys.RunningRow(after.InstanceId), hint, body.Bytes));
        return (after with { HasBlobs = after.HasBlobs || body.InBlob, Bytes = after.SegmentBytes + body.Size }, rows);
    }

    /// <summary>A row's body; it goes to a blob first where it is too long for a row.</summary>
    /// <param name="hint">Bytes of the row's hint.</param>
    /// <returns>What stands in the row, and the size of the content wherever it is.</returns>
    public async Task<(ReadOnlyMemory<byte> Bytes, bool InBlob, int Size)> Body(
        string instanceId, IMessage content, CancellationToken cancellation, int hint = 0)
    {
        const int Frame = 64;
        var inline = content.ToByteString();
        if (inline.Length + hint <= TaskHubLimits.BodyBytes - Frame)
        {
            return (new StoredBody { Inline = inline }.ToByteArray(), false, inline.Length);
        }

        var name = $"{HubKeys.Name(instanceId)}/{newId()}";
        await patience.Ask(token => store.WriteBlobAsync(name, inline.Memory, token), cancellation).ConfigureAwait(false);
        return (new StoredBody { Blob = name }.ToByteArray(), true, inline.Length);
    }

    /// <summary>Reads a body back.</summary>
    /// <exception cref="InvalidOperationException">The row names a blob that is gone.</exception>
    public async Task<T> Read<T>(MessageParser<T> parser, TaskHubRow row, CancellationToken cancellation)
        where T : IMessage<T>
    {
        var body = StoredBody.Parser.ParseFrom(row.Body.Span);
        if (body.PlaceCase is not StoredBody.PlaceOneofCase.Blob)
        {
            return parser.ParseFrom(body.Inline);
        }

        var content = await patience.Ask(token => store.ReadBlobAsync(body.Blob, token), cancellation).ConfigureAwait(false);
        return content is { } bytes
            ? parser.ParseFrom(bytes.Span)
            : throw new InvalidOperationException($"Row '{row.Key}' names blob '{body.Blob}', which is gone.");
    }

    /// <summary>Reads an instance with its whole history.</summary>
    /// <returns>Null when the row is not there.</returns>
    public async Task<LoadedInstance?> Load(int shard, string key, CancellationToken cancellation)
    {
        if (await Find(shard, key, cancellation).ConfigureAwait(false) is not { } row)
        {
            return null;
        }

        var parts = new List<HistoryPart>();
        for (var number = 0; number < row.Segments; number++)
        {
            parts.Add(await Segment(shard, row.State, number, cancellation).ConfigureAwait(false));
        }

        var open = row.OpenActivities.ToHashSet();
        var inputs = parts.Append(row.Recent ?? new()).SelectMany(part => part.Inputs).Where(input => open.Contains(input.Id));
        var stored = parts.Sum(part => (long)part.CalculateSize());
        var snapshot = InstanceSnapshot.From(row, parts) with { SegmentBytes = stored, Bytes = stored + row.CalculateSize() };
        return new(snapshot, inputs.ToDictionary(input => input.Id, string? (input) => input.Input));
    }

    /// <summary>Reads an instance's row without its older history.</summary>
    /// <returns>Null when it is not there.</returns>
    public async Task<InstanceRow?> Find(int shard, string key, CancellationToken cancellation)
    {
        var row = await patience.Ask(token => store.FindAsync(shard, key, token), cancellation).ConfigureAwait(false);
        return row is null ? null : await Read(InstanceRow.Parser, row, cancellation).ConfigureAwait(false);
    }

    /// <summary>The input that an instance was started with, wherever it is stored.</summary>
    public async Task<string?> Input(int shard, InstanceRow row, CancellationToken cancellation)
    {
        IEnumerable<HistoryEvent> first = row.Opening.Count > 0 ? row.Opening
            : row.Segments == 0 ? row.Recent?.Events ?? []
            : (await Segment(shard, row.State, 0, cancellation).ConfigureAwait(false)).Events;
        return first.FirstOrDefault(e => e.ExecutionStarted is not null)?.ExecutionStarted.Input;
    }

    private async Task<HistoryPart> Segment(int shard, OrchestrationState state, int number, CancellationToken cancellation)
    {
        var key = HubKeys.SegmentRow(state.InstanceId, state.ExecutionId, number);
        var row = await patience.Ask(token => store.FindAsync(shard, key, token), cancellation).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"History row '{key}' of shard {shard} is gone.");
        return await Read(HistoryPart.Parser, row, cancellation).ConfigureAwait(false);
    }
}
