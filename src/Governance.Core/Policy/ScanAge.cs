namespace Governance.Core.Policy;

/// <summary>How old a scan is: counted from its own date, else from when the pack was stored.</summary>
internal static class ScanAge
{
    /// <summary>Whether it is at most so many days old, to the instant.</summary>
    public static bool IsFresh(CheckedScan scan, DateTimeOffset now, int maxDays) => now - scan.ScannedAt <= TimeSpan.FromDays(maxDays);

    /// <summary>Its age for a person.</summary>
    public static string Describe(CheckedScan scan, DateTimeOffset now, int maxDays)
    {
        var age = now - scan.ScannedAt;
        var days = age < TimeSpan.Zero ? 0 : age.Days;
        var from = scan.DateStated ? "scanned" : "stored without a scan date";
        return $"{from} {scan.ScannedAt.UtcDateTime:yyyy-MM-dd}, {days} days ago, at most {maxDays} allowed";
    }
}
