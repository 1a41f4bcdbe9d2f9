using System.Text;
using System.Text.Json;
using Azure;
using Governance.Core;
using Governance.Core.Rollout;
using Governance.Storage.Tables;

namespace Governance.Storage.Streams;

/// <summary>Who owns a ring of an app: one row <c>{app}~owner</c> for each app and plane, found by key. An installation serves one tenant, which is therefore no part of the key.</summary>
/// <param name="table">The table of owners.</param>
public sealed class RingOwners(TableClient table)
{
    private const int Tries = 10;

    /// <summary>One point read.</summary>
    public async Task<RingOwnership> Read(string plane, string appName, CancellationToken cancellation)
    {
        var (partition, key) = Keys(plane, appName);
        return Read(await table.GetEntityIfExistsAsync(partition, key, cancellationToken: cancellation).ConfigureAwait(false));
    }

    /// <summary>Reads, changes and writes under the row's ETag; again where somebody else wrote first.</summary>
    /// <param name="plane">The plane's name.</param>
    /// <param name="appName">The app's name.</param>
    /// <param name="change">May look at what it is given and at streams; called again after a lost race. Null to leave it.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>What stands now, and whether this call changed it.</returns>
    /// <exception cref="RequestFailedException">It changed ten times under our hands, or storage did not answer.</exception>
    public async Task<(RingOwnership Now, bool Changed)> Change(
        string plane, string appName, Func<RingOwnership, Task<RingOwnership?>> change, CancellationToken cancellation)
    {
        var (partition, key) = Keys(plane, appName);
        for (var tries = 0; tries < Tries; tries++)
        {
            var row = await table.GetEntityIfExistsAsync(partition, key, cancellationToken: cancellation).ConfigureAwait(false);
            var known = Read(row);
            if (await change(known).ConfigureAwait(false) is not { } changed || changed == known)
            {
                return (known, false);
            }

            var next = new TableEntity(partition, key) { { "App", appName.Length <= 200 ? appName : appName[..200] }, { "Plane", plane } };
            BinaryChunks.Write(next, JsonSerializer.SerializeToUtf8Bytes(changed, RingOwnershipJson.Default.RingOwnership));
            var write = row is null
                ? await table.AddEntityAsync(next, cancellation).ConfigureAwait(false)
                : await table.UpdateEntityAsync(next, row.ETag, TableUpdateMode.Replace, cancellation).ConfigureAwait(false);
            if (write is TableWrite.Committed)
            {
                return (changed, true);
            }
        }

        throw new RequestFailedException($"The owners of {appName} changed {Tries} times under our hands.");
    }

    private static RingOwnership Read(TableEntity? row) =>
        row is null ? RingOwnership.None : JsonSerializer.Deserialize(BinaryChunks.Read(row), RingOwnershipJson.Default.RingOwnership)!;

    private static (string Partition, string Key) Keys(string plane, string appName)
    {
        var digest = Digest.Of(Encoding.UTF8.GetBytes($"{plane}\n{appName}")).ToString();
        return ($"owner-{digest[..2]}", $"{digest}~owner");
    }
}
