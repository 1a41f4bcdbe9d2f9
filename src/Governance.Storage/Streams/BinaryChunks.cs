using System.Globalization;
using Governance.Storage.Tables;

namespace Governance.Storage.Streams;

/// <summary>A payload in the binary properties <c>D0</c>, <c>D1</c>… of a row, 64 KiB each: at most 15, so that the row stays below 1 MiB.</summary>
internal static class BinaryChunks
{
    /// <summary>The longest payload, bytes.</summary>
    internal const int Limit = 15 * TableLimits.BinaryBytes;

    /// <exception cref="InvalidOperationException">Over <see cref="Limit"/>: a bound further up is missing.</exception>
    internal static void Write(TableEntity row, byte[] payload)
    {
        if (payload.Length > Limit)
        {
            throw new InvalidOperationException($"Row {row.PartitionKey}/{row.RowKey} would hold {payload.Length} bytes; {Limit} is the limit.");
        }

        if (payload.Length <= TableLimits.BinaryBytes)
        {
            row.Add("D0", payload);
            return;
        }

        for (var (offset, chunk) = (0, 0); offset < payload.Length; offset += TableLimits.BinaryBytes, chunk++)
        {
            row.Add(Name(chunk), payload.AsSpan(offset, Math.Min(TableLimits.BinaryBytes, payload.Length - offset)).ToArray());
        }
    }

    /// <exception cref="InvalidDataException">The row holds no payload.</exception>
    internal static byte[] Read(TableEntity row)
    {
        var first = row.GetBinary("D0") ?? throw new InvalidDataException($"Row {row.PartitionKey}/{row.RowKey} has no payload.");
        if (row.GetBinary("D1") is null)
        {
            return first;
        }

        using var all = new MemoryStream();
        for (var chunk = 0; row.GetBinary(Name(chunk)) is { } bytes; chunk++)
        {
            all.Write(bytes);
        }

        return all.ToArray();
    }

    private static string Name(int chunk) => "D" + chunk.ToString(CultureInfo.InvariantCulture);
}
