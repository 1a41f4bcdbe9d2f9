using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Governance.Core.Events;

/// <summary>Name-based UUIDs (RFC 9562, section 5.5, version 5): the same name gives the same id on every machine and at every repeat.</summary>
public static class Uuid5
{
    /// <summary>The namespace of every id that Governance derives: version 5 of <c>urn:governance:ids</c> in the RFC's URL namespace. Never changes.</summary>
    public static readonly Guid Governance = Guid.ParseExact("4b34eec8-884f-5647-9e73-8ad09ef7732d", "D");

    /// <summary>The id of these bytes in a namespace.</summary>
    /// <param name="space">Whose names they are.</param>
    /// <param name="name">The name; for names with parts, their canonical JSON.</param>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 9562 names SHA-1; the id tells names apart and proves nothing.")]
    public static Guid Of(Guid space, ReadOnlySpan<byte> name)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        var input = new byte[16 + name.Length];
        space.TryWriteBytes(input, bigEndian: true, out _);
        name.CopyTo(input.AsSpan(16));
        SHA1.HashData(input, hash);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>The id of a text, as its UTF-8 bytes.</summary>
    public static Guid Of(Guid space, string name) => Of(space, Encoding.UTF8.GetBytes(name));

    /// <summary>The id of a JSON value in <see cref="Governance"/>, over its RFC 8785 form: white space and the order of members make no difference.</summary>
    /// <param name="utf8">UTF-8 JSON.</param>
    /// <exception cref="JsonException">Not JSON.</exception>
    public static Guid OfJson(ReadOnlyMemory<byte> utf8) => Of(Governance, CanonicalJson.Canonicalize(utf8));
}
