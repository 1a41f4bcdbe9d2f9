using System.Buffers;
using System.Security.Cryptography;
using Governance.Core;

namespace Governance.Storage.Vault;

/// <summary>What a stream really held.</summary>
/// <param name="Digest">SHA-256 of everything that was read.</param>
/// <param name="Length">Bytes read; one more than the limit where it was passed, and then the digest is of no use.</param>
public sealed record Measured(Digest Digest, long Length)
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Reads a stream to its end and hands every byte on.</summary>
    public static Task<Measured> Of(Stream from, Stream copyTo, CancellationToken cancellation) => Of(from, copyTo, long.MaxValue, cancellation);

    /// <summary>Reads a stream to its end, or until it passes the limit, and hands every byte on.</summary>
    public static async Task<Measured> Of(Stream from, Stream copyTo, long limit, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var length = 0L;
            while (await from.ReadAsync(buffer, cancellation).ConfigureAwait(false) is > 0 and var read)
            {
                length += read;
                if (length > limit)
                {
                    return new(default, limit + 1);
                }

                hash.AppendData(buffer, 0, read);
                await copyTo.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            }

            return new(Digest.FromHash(hash.GetHashAndReset()), length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
