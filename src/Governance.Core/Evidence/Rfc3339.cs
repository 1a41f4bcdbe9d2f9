using System.Diagnostics.CodeAnalysis;

namespace Governance.Core.Evidence;

/// <summary>
/// Date and time as RFC 3339 has them: full date, <c>T</c>, time with seconds, zone. The platform's own parser takes dates without
/// time or zone and refuses leap seconds, so it is not asked.
/// </summary>
internal static class Rfc3339
{
    /// <summary>Parses; fractions beyond 100 nanoseconds are cut off, a leap second counts as the second after it.</summary>
    /// <param name="value">In UTC.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out DateTimeOffset value)
    {
        value = default;
        if (text is not { Length: >= 20 and <= 64 } || text[4] != '-' || text[7] != '-' || text[10] is not ('T' or 't') || text[13] != ':' || text[16] != ':')
        {
            return false;
        }

        if (!TwoOrFour(text.AsSpan(0, 4), out var year) || !TwoOrFour(text.AsSpan(5, 2), out var month) || !TwoOrFour(text.AsSpan(8, 2), out var day)
            || !TwoOrFour(text.AsSpan(11, 2), out var hour) || !TwoOrFour(text.AsSpan(14, 2), out var minute) || !TwoOrFour(text.AsSpan(17, 2), out var second))
        {
            return false;
        }

        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        if (!TryFraction(text.AsSpan(19), out var ticks, out var zone) || !TryZone(zone, out var offset))
        {
            return false;
        }

        var local = new DateTime(year, month, day, hour, minute, 0, DateTimeKind.Unspecified).Ticks + (second * TimeSpan.TicksPerSecond) + ticks;
        var utc = local - offset.Ticks;
        if (utc < DateTime.MinValue.Ticks || utc > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        value = new(utc, TimeSpan.Zero);
        return true;
    }

    private static bool TryFraction(ReadOnlySpan<char> rest, out long ticks, out ReadOnlySpan<char> zone)
    {
        ticks = 0;
        zone = rest;
        if (rest[0] != '.')
        {
            return true;
        }

        var digits = 0;
        while (1 + digits < rest.Length && char.IsAsciiDigit(rest[1 + digits]))
        {
            if (digits < 7)
            {
                ticks = (ticks * 10) + (rest[1 + digits] - '0');
            }

            digits++;
        }

        for (var i = digits; i < 7; i++)
        {
            ticks *= 10;
        }

        zone = rest[(1 + digits)..];
        return digits > 0;
    }

    private static bool TryZone(ReadOnlySpan<char> zone, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (zone is "Z" or "z")
        {
            return true;
        }

        if (zone.Length != 6 || zone[0] is not ('+' or '-') || zone[3] != ':' || !TwoOrFour(zone.Slice(1, 2), out var hours) || !TwoOrFour(zone.Slice(4, 2), out var minutes))
        {
            return false;
        }

        offset = new TimeSpan(hours, minutes, 0) * (zone[0] == '-' ? -1 : 1);
        return hours <= 23 && minutes <= 59;
    }

    private static bool TwoOrFour(ReadOnlySpan<char> digits, out int value)
    {
        value = 0;
        foreach (var c in digits)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            value = (value * 10) + (c - '0');
        }

        return true;
    }
}
