using System.Runtime.InteropServices;
using System.Text;

namespace Governance.Core.Evidence.Json;

/// <summary>
/// Gives the same string for the same short ASCII text, so that names and words which repeat ten thousand times in a file are allocated once.
/// </summary>
/// <remarks>Each slot holds one string and a newcomer takes its place: hostile input costs allocations, never time or growing memory.</remarks>
internal sealed class StringPool(int slots)
{
    private const int LongestKept = 64;
    private readonly string?[] _slots = new string?[slots];

    public string Get(ReadOnlySpan<byte> ascii)
    {
        if (ascii.Length > LongestKept)
        {
            return Encoding.UTF8.GetString(ascii);
        }

        ref var slot = ref _slots[Hash(ascii) % (uint)_slots.Length];
        if (slot is { } known && known.Length == ascii.Length && Ascii.Equals(ascii, known))
        {
            return known;
        }

        return slot = Encoding.UTF8.GetString(ascii);
    }

    private static uint Hash(ReadOnlySpan<byte> text)
    {
        ulong head = 0;
        ulong tail = 0;
        if (text.Length >= sizeof(ulong))
        {
            head = MemoryMarshal.Read<ulong>(text);
            tail = MemoryMarshal.Read<ulong>(text[^sizeof(ulong)..]);
        }
        else
        {
            foreach (var b in text)
            {
                head = (head << 8) | b;
            }
        }

        var mixed = (head ^ ((ulong)text.Length << 56)) * 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 32) ^ tail) * 0xC2B2AE3D27D4EB4F;
        return (uint)(mixed >> 32);
    }
}
