using System.Security.Cryptography;
using System.Text.Json;

namespace Governance.Local.Intune;

/// <summary>
/// Checks uploaded content as Intune must: by decrypting it. Written apart from the connector's own cipher, so that a mistake there shows here.
/// </summary>
internal static class CommitCheck
{
    /// <param name="blob">What was uploaded.</param>
    /// <param name="size">Stated plain length.</param>
    /// <param name="sizeEncrypted">Stated encrypted length.</param>
    /// <param name="info">fileEncryptionInfo of the commit.</param>
    /// <returns>Whether the content is what the commit says.</returns>
    public static bool Holds(SimulatedBlob? blob, long size, long sizeEncrypted, JsonElement info)
    {
        if (blob?.Content() is not { } blocks || Keys.Of(info) is not { } keys)
        {
            return false;
        }

        var payload = new byte[blocks.Sum(block => (long)block.Length)];
        var at = 0;
        foreach (var block in blocks)
        {
            block.CopyTo(payload, at);
            at += block.Length;
        }

        if (payload.Length != sizeEncrypted || payload.Length < 64 || (payload.Length - 48) % 16 != 0)
        {
            return false;
        }

        var mac = HMACSHA256.HashData(keys.MacKey, payload.AsSpan(32));
        if (!mac.AsSpan().SequenceEqual(keys.Mac) || !payload.AsSpan(0, 32).SequenceEqual(keys.Mac) || !payload.AsSpan(32, 16).SequenceEqual(keys.Iv))
        {
            return false;
        }

        using var aes = Aes.Create();
        aes.Key = keys.Key;
        try
        {
            var plain = aes.DecryptCbc(payload.AsSpan(48), keys.Iv);
            return plain.Length == size && SHA256.HashData(plain).AsSpan().SequenceEqual(keys.Digest);
        }
        catch (CryptographicException)
        {
            // Wrong padding: the key is not the one the content was encrypted with.
            return false;
        }
    }

    private sealed record Keys(byte[] Key, byte[] MacKey, byte[] Iv, byte[] Mac, byte[] Digest)
    {
        public static Keys? Of(JsonElement info)
        {
            var key = Bytes(info, "encryptionKey", 32);
            var macKey = Bytes(info, "macKey", 32);
            var iv = Bytes(info, "initializationVector", 16);
            var mac = Bytes(info, "mac", 32);
            var digest = Bytes(info, "fileDigest", 32);
            return key is null || macKey is null || iv is null || mac is null || digest is null
                || Text(info, "profileIdentifier") != "ProfileVersion1" || Text(info, "fileDigestAlgorithm") != "SHA256"
                ? null
                : new(key, macKey, iv, mac, digest);
        }

        private static string? Text(JsonElement info, string name) =>
            info.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        private static byte[]? Bytes(JsonElement info, string name, int length) =>
            info.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                && value.TryGetBytesFromBase64(out var bytes) && bytes.Length == length ? bytes : null;
    }
}
