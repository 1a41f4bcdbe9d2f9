using System.Text;
using Azure;
using Governance.Core;
using Governance.Core.Evidence;
using Governance.Storage.Tables;

namespace Governance.Storage.Views;

/// <summary>
/// Which intents wait for which pack, so that a pack that arrives finds them by key. An intent is noted before it looks for its pack, and a pack
/// looks here after it is stored: whoever comes second sees the other, in either order of arrival.
/// </summary>
public sealed class WaitingIntents(TableClient table)
{
    // More intents than this waiting for one pack are looked for by their own orchestrations when they are woken.
    private const int Limit = 400;
    private const string Ids = "Ids";
    private const int Tries = 8;

    /// <summary>Notes that an intent waits. One read and one write; none where it is noted already.</summary>
    public Task Note(EvidencePackId pack, CorrelationId intent, CancellationToken cancellation) =>
        Update(pack, ids => ids.Contains(intent) || ids.Count >= Limit ? null : [.. ids, intent], cancellation);

    /// <summary>Takes an intent off, once it is linked or has ended.</summary>
    public Task Remove(EvidencePackId pack, CorrelationId intent, CancellationToken cancellation) =>
        Update(pack, ids => ids.Contains(intent) ? [.. ids.Where(id => id != intent)] : null, cancellation);

    /// <summary>The intents that wait for a pack. One point read.</summary>
    public async Task<IReadOnlyList<CorrelationId>> For(EvidencePackId pack, CancellationToken cancellation) =>
        Read(await table.GetEntityIfExistsAsync(Shard(pack), pack.ToString(), cancellationToken: cancellation).ConfigureAwait(false));

    private async Task Update(EvidencePackId pack, Func<IReadOnlyList<CorrelationId>, IReadOnlyList<CorrelationId>?> change, CancellationToken cancellation)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            var row = await table.GetEntityIfExistsAsync(Shard(pack), pack.ToString(), cancellationToken: cancellation).ConfigureAwait(false);
            if (change(Read(row)) is not { } changed)
            {
                return;
            }

            var next = new TableEntity(Shard(pack), pack.ToString()) { { Ids, string.Join(' ', changed) } };
            var write = (row, changed.Count) switch
            {
                (null, _) => await table.AddEntityAsync(next, cancellation).ConfigureAwait(false),
                ({ } known, 0) => await table.DeleteEntityAsync(next.PartitionKey, next.RowKey, known.ETag, cancellation).ConfigureAwait(false),
                ({ } known, _) => await table.UpdateEntityAsync(next, known.ETag, TableUpdateMode.Replace, cancellation).ConfigureAwait(false),
            };
            if (write is TableWrite.Committed)
            {
                return;
            }
        }

        throw new RequestFailedException($"The intents waiting for pack {pack} changed {Tries} times under our hands.");
    }

    private static List<CorrelationId> Read(TableEntity? row) =>
        [.. (row?.GetString(Ids) ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => CorrelationId.Parse(id))];

    private static string Shard(EvidencePackId pack) => "w" + Digest.Of(Encoding.ASCII.GetBytes(pack.ToString())).ToString()[..2];
}
