using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Governance.Core.Evidence.Json;

/// <summary>The one door through which evidence in JSON is read.</summary>
internal static class JsonText
{
    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads one JSON document. Whatever is wrong with it ends up in the log, nothing is thrown but a cancellation.</summary>
    /// <param name="bytes">As received; a UTF-8 byte-order mark is passed over.</param>
    /// <param name="root">The path that messages start with.</param>
    /// <param name="problems">Takes what is wrong.</param>
    /// <param name="body">Reads the root value; what it leaves alone is checked and passed over.</param>
    /// <param name="nullIsAbsent">Whether null is as good as leaving a property out.</param>
    /// <returns>Whether the text was read to its end; wrong values in it may still have been noted.</returns>
    public static bool Read(
        ReadOnlySequence<byte> bytes, string root, ProblemLog problems, JsonBody body, bool nullIsAbsent, CancellationToken cancellation)
    {
        var utf8 = WithoutMark(bytes);
        if (utf8.IsEmpty)
        {
            problems.Error(root, "is empty");
            return false;
        }

        if (!IsUtf8(utf8))
        {
            problems.Error(root, "is not UTF-8");
            return false;
        }

        var trail = new JsonTrail(root);
        try
        {
            var json = new JsonCursor(utf8, trail, problems, nullIsAbsent, cancellation);
            body(ref json);
            json.Finish();
            return true;
        }
        catch (JsonException e)
        {
            problems.Error(trail.ToString(), Complaint(e));
            return false;
        }
    }

    /// <summary>Whether a text is a JSON object through and through; where it is not, what is wrong with it is noted.</summary>
    public static bool IsObject(ReadOnlySequence<byte> bytes, string root, ProblemLog problems, CancellationToken cancellation)
    {
        var isObject = false;
        return Read(bytes, root, problems, (ref json) => isObject = json.EnterObject() && WalkObject(ref json), nullIsAbsent: false, cancellation) && isObject;
    }

    /// <summary>The bytes without a UTF-8 byte-order mark.</summary>
    public static ReadOnlySequence<byte> WithoutMark(ReadOnlySequence<byte> bytes)
    {
        var reader = new SequenceReader<byte>(bytes);
        return reader.IsNext(Utf8Mark, advancePast: true) ? reader.UnreadSequence : bytes;
    }

    /// <summary>Whether an escaped JSON string names half of a surrogate pair. The escapes themselves are well-formed.</summary>
    public static bool HasLoneSurrogate(ReadOnlySpan<byte> escaped)
    {
        var highBefore = false;
        while (true)
        {
            var at = escaped.IndexOf((byte)'\\');
            if (at < 0)
            {
                return highBefore;
            }

            // Anything between two escapes parts them.
            if (at > 0 && highBefore)
            {
                return true;
            }

            var isUnicode = escaped[at + 1] == (byte)'u';
            var unit = isUnicode ? HexOf(escaped.Slice(at + 2, 4)) : 0;
            if (char.IsLowSurrogate((char)unit) != highBefore)
            {
                return true;
            }

            highBefore = char.IsHighSurrogate((char)unit);
            escaped = escaped[(at + (isUnicode ? 6 : 2))..];
        }
    }

    /// <summary>Whether the string that the reader stands on is valid UTF-8 and holds no half of a surrogate pair, so that it can be taken.</summary>
    public static bool CanDecode(ref Utf8JsonReader reader)
    {
        var raw = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
        return Utf8.IsValid(raw) && !(reader.ValueIsEscaped && HasLoneSurrogate(raw));
    }

    /// <summary>A real number as a whole one, where it is one and small enough to be exact.</summary>
    public static bool TryToWhole(double real, out long whole)
    {
        const double Exact = 1L << 53;
        var fits = Math.Abs(real) <= Exact && double.IsInteger(real);
        whole = fits ? (long)real : 0;
        return fits;
    }

    private static bool WalkObject(ref JsonCursor json)
    {
        while (json.NextProperty())
        {
            // Going on passes over the value, with all its checks.
        }

        return true;
    }

    // The path says where; of the reader's own message, what comes before its "LineNumber" tells the rest.
    private static string Complaint(JsonException e)
    {
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? e.Message : $"is not JSON, line {e.LineNumber + 1}, byte {e.BytePositionInLine}: {Shown.Text(e.Message[..end], 160)}";
    }

    private static int HexOf(ReadOnlySpan<byte> digits) => Utf8Parser.TryParse(digits, out int value, out _, 'x') ? value : 0;

    private static bool IsUtf8(ReadOnlySequence<byte> bytes)
    {
        if (bytes.IsSingleSegment)
        {
            return Utf8.IsValid(bytes.FirstSpan);
        }

        // A character may lie across segments: its bytes are carried into a small buffer.
        Span<byte> carried = stackalloc byte[4];
        var carry = 0;
        foreach (var segment in bytes)
        {
            var span = segment.Span;
            while (carry > 0 && !span.IsEmpty)
            {
                carried[carry++] = span[0];
                span = span[1..];
                if (Utf8.IsValid(carried[..carry]))
                {
                    carry = 0;
                }
                else if (carry == carried.Length)
                {
                    return false;
                }
            }

            var tail = IncompleteTail(span);
            if (!Utf8.IsValid(span[..^tail]))
            {
                return false;
            }

            if (tail > 0)
            {
                span[^tail..].CopyTo(carried);
                carry = tail;
            }
        }

        return carry == 0;
    }

    /// <summary>How many bytes at the end start a character that the next segment may complete, 0 to 3.</summary>
    private static int IncompleteTail(ReadOnlySpan<byte> span)
    {
        for (var back = 1; back <= Math.Min(3, span.Length); back++)
        {
            var b = span[^back];
            var needed = b switch { >= 0xF0 => 4, >= 0xE0 => 3, >= 0xC0 => 2, >= 0x80 => 0, _ => 1 };
            if (needed > 0)
            {
                return needed > back ? back : 0;
            }
        }

        return 0;
    }
}
