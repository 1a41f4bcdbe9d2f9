using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Governance.Core.Evidence.Json;

/// <summary>
/// A digest of what a JSON value says: equal for deep-equal values whatever their layout, property order and spelling of strings and numbers.
/// </summary>
internal static class StructuralDigest
{
    /// <summary>The digest of one value that was read before, so is known to be well-formed.</summary>
    public static UInt128 Of(ReadOnlySequence<byte> value)
    {
        var reader = new Utf8JsonReader(value, isFinalBlock: true, new JsonReaderState(new JsonReaderOptions { MaxDepth = EvidenceLimits.JsonDepth }));
        reader.Read();
        return Of(ref reader);
    }

    // Depth is bounded by the reader.
    private static UInt128 Of(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                UInt128 sum = 1;
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var name = Hash('n', reader.GetString()!);
                    reader.Read();
                    sum += Pair(name, Of(ref reader)); // a sum forgets the order
                }

                return Pair('o', sum);
            case JsonTokenType.StartArray:
                UInt128 chain = 1;
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    chain = Pair(chain, Of(ref reader));
                }

                return Pair('a', chain);
            case JsonTokenType.String:
                return Hash('s', reader.GetString()!);
            case JsonTokenType.Number:
                return Pair('d', BitConverter.DoubleToUInt64Bits(reader.GetDouble()));
            default:
                return Pair('l', (byte)reader.TokenType);
        }
    }

    private static UInt128 Hash(char kind, string text) => Of256(Encoding.UTF8.GetBytes(kind + text));

    private static UInt128 Pair(UInt128 left, UInt128 right)
    {
        Span<byte> both = stackalloc byte[32];
        BinaryPrimitives.WriteUInt128LittleEndian(both, left);
        BinaryPrimitives.WriteUInt128LittleEndian(both[16..], right);
        return Of256(both);
    }

    private static UInt128 Of256(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
