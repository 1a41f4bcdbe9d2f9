using System.Text;
using System.Text.Json.Serialization.Metadata;
using Azure;
using Governance.Core;
using Governance.Storage.Tables;

namespace Governance.Storage.Views;

/// <summary>Values found by a text of any length and characters: the key is its digest.</summary>
/// <typeparam name="T">The value.</typeparam>
internal sealed class KeyedRows<T>(TableClient table, string kind, JsonTypeInfo<T> json)
    where T : class
{
    private const int Tries = 10;

    /// <summary>One point read.</summary>
    /// <returns>Null where there is none.</returns>
    internal async Task<T?> Find(string key, CancellationToken cancellation)
    {
        var (partition, row) = Keys(key);
        return Read(await table.GetEntityIfExistsAsync(partition, row, cancellationToken: cancellation).ConfigureAwait(false));
    }

    /// <summary>Reads, changes and writes; again where somebody else wrote first.</summary>
    /// <param name="key">Which value.</param>
    /// <param name="change">Null to leave it.</param>
    /// <param name="cancellation">Ends it.</param>
    internal async Task Change(string key, Func<T?, T?> change, CancellationToken cancellation)
    {
        var (partition, rowKey) = Keys(key);
        for (var tries = 0; tries < Tries; tries++)
        {
            var row = await table.GetEntityIfExistsAsync(partition, rowKey, cancellationToken: cancellation).ConfigureAwait(false);
            if (change(Read(row)) is not { } changed)
            {
                return;
            }

            var next = new TableEntity(partition, rowKey);
            Packed.Write(next, changed, json);
            var write = row is null
                ? await table.AddEntityAsync(next, cancellation).ConfigureAwait(false)
                : await table.UpdateEntityAsync(next, row.ETag, TableUpdateMode.Replace, cancellation).ConfigureAwait(false);
            if (write is TableWrite.Committed)
            {
                return;
            }
        }

        throw new RequestFailedException($"A row of kind {kind} changed {Tries} times under our hands.");
    }

    private T? Read(TableEntity? row) => row is null ? null : Packed.Read(row, json).Value;

    private (string Partition, string Row) Keys(string key)
    {
        var digest = Digest.Of(Encoding.UTF8.GetBytes(key)).ToString();
        return ($"{kind}-{digest[..2]}", digest);
    }
}
