using System.Buffers;
using System.Text.Json;
using Governance.Core.Events;

namespace Governance.Core.Evidence;

/// <summary>One file of an evidence pack.</summary>
/// <param name="Kind">What it is, for example <c>evidence</c>, <c>sbom</c>, <c>scan</c>.</param>
/// <param name="Sha256">Digest of its bytes.</param>
/// <param name="SizeBytes">Its length, 0 or more, below 2^53.</param>
public sealed record PackFile(string Kind, Digest Sha256, long SizeBytes);

/// <summary>The identity of a pack's content.</summary>
public static class PackDigest
{
    /// <summary>
    /// <c>SHA-256(JCS{app_name, version, files: [{kind, sha256, size_bytes}] sorted})</c>; files sort by kind, then digest, both ordinally,
    /// so that the order in which they were handed in does not count.
    /// </summary>
    public static Digest Of(string appName, string version, IEnumerable<PackFile> files)
    {
        var to = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(to))
        {
            json.WriteStartObject();
            json.WriteString("app_name"u8, appName);
            json.WriteString("version"u8, version);
            json.WriteStartArray("files"u8);
            foreach (var file in files.OrderBy(file => file.Kind, StringComparer.Ordinal).ThenBy(file => file.Sha256.ToString(), StringComparer.Ordinal))
            {
                json.WriteStartObject();
                json.WriteString("kind"u8, file.Kind);
                json.WriteString("sha256"u8, file.Sha256.ToString());
                json.WriteNumber("size_bytes"u8, file.SizeBytes);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return CanonicalJson.DigestOf(to.WrittenMemory);
    }
}
