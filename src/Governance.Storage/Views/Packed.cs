using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Governance.Storage.Streams;
using Governance.Storage.Tables;

namespace Governance.Storage.Views;

/// <summary>Views say the same names a hundred times: compressed they are a fraction, which keeps rows far below their limit and saves transport.</summary>
internal static class Packed
{
    /// <summary>Puts a value into a row.</summary>
    /// <returns>How many bytes its JSON has.</returns>
    internal static int Write<T>(TableEntity row, T value, JsonTypeInfo<T> json)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, json);
        using var packed = new MemoryStream((bytes.Length / 4) + 64);
        using (var zip = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(bytes);
        }

        BinaryChunks.Write(row, packed.ToArray());
        return bytes.Length;
    }

    /// <summary>Takes a value out of a row.</summary>
    /// <exception cref="InvalidDataException">The row holds none.</exception>
    internal static (T Value, int Bytes) Read<T>(TableEntity row, JsonTypeInfo<T> json)
    {
        var packed = BinaryChunks.Read(row);
        using var bytes = new MemoryStream(packed.Length * 6);
        using (var zip = new DeflateStream(new MemoryStream(packed), CompressionMode.Decompress))
        {
            zip.CopyTo(bytes);
        }

        return (JsonSerializer.Deserialize(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), json)!, (int)bytes.Length);
    }
}
