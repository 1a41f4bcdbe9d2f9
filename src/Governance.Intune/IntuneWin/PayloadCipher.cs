using System.Buffers;
using System.Security.Cryptography;

namespace Governance.Intune.IntuneWin;

/// <summary>The payload's encryption: HMAC-SHA256 over IV and AES-256-CBC ciphertext, the MAC in front.</summary>
internal static class PayloadCipher
{
    private const int BufferBytes = 128 * 1024;

    public static async Task<IntuneWinDefect?> CheckMac(Func<Stream> open, IntuneWinManifest manifest, CancellationToken cancellation)
    {
        var payload = open();
        await using var _ = payload.ConfigureAwait(false);
        var header = new byte[IntuneWinManifest.HeaderBytes];
        var read = await payload.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        if (read < header.Length)
        {
            return new(IntuneWinCheck.PayloadLength, $"The payload ends after {read} bytes.");
        }

        var keys = manifest.Keys;
        if (!CryptographicOperations.FixedTimeEquals(header.AsSpan(0, ContentKeys.MacBytes), keys.Mac))
        {
            return new(IntuneWinCheck.MacField, "The payload begins with another MAC than Detection.xml states.");
        }

        if (!CryptographicOperations.FixedTimeEquals(header.AsSpan(ContentKeys.MacBytes), keys.InitializationVector))
        {
            return new(IntuneWinCheck.InitializationVector, "The payload holds another initialization vector than Detection.xml states.");
        }

        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, keys.MacKey);
        hmac.AppendData(keys.InitializationVector);
        var rest = await Pump(payload, hmac, cancellation).ConfigureAwait(false);
        return rest + header.Length != manifest.EncryptedBytes
            ? new(IntuneWinCheck.PayloadLength, $"The payload has {rest + header.Length} bytes, {manifest.EncryptedBytes} are stated.")
            : CryptographicOperations.FixedTimeEquals(hmac.GetHashAndReset(), keys.Mac)
                ? null
                : new(IntuneWinCheck.Mac, "The payload was altered, or the MAC key is wrong: its MAC does not match.");
    }

    public static async Task<IntuneWinDefect?> Decrypt(Func<Stream> open, IntuneWinManifest manifest, Stream plain, CancellationToken cancellation)
    {
        var payload = open();
        await using var _ = payload.ConfigureAwait(false);
        await payload.ReadExactlyAsync(new byte[IntuneWinManifest.HeaderBytes], cancellation).ConfigureAwait(false);
        using var aes = Aes.Create();
        using var decryptor = aes.CreateDecryptor(manifest.Keys.EncryptionKey, manifest.Keys.InitializationVector);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long length;
        try
        {
            // Not disposed: after wrong padding its disposal flushes into the ZIP entry, which can't be written, and hides what was wrong.
            var clear = new CryptoStream(payload, decryptor, CryptoStreamMode.Read, leaveOpen: true);
            length = await Pump(clear, digest, cancellation, plain).ConfigureAwait(false);
        }
        catch (CryptographicException)
        {
            return new(IntuneWinCheck.Padding, "The payload does not decrypt with the stated key.");
        }

        return length != manifest.PlainBytes
            ? new(IntuneWinCheck.PlainLength, $"The content has {length} bytes, {manifest.PlainBytes} are stated.")
            : CryptographicOperations.FixedTimeEquals(digest.GetHashAndReset(), manifest.Keys.FileDigest)
                ? null
                : new(IntuneWinCheck.FileDigest, "The content's SHA-256 is not the stated one.");
    }

    /// <summary>Encrypts a seekable plain stream; the target must be seekable and empty.</summary>
    public static async Task<ContentKeys> Encrypt(Stream plain, Stream target, RandomSource random, CancellationToken cancellation)
    {
        var (key, macKey, iv) = (new byte[ContentKeys.KeyBytes], new byte[ContentKeys.KeyBytes], new byte[ContentKeys.IvBytes]);
        random(key);
        random(macKey);
        random(iv);
        plain.Position = 0;
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await Pump(plain, digest, cancellation).ConfigureAwait(false);

        await target.WriteAsync(new byte[ContentKeys.MacBytes], cancellation).ConfigureAwait(false);
        await target.WriteAsync(iv, cancellation).ConfigureAwait(false);
        plain.Position = 0;
        using var aes = Aes.Create();
        using var encryptor = aes.CreateEncryptor(key, iv);
        var cipher = new CryptoStream(target, encryptor, CryptoStreamMode.Write, leaveOpen: true);
        await using (cipher.ConfigureAwait(false))
        {
            await plain.CopyToAsync(cipher, BufferBytes, cancellation).ConfigureAwait(false);
        }

        target.Position = ContentKeys.MacBytes;
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, macKey);
        await Pump(target, hmac, cancellation).ConfigureAwait(false);
        var mac = hmac.GetHashAndReset();
        target.Position = 0;
        await target.WriteAsync(mac, cancellation).ConfigureAwait(false);
        return new() { EncryptionKey = key, MacKey = macKey, InitializationVector = iv, Mac = mac, FileDigest = digest.GetHashAndReset() };
    }

    private static async Task<long> Pump(Stream from, IncrementalHash hash, CancellationToken cancellation, Stream? to = null)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long total = 0;
            for (int read; (read = await from.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0; total += read)
            {
                hash.AppendData(buffer.AsSpan(0, read));
                if (to is not null)
                {
                    await to.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
                }
            }

            return total;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }
}
