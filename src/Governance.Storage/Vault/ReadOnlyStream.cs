using System.Runtime.InteropServices;

namespace Governance.Storage.Vault;

/// <summary>Bytes in memory as a stream that can be read again, as retries need it; no copy is made.</summary>
internal sealed class ReadOnlyStream : MemoryStream
{
    public ReadOnlyStream(ReadOnlyMemory<byte> bytes)
        : this(MemoryMarshal.TryGetArray(bytes, out var segment) ? segment : bytes.ToArray())
    {
    }

    private ReadOnlyStream(ArraySegment<byte> segment)
        : base(segment.Array ?? [], segment.Offset, segment.Count, writable: false)
    {
    }
}
