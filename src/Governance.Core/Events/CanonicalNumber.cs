using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Governance.Core.Events;

/// <summary>A number as ECMAScript's Number::toString writes it, RFC 8785 section 3.2.2.3.</summary>
internal static class CanonicalNumber
{
    private const long ExactIntegers = 1L << 53;

    /// <exception cref="JsonException">The number is beyond a double.</exception>
    public static void Write(IBufferWriter<byte> to, JsonElement number)
    {
        if (number.TryGetInt64(out var whole) && whole is > -ExactIntegers and < ExactIntegers)
        {
            var span = to.GetSpan(20);
            whole.TryFormat(span, out var written, provider: CultureInfo.InvariantCulture);
            to.Advance(written);
            return;
        }

        if (!number.TryGetDouble(out var value) || !double.IsFinite(value))
        {
            throw new JsonException("A number is beyond what a double holds.");
        }

        Write(to, value);
    }

    /// <param name="to">Takes ASCII.</param>
    /// <param name="value">Finite.</param>
    public static void Write(IBufferWriter<byte> to, double value)
    {
        if (value == 0)
        {
            to.Write("0"u8);
            return;
        }

        // "R" gives the shortest digits that read back; only their layout differs from ECMAScript's.
        Span<byte> shortest = stackalloc byte[32];
        Math.Abs(value).TryFormat(shortest, out var length, "R", CultureInfo.InvariantCulture);
        Span<byte> digits = stackalloc byte[32];
        var (count, point) = Digits(shortest[..length], digits);
        digits = digits[..count];

        var span = to.GetSpan(32);
        var at = 0;
        if (value < 0)
        {
            span[at++] = (byte)'-';
        }

        at += Lay(digits, point, span[at..]);
        to.Advance(at);
    }

    /// <summary>Takes a .NET number apart.</summary>
    /// <returns>How many significant digits there are, and how many of them stand before the decimal point (may be negative or beyond them).</returns>
    private static (int Count, int Point) Digits(ReadOnlySpan<byte> number, Span<byte> digits)
    {
        var exponent = 0;
        var e = number.IndexOf((byte)'E');
        if (e >= 0)
        {
            exponent = int.Parse(number[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            number = number[..e];
        }

        var (count, point, seenPoint) = (0, 0, false);
        foreach (var character in number)
        {
            if (character == '.')
            {
                seenPoint = true;
            }
            else if (count == 0 && character == '0')
            {
                point -= seenPoint ? 1 : 0;
            }
            else
            {
                digits[count++] = character;
                point += seenPoint ? 0 : 1;
            }
        }

        while (digits[count - 1] == '0')
        {
            count--;
        }

        return (count, point + exponent);
    }

    private static int Lay(ReadOnlySpan<byte> digits, int point, Span<byte> to)
    {
        var count = digits.Length;
        if (point is > 21 or <= -6)
        {
            var at = 0;
            to[at++] = digits[0];
            if (count > 1)
            {
                to[at++] = (byte)'.';
                digits[1..].CopyTo(to[at..]);
                at += count - 1;
            }

            to[at++] = (byte)'e';
            to[at++] = (byte)(point > 0 ? '+' : '-');
            Math.Abs(point - 1).TryFormat(to[at..], out var written, provider: CultureInfo.InvariantCulture);
            return at + written;
        }

        if (point <= 0)
        {
            "0."u8.CopyTo(to);
            to.Slice(2, -point).Fill((byte)'0');
            digits.CopyTo(to[(2 - point)..]);
            return 2 - point + count;
        }

        if (count <= point)
        {
            digits.CopyTo(to);
            to[count..point].Fill((byte)'0');
            return point;
        }

        digits[..point].CopyTo(to);
        to[point] = (byte)'.';
        digits[point..].CopyTo(to[(point + 1)..]);
        return count + 1;
    }
}
