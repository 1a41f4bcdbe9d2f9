using System.Globalization;

namespace Governance.Core.Policy.Rules;

/// <summary>One range of a freeze window in local time: once, or every week.</summary>
internal abstract class FreezeRange
{
    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
    private const int MinutesOfWeek = 7 * 24 * 60;

    /// <summary>Reads <c>{"from": …, "to": …}</c>; null, with a problem noted, where it is no range.</summary>
    public static FreezeRange? Read(DataNode node)
    {
        node.Only("from", "to");
        var (from, to) = (node.Text("from"), node.Text("to"));
        if (Local(from) is { } first && Local(to) is { } last)
        {
            if (first < last)
            {
                return new Once(first, last);
            }
        }
        else if (Weekly(from) is { } start && Weekly(to) is { } end && start != end)
        {
            return new EveryWeek(start, (end - start + MinutesOfWeek) % MinutesOfWeek);
        }

        node.Problem($"'{from}' to '{to}' is no range: use 2026-12-19T00:00 or FRI 16:00 for both, the end after the start.");
        return null;
    }

    /// <summary>When the range that holds at this instant ends, UTC; null where it does not hold.</summary>
    public abstract DateTimeOffset? EndOf(DateTimeOffset instant, TimeZoneInfo zone);

    private static DateTime? Local(string text) =>
        DateTime.TryParseExact(text, "yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) ? local : null;

    private static int? Weekly(string text) =>
        text.Length == 9 && Array.IndexOf(Days, text[..3]) is >= 0 and var day
            && TimeOnly.TryParseExact(text[3..], "' 'HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? (day * 24 * 60) + (time.Hour * 60) + time.Minute
            : null;

    // Where a clock change makes a local time happen twice or never, a freeze begins early and ends late.
    private static DateTimeOffset ToUtc(DateTime local, TimeZoneInfo zone, bool late)
    {
        if (zone.IsAmbiguousTime(local))
        {
            var offsets = zone.GetAmbiguousTimeOffsets(local);
            return new DateTimeOffset(local, late ? offsets.Min() : offsets.Max()).ToUniversalTime();
        }

        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }

    private static DateTimeOffset? EndWithin(DateTimeOffset instant, DateTime from, DateTime to, TimeZoneInfo zone)
    {
        var end = ToUtc(to, zone, late: true);
        return instant >= ToUtc(from, zone, late: false) && instant < end ? end : null;
    }

    private sealed class Once(DateTime from, DateTime to) : FreezeRange
    {
        public override DateTimeOffset? EndOf(DateTimeOffset instant, TimeZoneInfo zone) => EndWithin(instant, from, to, zone);
    }

    private sealed class EveryWeek(int startMinute, int minutes) : FreezeRange
    {
        public override DateTimeOffset? EndOf(DateTimeOffset instant, TimeZoneInfo zone)
        {
            var today = TimeZoneInfo.ConvertTime(instant, zone).DateTime.Date;
            var sunday = today.AddDays(-(int)today.DayOfWeek);
            for (var week = -1; week <= 1; week++)
            {
                var from = sunday.AddDays(7 * week).AddMinutes(startMinute);
                if (EndWithin(instant, from, from.AddMinutes(minutes), zone) is { } end)
                {
                    return end;
                }
            }

            return null;
        }
    }
}
