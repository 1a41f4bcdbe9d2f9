using Governance.Core.Events;
using Governance.Storage.Hosting;

namespace Governance.LoadTests.Fuzzing;

/// <summary>What lies in storage: every stream, every event that a person or application caused, every pack.</summary>
internal sealed record StoredState(HashSet<string> Streams, HashSet<string> Events, HashSet<string> Packs)
{
    private const string PacksFolder = "packs/";
    private const int Tries = 5;

    /// <summary>Reads it past the app. The emulator lists slowly what is much, so a machine that is busy gets some tries.</summary>
    internal static async Task<StoredState> Read(StorageLayout storage)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await ReadOnce(storage);
            }
            catch (Exception silent) when (tries < Tries && silent is AggregateException or Azure.RequestFailedException { Status: 0 or >= 500 })
            {
                await Task.Delay(TimeSpan.FromSeconds(5));
            }
        }
    }

    /// <summary>What is there since that no accepted request accounts for.</summary>
    /// <param name="before">How it was.</param>
    /// <param name="accepted">The ids in requests that were not refused, and in their answers.</param>
    internal IEnumerable<string> Unexplained(StoredState before, IReadOnlySet<string> accepted) =>
    [
        .. Streams.Except(before.Streams).Where(id => !accepted.Contains(id)).Select(id => $"stream {id} came into being though no request for it was accepted"),
        .. Events.Except(before.Events).Where(key => !accepted.Contains(key[..36])).Select(key => $"event {key} was written though no request for it was accepted"),
        .. Packs.Except(before.Packs).Where(id => !accepted.Contains(id)).Select(id => $"pack {id} was stored though no request for it was accepted"),
    ];

    private static async Task<StoredState> ReadOnce(StorageLayout storage)
    {
        var (streams, events, packs) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var table in new[] { storage.Deployments, storage.Exceptions })
        {
            await foreach (var row in table.QueryAsync(select: ["PartitionKey", "RowKey", "Actor"]))
            {
                if (row.RowKey.EndsWith("~head", StringComparison.Ordinal))
                {
                    streams.Add(row.RowKey[..36]);
                }
                else if (row.RowKey.Contains("~event-", StringComparison.Ordinal) && row.GetString("Actor") != Actor.System.ToString())
                {
                    events.Add(row.RowKey);
                }
            }
        }

        await foreach (var blob in storage.Evidence.GetBlobsAsync(Azure.Storage.Blobs.Models.BlobTraits.None, Azure.Storage.Blobs.Models.BlobStates.None, PacksFolder, CancellationToken.None))
        {
            packs.Add(blob.Name[PacksFolder.Length..][..36]);
        }

        return new(streams, events, packs);
    }
}
