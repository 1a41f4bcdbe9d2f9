using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Governance.Storage.Streams;
using Governance.Storage.Tables;

namespace Governance.Storage.Views;

/// <summary>Views say the same names a hundred times: compressed they are a fraction, which keeps rows far below their limit and saves transport.</summary>
internal static class Packed
{
    // Pages are packed and unpacked all the time, and larger than what the collector takes away cheaply.
    private const int UsualBytes = 64 * 1024;

    /// <summary>Puts a value into a row.</summary>
    /// <returns>How many bytes its JSON has.</returns>
    internal static int Write<T>(TableEntity row, T value, JsonTypeInfo<T> json)
    {
        var bytes = new PooledBuffer(UsualBytes);
        try
        {
            using (var writer = new Utf8JsonWriter(bytes))
            {
                JsonSerializer.Serialize(writer, value, json);
            }

            using var packed = new MemoryStream((bytes.Length / 4) + 64);
            using (var zip = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                zip.Write(bytes.Written.Span);
            }

            BinaryChunks.Write(row, packed.ToArray());
            return bytes.Length;
        }
        finally
        {
            bytes.GiveBack();
        }
    }

    /// <summary>Takes a value out of a row.</summary>
    /// <exception cref="InvalidDataException">The row holds none.</exception>
    internal static (T Value, int Bytes) Read<T>(TableEntity row, JsonTypeInfo<T> json)
    {
        var bytes = new PooledBuffer(UsualBytes);
        try
        {
            using var zip = new DeflateStream(new MemoryStream(BinaryChunks.Read(row), writable: false), CompressionMode.Decompress);
            for (int read; (read = zip.Read(bytes.GetSpan())) > 0;)
            {
                bytes.Advance(read);
            }

            return (JsonSerializer.Deserialize(bytes.Written.Span, json)!, bytes.Length);
        }
        finally
        {
            bytes.GiveBack();
        }
    }
}
